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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::contract::CONTRACT;
    use crate::table::row::{Core, Kind};

    #[test]
    fn a_member_stands_behind_its_object_and_no_path_stands_twice() {
        let mut before: Vec<&Row> = Vec::new();
        for row in rows() {
            assert!(
                before.iter().all(|other| other.path != row.path),
                "{}",
                row.path
            );
            if let Some((object, _)) = row.path.rsplit_once('.') {
                let object = before.iter().find(|other| other.path == object);
                let is_object = |row: &&&Row| matches!(row.kind, Kind::Members(_) | Kind::Object);
                assert!(object.filter(is_object).is_some(), "{}", row.path);
            }
            before.push(row);
        }
    }

    #[test]
    fn what_is_a_part_is_a_member_of_what_is_made_of_parts() {
        for part in rows().filter(|row| matches!(row.core, Core::Part | Core::PartFrom(_))) {
            let object = rows().find(|row| part.is_member_of(row.path));
            let is_made = object.is_some_and(|row| matches!(row.core, Core::Made(..)));
            assert!(is_made, "{}", part.path);
        }
    }

    #[test]
    fn what_is_like_an_option_is_like_one_that_there_is() {
        for row in CONTRACT {
            if let Kind::Like(option) = row.kind {
                assert!(rows().any(|row| row.path == option), "{}", row.path);
            }
        }
    }
}
