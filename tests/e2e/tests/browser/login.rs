//! Signing in, and what else a login endpoint may answer.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, tests};
use serde_json::{Value, json};

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        Mode::EVERY_STORAGE => the_right_password_signs_in;
    );
}

async fn the_right_password_signs_in(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "await start();
             const before = state();
             const user = await auth.login(ada);
             return { before, user: user.email, frozen: Object.isFrozen(user), same: user === auth.user, after: state(), changes, call: await call() }",
        )
        .await?;
    let expected = json!({
        "before": { "status": "signed-out", "user": null, "reason": null, "storage": "ok" },
        "user": "ada@example.com",
        "frozen": true,
        "same": true,
        "after": { "status": "signed-in", "user": "ada@example.com", "reason": null, "storage": "ok" },
        "changes": [{ "event": "signed-in", "status": "signed-in", "reason": null, "user": "ada@example.com" }],
        "call": 200,
    });
    assert_eq!(seen, expected);
    Ok(())
}
