//! Several nodes over one store, which die and come back: nobody is signed out by that.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use hallpass_cluster::{AppendFsync, Cluster, Setup, Store};
use hallpass_e2e::{Case, Mode, Suite, backend, by_core, rounds, tests};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::block_in_place;
use tokio::time::{Instant, sleep};

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        by_core(Mode::HYBRID).all(Mode::ALL) => nodes_that_die_sign_nobody_out;
        by_core(Mode::EITHER).all(Mode::ALL) => a_store_that_is_away_signs_nobody_out;
    );
}

const NODES: usize = 3;
/// Answered calls between one death and the next event.
const CALLS: u64 = 25;
/// How long something may take that will happen.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a page that goes on calling has seen.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Traffic {
    /// Answered with 200.
    good: u64,
    /// By status, or by the code of the error.
    other: BTreeMap<String, u64>,
    refreshes: u64,
    signed_out: u64,
    status: String,
}

/// Nodes that serve the test page, and the first tab there, signed in.
async fn signed_in(case: &Case, access_ttl: &str) -> Result<Cluster> {
    let server = env::var_os("HALLPASS_SERVER")
        .context("HALLPASS_SERVER has to name the backend's program")?;
    let project = backend::project();
    let folder = |prefix: &str, path: &str| {
        let mut argument = OsString::from(format!("{prefix}="));
        argument.push(project.join(path));
        argument
    };
    let setup = Setup {
        server: PathBuf::from(server),
        nodes: NODES,
        store: Store::Redis(AppendFsync::Always),
        port: None,
        arguments: vec![
            "--faults".into(),
            "--access-ttl".into(),
            access_ttl.into(),
            "--static".into(),
            folder("/", "tests/e2e/pages"),
            "--static".into(),
            folder("/pkg", "pkg"),
        ],
    };
    let cluster = block_in_place(|| Cluster::start(setup))?;
    let url = format!(
        "{}/c/{}/page.html?mode={}",
        cluster.base_url(),
        case.client,
        case.mode.name()
    );
    case.page.goto(&url).await?;
    case.page.clear().await?;
    case.run::<()>("await start(); await auth.login(ada); changes.length = 0;")
        .await?;
    Ok(cluster)
}

/// Begins to call without end, four calls at a time.
const BEGIN: &str = "
    window.traffic = { good: 0, other: {}, isOver: false };
    const call = async () => {
      try {
        const { status } = await auth.authFetch(orders);
        return status;
      } catch (error) {
        return error.code ?? error.name;
      }
    };
    const goOn = async () => {
      while (!traffic.isOver) {
        const outcome = await call();
        if (outcome === 200) traffic.good += 1;
        else {
          traffic.other[outcome] = (traffic.other[outcome] ?? 0) + 1;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    };
    traffic.ended = Promise.all(Array.from({ length: 4 }, goOn));";

const LOOK: &str = "
    const { good, other } = traffic;
    return {
      good, other,
      refreshes: auth.journal().filter(({ event }) => event === 'refreshed').length,
      signedOut: changes.filter(({ event }) => event === 'signed-out').length,
      status: auth.status,
    };";

/// Until so many more calls have come through.
async fn go_on(case: &Case) -> Result<()> {
    let before: Traffic = case.run(LOOK).await?;
    let end = Instant::now() + PATIENCE;
    loop {
        let now: Traffic = case.run(LOOK).await?;
        if now.good >= before.good + CALLS {
            return Ok(());
        }
        ensure!(
            Instant::now() < end,
            "the calls do not come through any more: {now:?}"
        );
        sleep(Duration::from_millis(50)).await;
    }
}

async fn nodes_that_die_sign_nobody_out(case: &Case) -> Result<()> {
    // So short that the deaths meet refreshes too.
    let mut cluster = signed_in(case, "1").await?;
    case.run::<()>(BEGIN).await?;
    let mut killed = 0;
    for round in 0..rounds(case.few_or_many(1, 3)) as usize {
        // One, then another before the first is back: two of three at once.
        for step in 0..NODES {
            let number = (round + step) % NODES;
            go_on(case).await?;
            cluster.kill_node(number)?;
            killed += 1;
            if step > 0 {
                block_in_place(|| cluster.start_node((round + step - 1) % NODES))?;
            }
        }
        block_in_place(|| cluster.start_node((round + NODES - 1) % NODES))?;
    }
    go_on(case).await?;
    let seen: Traffic = case
        .run(&format!(
            "traffic.isOver = true; await traffic.ended; {LOOK}"
        ))
        .await?;
    println!(
        "{}: {killed} nodes killed, {} calls came through, {:?} did not, {} refreshes, {} sign-outs",
        case.mode.name(),
        seen.good,
        seen.other,
        seen.refreshes,
        seen.signed_out
    );
    assert_eq!(
        (seen.signed_out, seen.status.as_str()),
        (0, "signed-in"),
        "{seen:?}"
    );
    assert_eq!(seen.refreshes > 0, case.mode != Mode::Session, "{seen:?}");
    Ok(())
}

async fn a_store_that_is_away_signs_nobody_out(case: &Case) -> Result<()> {
    let mut cluster = signed_in(case, "300").await?;
    // Each node has to have met the key of the tokens.
    case.run::<()>(&format!("for (let n = 0; n < {NODES}; n++) await call();"))
        .await?;
    cluster.kill_redis()?;
    let (status, retry_after): (u16, Option<String>) = case
        .run(
            "const response = await auth.authFetch(orders);
             return [response.status, response.headers.get('retry-after')];",
        )
        .await?;
    if case.mode == Mode::Session {
        assert_eq!(status, 503);
        assert!(retry_after.is_some());
    } else {
        // The token says all that the node has to know.
        assert_eq!(status, 200);
        let code: String = case
            .run("return (await attempt(auth.refresh())).error.code;")
            .await?;
        assert_eq!(code, "refresh_unavailable");
    }
    // A reload while it is away ends nothing either.
    case.page.reload().await?;
    case.run::<()>("await start();").await?;
    block_in_place(|| cluster.start_redis())?;
    let end = Instant::now() + PATIENCE;
    loop {
        let (outcome, status): (Value, String) = case
            .run("return [await attempt(call()), auth.status];")
            .await?;
        if outcome == json!({ "value": 200 }) && status == "signed-in" {
            break;
        }
        ensure!(
            Instant::now() < end,
            "it does not recover: {outcome}, {status}"
        );
        sleep(Duration::from_millis(100)).await;
    }
    let sign_outs: usize = case
        .run("return changes.filter(({ event }) => event === 'signed-out').length;")
        .await?;
    assert_eq!(sign_outs, 0);
    Ok(())
}
