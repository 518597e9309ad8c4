//! The audit as a file, however long: read a page at a time while it is being sent, each page anew by the caller's own
//! use case, so that memory stays small and a right that ends, ends the file.

use super::{asked::Asked, wire};
use crate::web::{bound::Caller, dress::Problem};
use app::{
    model::audit::{AuditQuery, AuditRow},
    portal::Portal,
};
use axum::{body::Body, response::Response};
use futures::{StreamExt as _, stream};
use http::{HeaderValue, header};
use std::{io, sync::Arc};

const HEAD: &str = "seq,at,who,what,tenant,allowed,detail,before,after\r\n";

pub(super) async fn lines(Caller(portal): Caller, Asked(asked): Asked<wire::AuditFilter>) -> Result<Response, Problem> {
    sent(portal, asked.into(), line, "", "application/jsonl", "slipway-audit.jsonl").await
}

pub(super) async fn csv(Caller(portal): Caller, Asked(asked): Asked<wire::AuditFilter>) -> Result<Response, Problem> {
    sent(portal, asked.into(), record, HEAD, "text/csv; charset=utf-8", "slipway-audit.csv").await
}

/// What is left to send.
struct Rest {
    portal: Arc<dyn Portal>,
    query: AuditQuery,
    write: fn(AuditRow) -> String,
    ready: Option<String>,
    more: bool,
}

async fn sent(
    portal: Arc<dyn Portal>,
    query: AuditQuery,
    write: fn(AuditRow) -> String,
    head: &str,
    kind: &'static str,
    file: &str,
) -> Result<Response, Problem> {
    let mut rest = Rest { portal, query, write, ready: Some(head.to_owned()), more: true };
    // The first page now: a refusal is an answer of its own, not a file that breaks off.
    let first = rest.page().await?;
    rest.ready = rest.ready.map(|head| head + &first);
    let chunks = stream::unfold(rest, |mut rest| async move { Some((rest.next().await?, rest)) });
    // What compresses it asks once more after the end, and an unfolded stream takes that for a mistake.
    let mut answer = Response::new(Body::from_stream(chunks.fuse()));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"{file}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(answer)
}

impl Rest {
    async fn next(&mut self) -> Option<io::Result<String>> {
        if let Some(ready) = self.ready.take() {
            return Some(Ok(ready));
        }
        if !self.more {
            return None;
        }
        let page = self.page().await;
        // Broken off is what the caller must see: a short file would look whole.
        self.more &= page.is_ok();
        Some(page.map_err(io::Error::other))
    }

    async fn page(&mut self) -> Result<String, app::model::oops::Oops> {
        let page = self.portal.audit(self.query.clone()).await?;
        self.more = page.more;
        self.query.before = page.rows.last().map_or(0, |row| row.seq);
        Ok(page.rows.into_iter().map(self.write).collect())
    }
}

fn line(row: AuditRow) -> String {
    // A map of texts and numbers has no way to fail.
    let text = serde_json::to_string(&wire::Entry::from(row)).unwrap_or_default();
    text + "\n"
}

/// RFC 4180, section 2.
fn record(row: AuditRow) -> String {
    let row = wire::Entry::from(row);
    let none = Option::unwrap_or_default;
    let cells = [
        row.seq.to_string(),
        row.at.text(),
        row.who,
        row.what,
        row.tenant,
        row.allowed.to_string(),
        row.detail,
        none(row.before),
        none(row.after),
    ];
    cells.map(|text| cell(&text)).join(",") + "\r\n"
}

/// One quoted cell. What a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV Injection).
fn cell(text: &str) -> String {
    let formula =
        text.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        for (text, written) in [
            ("plain", "\"plain\""),
            ("a \"b\", c\nd", "\"a \"\"b\"\", c\nd\""),
            ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@x", "\"'@x\""),
            ("\t=1", "\"'\t=1\""),
            (" =1", "\"' =1\""),
            ("", "\"\""),
        ] {
            assert_eq!(cell(text), written);
        }
    }
}
