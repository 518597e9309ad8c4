//! Sites behind a Gateway.

use super::*;

#[test]
fn behind_a_gateway_a_site_has_a_route_and_all_else_stays() {
    let behind = |gateway: &str| Config { entrance: Entrance::Gateway(gateway.parse().expect("a name")), ..config() };
    let all = made(&behind("infra/web"), &wanted());
    let route = of(&all, Kind::HTTPRoute, "wordpress");
    let spec = json!({
        "parentRefs": [{ "namespace": "infra", "name": "web" }],
        "hostnames": ["acme.example.org"],
        "rules": [{ "backendRefs": [{ "name": "wordpress", "port": 80 }] }],
    });
    assert_eq!((&route["apiVersion"], &route["spec"]), (&json!("gateway.networking.k8s.io/v1"), &spec));
    assert_eq!(route["metadata"]["labels"]["slipway.dev/tenant-id"], wanted().tenant.to_string());
    let one = of(&made(&behind("infra/web/https"), &wanted()), Kind::HTTPRoute, "wordpress");
    assert_eq!(one["spec"]["parentRefs"], json!([{ "namespace": "infra", "name": "web", "sectionName": "https" }]));

    // The Service's own port is the one that the route names.
    let service = of(&all, Kind::Service, "wordpress");
    assert_eq!(service["spec"]["ports"][0]["port"], spec["rules"][0]["backendRefs"][0]["port"]);
    let differs = changed(&made(&config(), &wanted()), &all);
    let way_in = |path: &String| path.starts_with("Ingress ") || path.starts_with("HTTPRoute ");
    assert_eq!((all.len(), differs.iter().find(|path| !way_in(path))), (14, None));
    let plain = Wanted { site_url: "http://192.0.2.1".to_owned(), ..wanted() };
    let refused = super::super::all(&behind("infra/web"), &plain).map(drop);
    assert!(matches!(refused, Err(Fault::Fail { code: "address_refused", .. })));
}
