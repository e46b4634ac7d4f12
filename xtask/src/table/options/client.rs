//! The client itself: its name, its store, its times.

use crate::table::row::{Core, Kind, Row};
use crate::table::words::STORAGES;

pub(crate) const CLIENT: &[Row] = &[
    Row {
        path: "key",
        kind: Kind::Text,
        core: Core::Or("key", "KEY"),
        default: r#"`"default"`"#,
        says: "Name of this client",
    },
    Row {
        path: "storage",
        kind: Kind::Store(&STORAGES),
        core: Core::From(
            "storage",
            r#"isStore(given.storage) ? STORAGES.length : indexIn(STORAGES, isSealed ? "local" : given.storage)"#,
        ),
        default: r#"`"memory"` in jwt mode"#,
        says: "Where a session is kept.",
    },
    Row {
        path: "verify",
        kind: Kind::Object,
        core: Core::Package,
        default: "absent",
        says: "Believe an access token only if its signature and its claims are right",
    },
    Row {
        path: "verify.jwks",
        kind: Kind::Object,
        core: Core::Package,
        default: "none, it must be given",
        says: "The issuer's keys (RFC 7517 §5)",
    },
    Row {
        path: "verify.issuer",
        kind: Kind::Object,
        core: Core::Package,
        default: "any",
        says: "`iss` (RFC 7519 §4.1.1) has to be this, or one of these.",
    },
    Row {
        path: "verify.audience",
        kind: Kind::Object,
        core: Core::Package,
        default: "any",
        says: "`aud` (§4.1.3) has to be or to hold this, or one of these.",
    },
    Row {
        path: "verify.algorithms",
        kind: Kind::Object,
        core: Core::Package,
        default: "RS, PS and ES",
        says: "The signature algorithms that are allowed.",
    },
    Row {
        path: "verify.typ",
        kind: Kind::Object,
        core: Core::Package,
        default: "any",
        says: "`typ` of the header",
    },
    Row {
        path: "verify.maxAge",
        kind: Kind::Object,
        core: Core::Package,
        default: "any",
        says: "Seconds since `iat` that a token which the server sends may be old.",
    },
    Row {
        path: "verify.clockTolerance",
        kind: Kind::Object,
        core: Core::Package,
        default: "30",
        says: "Seconds by which `exp`, `nbf` and `iat` may miss the clock.",
    },
    Row {
        path: "sso",
        kind: Kind::Object,
        core: Core::Package,
        default: "absent",
        says: "The identity provider at which people sign in",
    },
    Row {
        path: "isSignedOut",
        kind: Kind::Function,
        core: Core::Package,
        default: "status 401",
        says: r#"The app's own rule for "this answer means signed out""#,
    },
    Row {
        path: "leeway",
        kind: Kind::Number,
        core: Core::Or("leeway", "LEEWAY"),
        default: "`30`",
        says: "A token counts as expired this many seconds before its end",
    },
    Row {
        path: "timeout",
        kind: Kind::Number,
        core: Core::Or("timeout", "TIMEOUT"),
        default: "`15`",
        says: "Seconds that one request of hallpass itself (not of `authFetch`) may take.",
    },
    Row {
        path: "timedRefresh",
        kind: Kind::Flag,
        core: Core::Or("timed_refresh", "true"),
        default: "`true`",
        says: "Renew before the end also while no call is made.",
    },
    Row {
        path: "idempotencyKey",
        kind: Kind::Flag,
        core: Core::Field("idempotency_key"),
        default: "`true` where the refresh endpoint has",
        says: "Name each refresh attempt in an `Idempotency-Key` header",
    },
    Row {
        path: "shareAcrossTabs",
        kind: Kind::Flag,
        core: Core::Or("share_across_tabs", "false"),
        default: "`false`",
        says: "Hand a new access token to the other tabs of the origin over `BroadcastChannel`",
    },
];
