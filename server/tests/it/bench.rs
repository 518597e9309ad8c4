//! What Slipway costs, next to a reference that was measured in the same run: rounds of the two take turns, so that
//! whatever else this machine does falls on both. `make bench`; `SLIPWAY_BENCH=list,live` runs these chapters only.
//! Bars are ratios wherever they can be; nothing here fails, the table says what held. `docs/benchmarks.md` has one.

mod cluster;
mod engine;
mod history;
mod idle;
mod list;
mod live;
mod portal;
mod seed;
mod table;
mod wire;

use table::Table;

/// Rounds of each measurement.
const ROUNDS: usize = 5;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes; make bench"]
async fn all() {
    if cfg!(debug_assertions) {
        panic!("only a release build is worth measuring: make bench");
    }
    as_in_production();
    #[expect(clippy::disallowed_methods, reason = "what to measure is told by the environment, not by a configuration")]
    let wanted = std::env::var("SLIPWAY_BENCH").unwrap_or_default();
    let wanted = |chapter: &str| wanted.is_empty() || wanted.split(',').any(|w| w.trim() == chapter);
    let mut table = Table::begin();
    if wanted("cluster") {
        cluster::measure(&mut table).await;
    }
    if wanted("idle") {
        idle::measure(&mut table).await;
    }
    if wanted("list") {
        list::measure(&mut table).await;
    }
    if wanted("history") {
        history::measure(&mut table).await;
    }
    if wanted("engine") {
        engine::measure(&mut table).await;
    }
    if wanted("live") {
        live::measure(&mut table).await;
    }
    println!("{table}");
}

/// Requests are logged and counted as `slipway serve` does; the lines go nowhere.
fn as_in_production() {
    let lines = tracing_subscriber::fmt().with_env_filter("info,rmcp=warn").with_target(false);
    let _somebody_logs_already = lines.with_writer(std::io::sink).try_init();
    let _somebody_counts_already = slipway::web::metrics::router();
}
