//! Large bodies take no more memory than by `fetch`.

use anyhow::Result;
use hallpass_e2e::{Bytes, Case, Feature, Mode, Suite, Use, tests};
use serde::Deserialize;
use serde_json::json;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        Mode::JWT, &[Feature::ProcessMemory] =>
            a_large_upload_takes_no_more_memory_than_by_fetch,
            a_large_download_takes_no_more_memory_than_by_fetch,
            ec22_a_large_upload_is_sent_again_whole_and_takes_no_more_memory;
    );
}

const SIZE: u64 = 100 * 1024 * 1024;
/// So much more is no failure.
const SLACK: u64 = 40_000_000;

/// `upload` sends a blob of which no two parts are equal; `download` reads a body and keeps nothing of it.
const TOOLS: &str = "
    const part = 1024 * 1024;
    const parts = Array.from({ length: args / part }, (_, number) => new Uint8Array(part).fill(number + 1));
    const body = new Blob(parts);
    window.upload = async (send, url) => {
      const response = await send(url, { method: 'POST', body });
      return { status: response.status, ...(await response.json()).body };
    };
    window.download = async (send, url) => {
      const response = await send(url);
      const reader = response.body.getReader();
      const seen = { status: response.status, length: 0 };
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return seen;
        seen.length += value.length;
      }
    };";

const UPLOAD: &str = "return upload(fetch, 'open/echo');";

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Seen {
    status: u16,
    length: u64,
    /// Of what arrived at the server.
    sha256: Option<String>,
}

/// How often each is done: a collection of garbage makes one run unlike another.
const ROUNDS: usize = 5;

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
    for round in 0..ROUNDS {
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

async fn a_large_download_takes_no_more_memory_than_by_fetch(case: &Case) -> Result<()> {
    let by = |send: &str| format!("return download({send}, 'open/answer?bytes={SIZE}');");
    compare(case, &by("fetch"), &by("auth.authFetch"), false).await
}

async fn ec22_a_large_upload_is_sent_again_whole_and_takes_no_more_memory(
    case: &Case,
) -> Result<()> {
    let ours = "return upload(auth.authFetch, echo);";
    compare(case, UPLOAD, ours, true).await?;
    let arrived = case.log().to(&case.mode.echo());
    assert_eq!(arrived.statuses(), [401, 200].repeat(ROUNDS));
    Ok(())
}
