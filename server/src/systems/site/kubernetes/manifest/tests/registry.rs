//! A private registry of the sites' image.

use super::*;

#[test]
fn pods_sign_in_at_a_private_registry_where_there_is_one() {
    let private = Config { registry: Some(SecretString::from("{\"auths\": \"canary\"}")), ..config() };
    let all = made(&private, &wanted());
    let secret = of(&all, Kind::Secret, "wordpress-registry");
    assert_eq!(typed::<core::Secret>(&secret), secret);
    assert_eq!(secret["type"], "kubernetes.io/dockerconfigjson");
    assert_eq!(secret["data"][".dockerconfigjson"], STANDARD.encode("{\"auths\": \"canary\"}"));
    let names = json!([{ "name": "wordpress-registry" }]);
    let site = &of(&all, Kind::Deployment, "wordpress")["spec"]["template"]["spec"];
    let cron = &of(&all, Kind::CronJob, "wordpress")["spec"]["jobTemplate"]["spec"]["template"]["spec"];
    assert_eq!((&site["imagePullSecrets"], &cron["imagePullSecrets"]), (&names, &names));
    let without = made(&config(), &wanted());
    assert!(without.iter().all(|m| !m.body.to_string().contains("registry")), "nobody else hears of one");
}
