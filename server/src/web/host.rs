//! Which host a request names. HTTP/1.1 wants exactly one (RFC 9112, section 3.2); with none or two, whoever stands in front
//! may have understood another one than the portal does. HTTP/2 has its own field for it.

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
};
use http::{StatusCode, Version, header::HOST};

/// All routes, behind a look at `Host`. The last layer of a router that is served.
pub fn one_host(router: Router) -> Router {
    router.layer(from_fn(look))
}

async fn look(request: Request, next: Next) -> Response {
    let hosts = request.headers().get_all(HOST).iter().count();
    let fine = match request.version() {
        Version::HTTP_11 => hosts == 1,
        _ => hosts <= 1,
    };
    if fine {
        return next.run(request).await;
    }
    (StatusCode::BAD_REQUEST, "A request names one host.\n").into_response()
}
