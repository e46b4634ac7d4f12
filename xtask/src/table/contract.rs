//! The members of a contract: an object in place of the path of an endpoint.

use crate::table::row::{Core, Kind, Row};
use crate::table::words::{FORMATS, METHODS, PLACES, TOKENS};

pub(crate) const CONTRACT: &[Row] = &[
    Row {
        path: "url",
        kind: Kind::Text,
        core: Core::Package,
        default: "the usual path",
        says: "A path or URL.",
    },
    Row {
        path: "method",
        kind: Kind::Words(&METHODS),
        core: Core::Package,
        default: r#"`me`: `"GET"`; else `"POST"`"#,
        says: "The method.",
    },
    Row {
        path: "as",
        kind: Kind::Words(&FORMATS),
        core: Core::Package,
        default: r#"`"json"`"#,
        says: "How the body is sent.",
    },
    Row {
        path: "params",
        kind: Kind::Strings,
        core: Core::Package,
        default: "none",
        says: "Further fields of the body, such as `client_id`",
    },
    Row {
        path: "headers",
        kind: Kind::Headers,
        core: Core::Package,
        default: "none",
        says: "Further headers.",
    },
    Row {
        path: "credential",
        kind: Kind::Credential,
        core: Core::Package,
        default: "`me`: the access token",
        says: "Which token is sent, and where.",
    },
    Row {
        path: "fields",
        kind: Kind::Like("fields"),
        core: Core::Package,
        default: "as in `fields`",
        says: "Where the parts of its answer are.",
    },
    Row {
        path: "csrf",
        kind: Kind::Like("csrf"),
        core: Core::Package,
        default: "as in `csrf`",
        says: "Its own CSRF token",
    },
    Row {
        path: "timeout",
        kind: Kind::Number,
        core: Core::Package,
        default: "as in `timeout`",
        says: "Seconds that the request may take.",
    },
    Row {
        path: "refused",
        kind: Kind::Refused,
        core: Core::Package,
        default: "none",
        says: "Answers that are a final refusal",
    },
];

/// The interfaces that type it.
pub(crate) const CONTRACT_TYPES: &[&str] = &["EndpointContract", "TokenEndpoint", "LoginEndpoint"];

/// The members of a place, where a token goes: of `credential`.
pub(crate) const PLACE: &[Row] = &[
    Row {
        path: "token",
        kind: Kind::Words(&TOKENS),
        core: Core::Package,
        default: "none, it must be given",
        says: "Which token.",
    },
    Row {
        path: "in",
        kind: Kind::Words(&PLACES),
        core: Core::Package,
        default: r#"`"header"`"#,
        says: "Where it is sent.",
    },
    Row {
        path: "name",
        kind: Kind::Text,
        core: Core::Package,
        default: r#"`"Authorization"`"#,
        says: "Name of the header or field.",
    },
    Row {
        path: "scheme",
        kind: Kind::Text,
        core: Core::Package,
        default: r#"`"Bearer"`"#,
        says: "What comes before it in a header.",
    },
];

pub(crate) const PLACE_TYPES: &[&str] = &["TokenPlace"];
