//! What the engine adds to writing: tenants with six steps that do nothing, next to bare inserts of the very same rows
//! in the same transactions.

use super::{
    ROUNDS,
    list::Pair,
    table::{Bar, Table, ms},
};
use crate::{stage::Stage, store::house};
use async_trait::async_trait;
use futures::future::join_all;
use serde_json::Value;
use slipway::{
    domain::{Fault, Gone, Seen, TenantId, tenant::Status},
    saga::{
        Cx, Step,
        engine::Calm,
        machine,
        plan::{Node, OnFail, Plan, Plans},
        state::State,
    },
    store::Digest,
};
use sqlx::{
    PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{str::FromStr as _, sync::Arc, time::Instant};

/// Tenants of one round.
const TENANTS: usize = 200;
/// Tenants at the same time, as `engine.workers` has it.
const WORKERS: usize = 8;

const NAMES: [&str; 6] = ["database", "identity", "site", "wordpress", "chat", "welcome"];

struct Nothing<const N: usize>;

#[async_trait]
impl<const N: usize> Step for Nothing<N> {
    const NAME: &'static str = NAMES[N];
    const TITLE: &'static str = NAMES[N];
    type Output = String;

    async fn check(&self, _: &Cx<'_>) -> Result<Seen<String>, Fault> {
        Ok(Seen::Absent)
    }
    async fn run(&self, cx: &Cx<'_>) -> Result<Seen<String>, Fault> {
        Ok(Seen::Ready(format!("{}-{}", NAMES[N], cx.tenant.slug)))
    }
    async fn undo(&self, _: &Cx<'_>) -> Result<Gone, Fault> {
        Ok(Gone::Seen { what: "nothing".into() })
    }
}

/// The shipped plan's shape.
fn plans() -> Plans {
    let nodes = vec![
        Node { step: Arc::new(Nothing::<0>), after: &[] },
        Node { step: Arc::new(Nothing::<1>), after: &[] },
        Node { step: Arc::new(Nothing::<2>), after: &["database", "identity"] },
        Node { step: Arc::new(Nothing::<3>), after: &["site"] },
        Node { step: Arc::new(Nothing::<4>), after: &["wordpress"] },
        Node { step: Arc::new(Nothing::<5>), after: &["chat"] },
    ];
    Plans { tenant: Plan { on_fail: OnFail::Park, nodes }, pair: Plan { on_fail: OnFail::Reverse, nodes: vec![] } }
}

pub(super) async fn measure(table: &mut Table) {
    for workers in [1, WORKERS] {
        let mut pair = Pair::default();
        for _ in 0..ROUNDS {
            let (ours, theirs) = (house::sqlite().await, house::sqlite().await);
            let (took, rows) = engine(&ours, workers).await;
            pair.0[0].push(took);
            order(&theirs).await;
            pair.0[1].push(bare(&Bare::sqlite(&theirs.url).await, rows, workers).await);
        }
        pair.row(table, name("SQLite, FULL sync", workers), "ms", Bar::Ratio(1.5));
    }
    for workers in [1, WORKERS] {
        let mut pair = Pair::default();
        for _ in 0..ROUNDS {
            let (Some(ours), Some(theirs)) = (house::postgres().await, house::postgres().await) else { return };
            let (took, rows) = engine(&ours, workers).await;
            pair.0[0].push(took);
            order(&theirs).await;
            pair.0[1].push(bare(&Bare::postgres(&theirs.url).await, rows, workers).await);
        }
        pair.row(table, name("PostgreSQL, fsync off", workers), "ms", Bar::Ratio(1.5));
    }
}

fn name(database: &str, workers: usize) -> String {
    format!("Engine, {TENANTS} tenants of six steps, {workers} at a time, {database}")
}

async fn order(house: &house::House) -> (Stage, Vec<TenantId>) {
    let stage = Stage::new(house.store.clone(), plans()).await;
    let mut ids = Vec::new();
    for n in 0..TENANTS {
        ids.push(stage.order(&format!("tenant-{n}"), "http://127.0.0.1:1").await.id);
    }
    (stage, ids)
}

/// Every tenant from its order to Ready by the engine; milliseconds, and what was written.
async fn engine(house: &house::House, workers: usize) -> (f64, Vec<Vec<Written>>) {
    let (stage, ids) = order(house).await;
    let engine = Arc::new(stage.engine(Calm));
    let took = at_a_time(workers, ids.clone(), move |id| {
        let engine = engine.clone();
        async move {
            engine.drive(id).await.expect("it drives");
        }
    })
    .await;
    let mut rows = Vec::new();
    for id in ids {
        assert_eq!(stage.status(id).await, Status::Ready);
        rows.push(written(&stage, id).await);
    }
    (took, rows)
}

async fn bare(database: &Bare, rows: Vec<Vec<Written>>, workers: usize) -> f64 {
    let database = database.clone();
    at_a_time(workers, rows, move |rows| {
        let database = database.clone();
        async move {
            for row in &rows {
                database.append(row).await.expect("it is written");
            }
        }
    })
    .await
}

/// Milliseconds for all the work, in so many tasks.
async fn at_a_time<T, F>(workers: usize, all: Vec<T>, work: impl Fn(T) -> F + Clone + Send + 'static) -> f64
where
    T: Send + 'static,
    F: Future<Output = ()> + Send,
{
    let mut piles: Vec<Vec<T>> = (0..workers).map(|_| Vec::new()).collect();
    all.into_iter().enumerate().for_each(|(n, one)| piles[n % workers].push(one));
    let begun = Instant::now();
    let tasks = piles.into_iter().map(|pile| {
        let work = work.clone();
        tokio::spawn(async move {
            for one in pile {
                work(one).await;
            }
        })
    });
    join_all(tasks.collect::<Vec<_>>()).await.into_iter().for_each(|done| done.expect("it does not panic"));
    ms(begun.elapsed())
}

/// One append: the event's columns and the digest's.
#[derive(Clone)]
struct Written {
    tenant: String,
    seq: i64,
    step: String,
    kind: String,
    body: String,
    at: i64,
    digest: Digest,
}

async fn written(stage: &Stage, id: TenantId) -> Vec<Written> {
    let log = stage.store.log(id).await.expect("the store works");
    let mut state = State::fold(&log[..1]);
    let row = |event: &slipway::domain::Event| {
        state.apply(event);
        let Ok(Value::Object(mut body)) = serde_json::to_value(&event.fact) else { panic!("a fact is an object") };
        let Some(Value::String(kind)) = body.remove("kind") else { panic!("a fact has a kind") };
        Written {
            tenant: id.to_string(),
            seq: event.seq,
            step: event.step.clone(),
            kind,
            body: Value::Object(body).to_string(),
            at: event.at.0,
            digest: machine::digest(&stage.plans, &state, None),
        }
    };
    log[1..].iter().map(row).collect()
}

const DIGEST: &str =
    "UPDATE tenant SET status = $2, urgency = $3, now_text = $4, stuck_step = $5, done = $6, steps = $7
    WHERE id = $1";
const EVENT: &str =
    "INSERT INTO event (tenant, seq, flow, step, kind, body, at) VALUES ($1, $2, 'tenant', $3, $4, $5, $6)";

/// A database without a house.
#[derive(Clone)]
enum Bare {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

macro_rules! append {
    ($tx:expr, $w:expr) => {{
        let (mut tx, w) = ($tx, $w);
        let d = &w.digest;
        let urgency = if d.status == Status::Ready { 4_i64 } else { 2 };
        let digest = sqlx::query(DIGEST).bind(&w.tenant).bind(d.status.key()).bind(urgency).bind(&d.now);
        let digest = digest.bind(&d.stuck_step).bind(i64::from(d.done)).bind(i64::from(d.steps));
        digest.execute(&mut *tx).await?;
        let event = sqlx::query(EVENT).bind(&w.tenant).bind(w.seq).bind(&w.step).bind(&w.kind).bind(&w.body);
        event.bind(w.at).execute(&mut *tx).await?;
        tx.commit().await
    }};
}

impl Bare {
    /// With the house's settings.
    async fn sqlite(url: &str) -> Self {
        let options = SqliteConnectOptions::from_str(url).expect("an address").journal_mode(SqliteJournalMode::Wal);
        let options = options.synchronous(SqliteSynchronous::Full).foreign_keys(true);
        let pool = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false).connect_with(options);
        Self::Sqlite(pool.await.expect("it opens"))
    }

    async fn postgres(url: &str) -> Self {
        Self::Postgres(PgPoolOptions::new().max_connections(16).connect(url).await.expect("it opens"))
    }

    async fn append(&self, written: &Written) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(pool) => append!(pool.begin_with("BEGIN IMMEDIATE").await?, written),
            Self::Postgres(pool) => append!(pool.begin().await?, written),
        }
    }
}
