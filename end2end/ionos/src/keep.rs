//! What outlives a restart: one file with all clusters, written before an order is answered.

use anyhow::Context as _;
use axum::{
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use ionos_simulator::Inside;
use std::{
    fs::{DirBuilder, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

/// The file.
pub(crate) struct Keep {
    file: PathBuf,
    /// What it says.
    last: Mutex<String>,
}

impl Keep {
    /// In this folder, which is made if need be.
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        Ok(Self { file: folder.join("clusters.json"), last: Mutex::default() })
    }

    /// Takes up what was kept; whatever was behind the clusters has ended since.
    pub(crate) fn recall(&self, inside: &Inside) -> anyhow::Result<()> {
        let text = match std::fs::read_to_string(&self.file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            read => read?,
        };
        let mut memory = inside.memory();
        memory.recall(&text).context("The kept clusters are none")?;
        let holding = memory.holding;
        memory.clusters.values_mut().for_each(|cluster| cluster.held = holding);
        Ok(())
    }

    /// Writes it, if anything has changed. Passwords are in it, so it is its owner's alone.
    pub(crate) fn keep(&self, inside: &Inside) -> std::io::Result<()> {
        let text = inside.memory().keep()?;
        let mut last = self.last.lock().expect("nobody panics while they hold this");
        if *last != text {
            let part = self.file.with_extension("part");
            let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&part)?;
            file.write_all(text.as_bytes())?;
            std::fs::rename(&part, &self.file)?;
            *last = text;
        }
        Ok(())
    }
}

/// Nothing is answered before it is kept.
pub(crate) async fn kept(State((keep, inside)): State<(Arc<Keep>, Inside)>, request: Request, next: Next) -> Response {
    let reads = request.method() == Method::GET;
    let answer = next.run(request).await;
    match if reads { Ok(()) } else { keep.keep(&inside) } {
        Ok(()) => answer,
        Err(error) => (StatusCode::INSUFFICIENT_STORAGE, error.to_string()).into_response(),
    }
}
