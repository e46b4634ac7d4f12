//! What `createAuth` takes, in the order of `docs/options.md`, in which it is handed to the core too.

mod backend;
mod client;
mod credential;

use super::row::Row;

/// A part of `docs/options.md`, by its heading.
pub(crate) struct Section {
    pub(crate) heading: &'static str,
    pub(crate) rows: &'static [Row],
}

pub(crate) const SECTIONS: &[Section] = &[
    Section {
        heading: "The backend",
        rows: backend::BACKEND,
    },
    Section {
        heading: "The credential",
        rows: credential::CREDENTIAL,
    },
    Section {
        heading: "The client",
        rows: client::CLIENT,
    },
];

/// What is handed to the core behind the options, and is none by itself: a field of `Options`, its JavaScript, and how it
/// is read.
pub(crate) const BESIDE: &[(&str, &str, &str)] = &[
    (
        "timeouts",
        "...[endpoints.login, endpoints.logout, endpoints.refresh, endpoints.me].map((one) => one?.timeout)",
        "[(); 4].map(|()| items.next().as_f64())",
    ),
    (
        "additions",
        "isSealed || given.verify ? JSON.stringify([isSealed, given.verify]) : undefined",
        "items.text()",
    ),
];

/// The interfaces that type an option by itself.
pub(crate) const TYPES: &[&str] = &[
    "CommonOptions",
    "TokenOptions",
    "SessionOptions",
    "JwtOptions",
    "HybridOptions",
];

/// All of them.
pub(crate) fn rows() -> impl Iterator<Item = &'static Row> + Clone {
    SECTIONS.iter().flat_map(|section| section.rows)
}

/// Those that an object has as members.
pub(crate) fn members(object: &str) -> impl Iterator<Item = &'static Row> {
    rows().filter(move |row| row.is_member_of(object))
}
