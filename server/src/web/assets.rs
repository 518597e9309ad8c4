//! Stylesheet, scripts and icons, inside the program. Their names carry the hash of their content, so a browser keeps
//! them for ever and a new version has new names. Compressed twins (`.br`, `.gz`) were made by the build.

use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY},
};
use rust_embed::RustEmbed;
use std::{borrow::Cow, collections::HashMap, sync::Arc};

#[derive(RustEmbed)]
#[folder = "../app/assets/dist"]
#[allow_missing = true]
struct Dist;

/// The policy of scripts: a worker runs under that of its own file, and asks the portal (Content Security Policy Level 3,
/// section 4.2.2). For other scripts it says nothing: they run under their page's.
const WORKER: &str = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'";

/// A shelf of files and their logical names.
#[derive(Debug, Clone)]
pub struct Assets {
    made: Option<Arc<HashMap<String, Vec<u8>>>>,
    names: Arc<HashMap<String, String>>,
}

impl Assets {
    /// The files that are part of the program. Without a web build the shelf is empty and pages are unstyled.
    pub fn embedded() -> Self {
        let names = Dist::get("manifest.json").map(|file| named(&file.data)).unwrap_or_default();
        Self { made: None, names: Arc::new(names) }
    }

    /// Files made elsewhere: name to content, with a `manifest.json` among them.
    pub fn of(files: HashMap<String, Vec<u8>>) -> Self {
        let names = files.get("manifest.json").map(|manifest| named(manifest)).unwrap_or_default();
        Self { made: Some(Arc::new(files)), names: Arc::new(names) }
    }

    /// Logical name ("slipway.css") to address ("/assets/slipway.<hash>.css").
    pub fn names(&self) -> Arc<HashMap<String, String>> {
        self.names.clone()
    }

    fn get(&self, name: &str) -> Option<Cow<'static, [u8]>> {
        match &self.made {
            Some(files) => files.get(name).map(|bytes| Cow::Owned(bytes.clone())),
            None => Dist::get(name).map(|file| file.data),
        }
    }
}

fn named(manifest: &[u8]) -> HashMap<String, String> {
    let names: HashMap<String, String> = serde_json::from_slice(manifest).unwrap_or_default();
    names.into_iter().map(|(name, file)| (name, format!("/assets/{file}"))).collect()
}

/// `GET /assets/{file}`.
pub(super) fn routes(assets: Assets) -> Router {
    Router::new().route("/assets/{file}", get(serve)).with_state(assets)
}

async fn serve(State(assets): State<Assets>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let hidden = name == "manifest.json" || name.ends_with(".br") || name.ends_with(".gz");
    let Some(whole) = (if hidden { None } else { assets.get(&name) }) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let twin = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(coding, _)| takes(&headers, coding))
        .find_map(|(coding, ending)| assets.get(&format!("{name}{ending}")).map(|bytes| (coding, bytes)));
    let (coding, bytes) = twin.map_or((None, whole), |(coding, bytes)| (Some(coding), bytes));
    let mut answer = bytes.into_response();
    let head = answer.headers_mut();
    let kind = mime_guess::from_path(&name).first_or_octet_stream();
    let kind = if kind.type_() == "text" { format!("{kind}; charset=utf-8") } else { kind.to_string() };
    head.insert(
        CONTENT_TYPE,
        HeaderValue::try_from(kind).unwrap_or(HeaderValue::from_static("application/octet-stream")),
    );
    head.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    if name.ends_with(".js") {
        head.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(WORKER));
    }
    head.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        head.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    answer
}

/// Does the browser take this coding? `q=0` means no (RFC 9110, section 12.5.3).
fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|offer| {
        let (name, weight) = offer.split_once(';').unwrap_or((offer, "q=1"));
        let weight = weight.trim().trim_start_matches("q=").parse::<f32>().unwrap_or(1.0);
        name.trim().eq_ignore_ascii_case(coding) && weight > 0.0
    })
}
