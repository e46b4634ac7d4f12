//! Requests per second and p99 of session lookups and JWT checks, on one node and three, over SQLite and Redis, and how they
//! grow with what is stored. `cargo xtask bench --load` runs it; `bench/report/load.js` makes the page of it.
//!
//!     hallpass-load SERVER FILE [--quick]

mod cpu;
mod wrk;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use hallpass_cluster::{AppendFsync, Cluster, Proxy, Setup, Store};
use hallpass_server::{Config, SignedIn, StoreConfig, seed};
use lexopt::prelude::*;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use wrk::{CONNECTIONS, Seen, Wrk};

/// Users who are signed in: each has a session and a family of tokens.
const SIZES: &[u64] = &[1_000, 100_000, 1_000_000];
const ROUNDS: usize = 3;
/// Of one run, seconds.
const DURATION: u64 = 4;
/// Until caches are filled.
const WARM_UP: u64 = 1;
/// Users whose credentials are sent, at most.
const DRAWN: u64 = 10_000;
/// So that no token ends while it is measured; seconds.
const ACCESS_TTL: u64 = 24 * 3600;
/// Of the larger of the two clusters.
const NODES: usize = 3;

fn main() -> Result<()> {
    let mut args = lexopt::Parser::from_env();
    let (mut values, mut quick) = (Vec::new(), false);
    while let Some(arg) = args.next()? {
        match arg {
            Value(value) => values.push(value),
            Long("quick") => quick = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let [server, out] = values.as_slice() else {
        bail!("usage: hallpass-load SERVER FILE [--quick]");
    };
    let plan = match quick {
        false => Plan {
            sizes: SIZES,
            rounds: ROUNDS,
            duration: DURATION,
        },
        true => Plan {
            sizes: &[100, 1_000],
            rounds: 1,
            duration: 1,
        },
    };
    let runtime = Runtime::new()?;
    let mut rows = Vec::new();
    for store in [Store::Sqlite, Store::Redis(AppendFsync::EverySecond)] {
        rows.extend(measure(&runtime, server.into(), store, &plan)?);
    }
    let report =
        json!({ "isFull": !quick, "connections": CONNECTIONS, "sizes": plan.sizes, "rows": rows });
    fs::write(out, report.to_string())?;
    Ok(())
}

struct Plan {
    sizes: &'static [u64],
    rounds: usize,
    /// Seconds of one run.
    duration: u64,
}

/// What a request has to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Credential {
    /// The limit: the same answer for anybody.
    None,
    Session,
    Jwt,
}

impl Credential {
    fn path(self) -> &'static str {
        match self {
            Self::None => "/open/echo",
            Self::Session => "/api/session/echo",
            Self::Jwt => "/api/jwt/echo",
        }
    }

    fn line(self, user: &SignedIn) -> String {
        match self {
            Self::None => String::new(),
            Self::Session => format!("Cookie: {}", user.cookie),
            Self::Jwt => format!("Authorization: {}", user.authorization),
        }
    }
}

/// One line of the tables.
struct Row {
    label: String,
    credential: Credential,
    proxy: Proxy,
    /// Its processes.
    nodes: Vec<u32>,
    /// What was seen, by the number of users.
    runs: BTreeMap<u64, Vec<Run>>,
}

struct Run {
    seen: Seen,
    /// Seconds of the processor.
    nodes: f64,
    store: f64,
    proxy: f64,
}

/// All rows of a store, in turns.
fn measure(runtime: &Runtime, server: PathBuf, store: Store, plan: &Plan) -> Result<Vec<Value>> {
    let arguments = ["--access-ttl".into(), ACCESS_TTL.to_string().into()];
    let mut cluster = Cluster::start(Setup {
        server,
        nodes: NODES,
        store,
        port: None,
        arguments: arguments.into(),
    })?;
    let mut rows = rows(&mut cluster, store)?;
    let redis: Vec<u32> = cluster.redis_id().into_iter().collect();
    let config = seeded(&cluster)?;
    let wrk = Wrk::new()?;
    let mut stored = 0;
    for &size in plan.sizes {
        println!("{} users over {}", size, name(store));
        let every = size.div_ceil(DRAWN);
        let users = runtime.block_on(seed(&config, stored..size, every))?;
        stored = size;
        let mut lines = BTreeMap::new();
        for credential in [Credential::None, Credential::Session, Credential::Jwt] {
            let all: Vec<_> = users.iter().map(|user| credential.line(user)).collect();
            let file = wrk.lines(&format!("{credential:?}"), &all)?;
            lines.insert(credential, file);
        }
        for round in 0..plan.rounds {
            for row in &mut rows {
                let lines = lines.get(&row.credential).context("no lines")?;
                let url = format!("{}{}", row.proxy.base_url(), row.credential.path());
                if round == 0 {
                    wrk.run(&url, lines, WARM_UP)?;
                }
                let before = row.cpu(&redis)?;
                let seen = wrk.run(&url, lines, plan.duration)?;
                let after = row.cpu(&redis)?;
                println!("  {}: {:.0}/s", row.label, seen.rate());
                row.runs.entry(size).or_default().push(Run {
                    seen,
                    nodes: after.0 - before.0,
                    store: after.1 - before.1,
                    proxy: after.2 - before.2,
                });
            }
        }
    }
    Ok(rows.iter().map(Row::to_json).collect())
}

fn name(store: Store) -> &'static str {
    match store {
        Store::Sqlite => "SQLite",
        Store::Redis(_) => "Redis",
    }
}

/// What is measured over a store, each with a proxy of its own.
fn rows(cluster: &mut Cluster, store: Store) -> Result<Vec<Row>> {
    let asking: Vec<usize> = (0..NODES).collect();
    let mut kinds = vec![
        (
            Credential::Session,
            format!("session, {}", name(store)),
            asking.clone(),
        ),
        (
            Credential::Jwt,
            format!("JWT, {}", name(store)),
            asking.clone(),
        ),
    ];
    if store != Store::Sqlite {
        let mut knowing = Vec::new();
        for _ in 0..NODES {
            knowing.push(cluster.add_node(["--revocations", "list"].map(OsString::from).into())?);
        }
        kinds.push((Credential::Jwt, "JWT by the list".to_owned(), knowing));
        kinds.push((Credential::None, "no credential".to_owned(), asking));
    }
    let mut rows = Vec::new();
    for count in [1, NODES] {
        for (credential, label, nodes) in &kinds {
            let nodes: Vec<usize> = nodes.iter().copied().take(count).collect();
            let noun = if count == 1 { "node" } else { "nodes" };
            rows.push(Row {
                label: format!("{label}, {count} {noun}"),
                credential: *credential,
                proxy: cluster.proxy(&nodes)?,
                nodes: nodes
                    .iter()
                    .filter_map(|node| cluster.node_id(*node))
                    .collect(),
                runs: BTreeMap::new(),
            });
        }
    }
    Ok(rows)
}

/// How a node of this cluster is set up, for what signs users in there.
fn seeded(cluster: &Cluster) -> Result<Config> {
    let mut config = Config {
        issuer: Some(cluster.base_url()),
        access_ttl: std::time::Duration::from_secs(ACCESS_TTL),
        ..Config::default()
    };
    let store = cluster.store()?;
    match store.strip_prefix("sqlite:") {
        Some(file) => config.database = Some(PathBuf::from(file)),
        None => config.store = StoreConfig::Redis(store),
    }
    Ok(config)
}

impl Row {
    /// Seconds that its nodes, the store and its proxy have used.
    fn cpu(&self, redis: &[u32]) -> Result<(f64, f64, f64)> {
        Ok((
            cpu::seconds(&self.nodes)?,
            cpu::seconds(redis)?,
            cpu::seconds(&[self.proxy.id()])?,
        ))
    }

    fn to_json(&self) -> Value {
        let runs = self
            .runs
            .values()
            .map(|runs| runs.iter().map(Run::to_json).collect::<Vec<_>>());
        json!({ "label": self.label, "runs": runs.collect::<Vec<_>>() })
    }
}

impl Run {
    /// Requests per second; milliseconds; microseconds of the processor for each request.
    fn to_json(&self) -> Value {
        let each = |seconds: f64| seconds * 1e6 / self.seen.requests as f64;
        json!({
            "rate": self.seen.rate(),
            "p99": self.seen.p99(),
            "node": each(self.nodes),
            "store": each(self.store),
            "proxy": each(self.proxy),
        })
    }
}
