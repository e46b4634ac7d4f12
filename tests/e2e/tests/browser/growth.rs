//! However long a page lives, hallpass holds no more than at first.
//!
//! The requests go through the package as it ships; they are answered inside the page, as ten thousand logins at the
//! real backend take too long. `HALLPASS_ROUNDS=100` makes it 10 000 logins and logouts and 100 000 calls.

use anyhow::{Context as _, Result};
use hallpass_e2e::{Case, Feature, Mode, Suite, by_core, rounds, tests};
use serde::Deserialize;
use serde_json::json;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        by_core(Mode::JWT).all(Mode::ALL) => logins_and_calls_leave_no_growth;
    );
}

/// Of a hundred logins and a thousand calls each.
const ROUNDS: u32 = 10;
/// The first of ten parts warms up, and no fewer rounds than these.
const PARTS: u32 = 10;
const WARM: u32 = 3;
const CALLS: u64 = 1_000;

/// So many bytes more are no growth: an engine compiles, and keeps what it has seen of types.
const SLACK: u64 = 150_000;

async fn logins_and_calls_leave_no_growth(case: &Case) -> Result<()> {
    let all = rounds(case.few_or_many(2 * WARM, ROUNDS)).max(2 * WARM);
    let warm = WARM.max(all / PARTS);
    case.run::<()>("await loadGrowth(); await start();").await?;
    live(case, warm).await?;
    let (early, early_heap) = (sizes(case).await?, heap(case).await?);
    live(case, all - warm).await?;
    let (late, late_heap) = (sizes(case).await?, heap(case).await?);

    let told = format!("{early:?} {early_heap:?} to {late:?} {late_heap:?}");
    println!("{told}");
    assert_eq!(early.memory.len(), 1, "{told}");
    assert_eq!(early, late);
    if let (Some(early), Some(late)) = (early_heap, late_heap) {
        assert!(late.used <= early.used + SLACK, "{told}");
        assert_eq!(late.listeners, early.listeners, "{told}");
    }
    Ok(())
}

async fn live(case: &Case, rounds: u32) -> Result<()> {
    for _ in 0..rounds {
        let done: u64 = case.run("return growth.round();").await?;
        assert_eq!(done, CALLS);
    }
    Ok(())
}

/// Of WebAssembly. One of the tables holds the JavaScript values that Rust has.
#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Sizes {
    memory: Vec<u64>,
    tables: Vec<u64>,
}

async fn sizes(case: &Case) -> Result<Sizes> {
    case.run("return growth.sizes();").await
}

/// Of JavaScript, after a collection of garbage.
#[derive(Debug)]
struct Heap {
    used: u64,
    listeners: u64,
}

/// `None`: this engine does not tell.
async fn heap(case: &Case) -> Result<Option<Heap>> {
    if !case.has(Feature::DevTools) {
        return Ok(None);
    }
    let ask = |command| case.page.devtools(command, json!({}));
    let mut used = u64::MAX;
    // What a collection frees may free more at the next.
    for _ in 0..3 {
        ask("HeapProfiler.collectGarbage").await?;
        let usage = ask("Runtime.getHeapUsage").await?;
        used = used.min(usage["usedSize"].as_f64().context("no heap")? as u64);
    }
    let counters = ask("Memory.getDOMCounters").await?;
    let listeners = counters["jsEventListeners"].as_u64().context("no count")?;
    Ok(Some(Heap { used, listeners }))
}
