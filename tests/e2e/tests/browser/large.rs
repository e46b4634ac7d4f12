//! Large bodies take no more memory than by `fetch`.

use anyhow::{Result, ensure};
use hallpass_e2e::{Bytes, Case, Feature, Mode, Suite, Use, by_core, by_engine, tests};
use serde::Deserialize;
use serde_json::json;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // What a copy of a `Request` takes.
        by_engine(Mode::JWT).needs(&[Feature::ProcessMemory]) =>
            ec22_a_large_upload_is_sent_again_whole_and_takes_no_more_memory;
        by_core(Mode::JWT).needs(&[Feature::ProcessMemory]) => a_large_upload_takes_no_more_memory_than_by_fetch;
        by_engine(Mode::JWT).needs(&[Feature::ProcessMemory, Feature::DevTools]) => nothing_of_a_large_download_is_held;
    );
}

const SIZE: u64 = 100 * 1024 * 1024;
/// So much more is no failure.
const SLACK: u64 = 40_000_000;

/// `upload` sends a blob of which no two parts are equal.
const TOOLS: &str = "
    const part = 1024 * 1024;
    const parts = Array.from({ length: args / part }, (_, number) => new Uint8Array(part).fill(number + 1));
    const body = new Blob(parts);
    window.upload = async (send, url) => {
      const response = await send(url, { method: 'POST', body });
      return { status: response.status, ...(await response.json()).body };
    };";

/// `begin` reads a part of a body, `finish` the rest. With `keep` they keep what they read: as a client does that holds
/// the body. `litter` makes garbage in place of that which the browser has yet to give back.
const DOWNLOAD_TOOLS: &str = "
    let reader, status, length, kept;
    const read = async (until) => {
      while (length < until) {
        const { done, value } = await reader.read();
        if (done) return;
        length += value.length;
        kept?.push(value);
      }
    };
    window.begin = async (send, url, part, keep) => {
      const response = await send(url);
      [reader, status, length, kept] = [response.body.getReader(), response.status, 0, keep && []];
      await read(part * args);
    };
    window.finish = async () => {
      await read(Infinity);
      kept = undefined;
      return { status, length };
    };
    window.litter = async () => {
      for (let i = 0; i < 64; i++) new Uint8Array(1024 * 1024).fill(i);
      await new Promise((resolve) => setTimeout(resolve));
    };";

const UPLOAD: &str = "return upload(fetch, 'open/echo');";

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Seen {
    status: u16,
    length: u64,
    /// Of what arrived at the server.
    sha256: Option<String>,
}

const SIZE_MB: i64 = 100;

/// How often each is done: a collection of garbage makes one run unlike another.
fn rounds(case: &Case) -> usize {
    case.few_or_many(2, 5)
}

/// Does it, and tells what the browser held meanwhile.
async fn used(case: &Case, script: &str) -> Result<(Seen, Use)> {
    let (seen, used) = case.memory.used_by(case.run::<Seen>(script)).await?;
    assert_eq!((seen.status, seen.length), (200, SIZE), "{script}");
    Ok((seen, used))
}

/// The same by `fetch` and by `authFetch`. With `is_refused`, the server refuses the token of each authFetch at first.
async fn compare(case: &Case, theirs: &str, ours: &str, is_refused: bool) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.run_with::<()>(json!(SIZE), TOOLS).await?;
    let (expected, _) = used(case, theirs).await?;
    let (mut by_fetch, mut by_auth_fetch) = (Vec::new(), Vec::new());
    for round in 0..rounds(case) {
        // First the one, then the other: a collection may come at every second run.
        for is_ours in [round % 2 == 1, round % 2 == 0] {
            if is_ours && is_refused {
                case.expire().await?;
            }
            let (script, uses) = match is_ours {
                true => (ours, &mut by_auth_fetch),
                false => (theirs, &mut by_fetch),
            };
            let (seen, used) = used(case, script).await?;
            assert_eq!(seen, expected, "{script}");
            uses.push(used);
        }
    }
    let told = format!(
        "fetch: {}; authFetch: {}",
        list(&by_fetch),
        list(&by_auth_fetch)
    );
    println!("{told}");
    let limit = least(&by_fetch).map(|growth| Bytes(growth.0 + SLACK));
    assert!(least(&by_auth_fetch) <= limit, "{told}");
    Ok(())
}

/// Of the growths: what is held for good shows in every round, garbage of the rounds before in some.
fn least(uses: &[Use]) -> Option<Bytes> {
    uses.iter().map(|used| used.growth()).min()
}

fn list(uses: &[Use]) -> String {
    let uses: Vec<_> = uses.iter().map(Use::to_string).collect();
    uses.join(", ")
}

async fn a_large_upload_takes_no_more_memory_than_by_fetch(case: &Case) -> Result<()> {
    let ours = "return upload(auth.authFetch, 'open/echo');";
    compare(case, UPLOAD, ours, false).await
}

async fn nothing_of_a_large_download_is_held(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.run_with::<()>(json!(SIZE), DOWNLOAD_TOOLS).await?;
    let url = format!("'open/answer?bytes={SIZE}'");
    let begins = [
        ("unread", format!("begin(auth.authFetch, {url}, 0)")),
        ("nearly read", format!("begin(auth.authFetch, {url}, 0.95)")),
        ("kept", format!("begin(fetch, {url}, 0.95, true)")),
    ];
    let mut growths = begins.each_ref().map(|_| Vec::new());
    for _ in 0..case.few_or_many(3, 5) {
        for (growths, (_, begin)) in growths.iter_mut().zip(&begins) {
            growths.push(held_by(case, begin).await?);
        }
    }
    let [unread, nearly_read, kept] = growths.each_mut().map(|growths| median(growths));
    for (growths, (name, _)) in growths.iter().zip(&begins) {
        println!("{name}: {growths:?} MB");
    }
    ensure!(kept > SIZE_MB / 2, "what is kept does not show");
    ensure!(unread.max(nearly_read) < kept / 2, "it is held");
    Ok(())
}

/// The megabytes that came on top when a body has begun to come.
async fn held_by(case: &Case, begin: &str) -> Result<i64> {
    let before = held(case).await?;
    case.run::<()>(&format!("await {begin};")).await?;
    let during = held(case).await?;
    let seen: Seen = case.run("return finish();").await?;
    assert_eq!((seen.status, seen.length), (200, SIZE), "{begin}");
    Ok((during.0.cast_signed() - before.0.cast_signed()) / 1_000_000)
}

fn median(growths: &mut [i64]) -> i64 {
    growths.sort_unstable();
    growths.get(growths.len() / 2).copied().unwrap_or_default()
}

/// Without the garbage.
async fn held(case: &Case) -> Result<Bytes> {
    let mut least = case.memory.held();
    // Each after some litter.
    for _ in 0..case.few_or_many(2, 4) {
        case.run::<()>("await litter();").await?;
        let collect = "HeapProfiler.collectGarbage";
        case.page.devtools(collect, json!({})).await?;
        least = least.min(case.memory.held());
    }
    Ok(least)
}

async fn ec22_a_large_upload_is_sent_again_whole_and_takes_no_more_memory(
    case: &Case,
) -> Result<()> {
    let ours = "return upload(auth.authFetch, echo);";
    compare(case, UPLOAD, ours, true).await?;
    let arrived = case.log().to(&case.mode.echo());
    assert_eq!(arrived.statuses(), [401, 200].repeat(rounds(case)));
    Ok(())
}
