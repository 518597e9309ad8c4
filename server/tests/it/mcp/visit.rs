//! A person's browser on its way into a real chat: from the chat to the provider and back.

use std::collections::BTreeMap;
use url::Url;

/// Signs in to the chat by its provider, where one picks a person by address. Gives the session, or nothing where the chat
/// lets nobody in.
#[expect(clippy::disallowed_methods, reason = "it stands for a browser, with cookies of its own")]
pub(super) async fn visit(base: &str, email: &str) -> Option<String> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let mut cookies: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut at = Url::parse(&format!("{base}/oauth/oidc/login")).expect("an address");
    let mut picked = false;
    for _ in 0..20 {
        let jar = cookies.entry(at.authority().to_owned()).or_default();
        let sent = jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let asks = at.path().starts_with("/interaction/");
        let request = if asks { client.post(at.clone()).form(&[("email", email)]) } else { client.get(at.clone()) };
        picked |= asks;
        let answer = request.header("cookie", sent).send().await.expect("it answers");
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().expect("text");
            let (name, value) = cookie.split_once(';').map_or(cookie, |c| c.0).split_once('=').expect("a pair");
            jar.insert(name.to_owned(), value.to_owned());
        }
        if picked && at.path() == "/oauth/oidc/callback" {
            return jar.remove("token").filter(|token| token.len() > 20);
        }
        let next = answer.headers().get("location").unwrap_or_else(|| panic!("{} at {at}", answer.status()));
        at = at.join(next.to_str().expect("text")).expect("an address");
    }
    panic!("the way to the chat does not end: {at}");
}
