//! What was secret is not in the WebAssembly memory any more once it is of no use.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, by_core, tests};
use serde::Deserialize;
use serde_json::json;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        by_core(&[Mode::JwtLocal, Mode::JwtSealed, Mode::Hybrid]).all(Mode::EVERY_STORAGE) =>
            a_logout_leaves_no_secret_in_the_memory;
        by_core(Mode::JWT).all(Mode::EVERY_STORAGE) =>
            a_session_that_the_server_ends_leaves_no_secret_in_the_memory,
            a_client_that_is_disposed_of_leaves_no_secret_in_the_memory,
            a_rust_app_leaves_no_secret_in_the_memory;
    );
}

/// Loads the package under watch, signs in after a wrong password, calls, and renews twice.
const LIFE: &str = "
    await loadSecrets();
    spy();
    window.passwords = ['wr0ng-s3cret', ada.password];
    window.tokens = () => secrets.tokensIn(seen);
    window.look = () => {
      const current = secrets.tokensIn(seen.slice(-1));
      const older = tokens().filter((token) => !current.includes(token));
      const count = (...of) => secrets.inMemory(...of).length;
      return { passwords: count(passwords), current: count(current), older: count(older, current), known: tokens().length };
    };
    await start(args);
    await attempt(auth.login({ ...ada, password: 'wr0ng-s3cret' }));
    await auth.login(ada);
    window.afterLogin = look();
    await call();
    await call(orders, { method: 'POST' });
    await auth.accessToken();
    await auth.refresh();";

#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Found {
    /// How many of them are in the memory.
    passwords: usize,
    /// Tokens of the last answer.
    current: usize,
    /// Tokens of the answers before; what begins as a current one does too is not looked for.
    older: usize,
    /// How many tokens there were.
    known: usize,
}

/// Lives until somebody leaves by `end`. While signed in the token is there, and after that nothing is.
async fn ends(case: &Case, end: &str) -> Result<()> {
    // A token that is shared goes through more hands.
    let options = json!({ "shareAcrossTabs": case.mode.kind() == "jwt" });
    case.run_with::<()>(options, LIFE).await?;
    case.expire().await?;
    case.run::<()>("await call(); await call(echo, { method: 'POST', body: 'x' });")
        .await?;
    let after_login: Found = case.run("return afterLogin;").await?;
    let signed_in: Found = case.run("return look();").await?;
    case.run::<()>(end).await?;
    let left: Found = case.run("return look();").await?;

    let told = format!("{after_login:?}, {signed_in:?}, {left:?}");
    let holds_tokens = case.mode != Mode::Session;
    assert_eq!(after_login.passwords + signed_in.passwords, 0, "{told}");
    assert!(left.known >= if holds_tokens { 3 } else { 0 }, "{told}");
    for seen in [&after_login, &signed_in] {
        assert_eq!(seen.current > 0, holds_tokens, "{told}");
        assert_eq!(seen.older, 0, "{told}");
    }
    assert_eq!(
        (left.passwords, left.current, left.older),
        (0, 0, 0),
        "{told}"
    );
    Ok(())
}

async fn a_logout_leaves_no_secret_in_the_memory(case: &Case) -> Result<()> {
    ends(case, "await auth.logout();").await
}

async fn a_session_that_the_server_ends_leaves_no_secret_in_the_memory(case: &Case) -> Result<()> {
    let end = "await fetch(`/_faults/${client}/revoke`, { method: 'POST' });
        await attempt(auth.refresh());
        await until(() => auth.status === 'signed-out');";
    ends(case, end).await
}

async fn a_client_that_is_disposed_of_leaves_no_secret_in_the_memory(case: &Case) -> Result<()> {
    ends(case, "auth.dispose();").await
}

/// Its allocator is its own: what is wiped there is what hallpass itself held.
async fn a_rust_app_leaves_no_secret_in_the_memory(case: &Case) -> Result<()> {
    let (kind, storage) = (case.mode.kind(), case.mode.storage());
    let [signed_in, left]: [Found; 2] = case
        .run_with(
            json!([kind, storage]),
            "await loadSecrets();
             spy();
             const look = () => {
               const tokens = secrets.tokensIn(seen);
               return { passwords: secrets.inMemory([grace.password]).length, current: secrets.inMemory(tokens).length, older: 0, known: tokens.length };
             };
             const app = await loadRustApp();
             let signedIn;
             await app.leaves(new app.Place(args[0], args[1] ?? undefined, client), grace.password, () => (signedIn = look()));
             return [signedIn, look()];",
        )
        .await?;
    let told = format!("{signed_in:?}, {left:?}");
    let holds_tokens = case.mode != Mode::Session;
    assert_eq!(left.known > 1, holds_tokens, "{told}");
    assert_eq!(signed_in.current > 0, holds_tokens, "{told}");
    assert_eq!((left.passwords, left.current), (0, 0), "{told}");
    Ok(())
}
