//! A load generator on a thread of its own: keep-alive connections, closed loop or a fixed rate.

use super::table::ms;
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::Instant,
};

/// Connections at the same time.
pub(super) const LINES: u32 = 16;

/// What is asked, and of whom.
#[derive(Clone)]
pub(super) struct Ask {
    at: SocketAddr,
    request: Arc<str>,
}

impl Ask {
    pub(super) fn new(at: SocketAddr, path: &str, headers: &str) -> Self {
        Self { at, request: format!("GET {path} HTTP/1.1\r\nhost: {at}\r\n{headers}\r\n").into() }
    }
}

/// A connection that is kept open.
pub(super) struct Line {
    stream: TcpStream,
    ask: Ask,
    buffer: Vec<u8>,
}

impl Line {
    pub(super) async fn open(ask: &Ask) -> Self {
        let stream = TcpStream::connect(ask.at).await.expect("somebody listens");
        stream.set_nodelay(true).expect("it has the option");
        Self { stream, ask: ask.clone(), buffer: Vec::with_capacity(256 * 1024) }
    }

    /// Asks and reads the whole answer; gives its body as it came (chunks keep their sizes).
    pub(super) async fn ask(&mut self) -> &[u8] {
        self.send().await;
        while !whole(&self.buffer) {
            self.more().await;
        }
        assert!(self.buffer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&self.buffer));
        &self.buffer[head(&self.buffer).expect("it is whole")..]
    }

    pub(super) async fn send(&mut self) {
        self.buffer.clear();
        self.stream.write_all(self.ask.request.as_bytes()).await.expect("it is open");
    }

    /// Forgets what came so far.
    pub(super) fn forget(&mut self) {
        self.buffer.clear();
    }

    /// Reads what is there, and gives all that came since the last question.
    pub(super) async fn more(&mut self) -> &mut Vec<u8> {
        let count = self.stream.read_buf(&mut self.buffer).await.expect("it is open");
        assert_ne!(count, 0, "closed after: {}", String::from_utf8_lossy(&self.buffer));
        &mut self.buffer
    }
}

/// Where the body begins.
pub(super) fn head(answer: &[u8]) -> Option<usize> {
    answer.windows(4).position(|w| w == b"\r\n\r\n").map(|at| at + 4)
}

fn whole(answer: &[u8]) -> bool {
    let Some(body) = head(answer) else { return false };
    let head = String::from_utf8_lossy(&answer[..body]).to_ascii_lowercase();
    match head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse::<usize>().ok()) {
        Some(length) => answer.len() >= body + length,
        None => answer.ends_with(b"\r\n0\r\n\r\n"),
    }
}

/// The bytes of a chunked body, without its chunks' sizes.
pub(super) fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(end) = chunks.windows(2).position(|w| w == b"\r\n") {
        let size = std::str::from_utf8(&chunks[..end]).ok().and_then(|hex| usize::from_str_radix(hex, 16).ok());
        let size = size.expect("a chunk begins with its size");
        all.extend_from_slice(&chunks[end + 2..][..size]);
        chunks = &chunks[end + 4 + size..];
    }
    all
}

/// Answers a second, asking again as soon as an answer is there; and how long each took, in milliseconds.
pub(super) async fn rush(ask: &Ask, lines: u32, time: Duration) -> (f64, Vec<f64>) {
    let took = run(ask, lines, move |mut line, _| async move {
        let (mut took, end) = (Vec::new(), Instant::now() + time);
        while Instant::now() < end {
            let begun = Instant::now();
            line.ask().await;
            took.push(ms(begun.elapsed()));
        }
        took
    })
    .await;
    (took.len() as f64 / time.as_secs_f64(), took)
}

/// How long each answer took, in milliseconds, at so many questions a second over all lines. A question that had to
/// wait for its line's previous answer counts from when it was due; a late timer of this side does not count.
pub(super) async fn steady(ask: &Ask, rate: u32, time: Duration) -> Vec<f64> {
    let (pause, step) = (Duration::from_secs(1) / rate * LINES, Duration::from_secs(1) / rate);
    run(ask, LINES, move |mut line, number| async move {
        let (mut took, begin) = (Vec::new(), Instant::now());
        let mut due = begin + step * number;
        while due < begin + time {
            let late = Instant::now() > due;
            tokio::time::sleep_until(due).await;
            let begun = if late { due } else { Instant::now() };
            line.ask().await;
            took.push(ms(begun.elapsed()));
            due += pause;
        }
        took
    })
    .await
}

/// Runs `work` on so many lines, away from the server's threads.
async fn run<F>(ask: &Ask, lines: u32, work: impl Fn(Line, u32) -> F + Send + 'static) -> Vec<f64>
where
    F: Future<Output = Vec<f64>> + 'static,
{
    let ask = ask.clone();
    let all = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let all = Arc::new(Mutex::new(Vec::new()));
        let lines = (0..lines).map(|number| {
            let (ask, work, all) = (&ask, &work, all.clone());
            async move {
                let took = work(Line::open(ask).await, number).await;
                all.lock().expect("nobody panicked").extend(took);
            }
        });
        runtime.block_on(futures::future::join_all(lines));
        std::mem::take(&mut *all.lock().expect("nobody panicked"))
    });
    all.await.expect("it does not panic")
}
