//! `pkg/index.d.ts` beside the table: each row is a member of what types it, with a comment that begins as the row says,
//! and no member is without a row.

use super::contract::{CONTRACT, CONTRACT_TYPES, PLACE, PLACE_TYPES};
use super::options::{self, TYPES};
use super::row::{Kind, Row};
use super::words::{MEANINGS, MODES, PURPOSES};

pub(super) const FILE: &str = "pkg/index.d.ts";

/// Options whose members the package looks at where they are loaded: the option, its types, the files, and how the list begins there.
pub(super) const LOADED: &[Loaded] = &[
    Loaded {
        option: "verify",
        types: &["VerifyOptions"],
        lists: &[("pkg/src/verify/options.js", "const KINDS = {\n")],
    },
    Loaded {
        option: "sso",
        types: &["SsoOptions", "BackendSsoOptions"],
        lists: &[
            ("pkg/src/sso/options.js", "const MEMBERS = {\n"),
            ("pkg/src/sso/bff.js", "const MEMBERS = {\n"),
        ],
    },
];

pub(super) struct Loaded {
    option: &'static str,
    types: &'static [&'static str],
    pub(super) lists: &'static [(&'static str, &'static str)],
}

/// What is wrong with the types, a line each.
pub(super) fn wrong(file: &str) -> Vec<String> {
    let top: Vec<&Row> = options::rows().filter(|row| !row.is_member()).collect();
    let mut wrong = compared(file, TYPES, &top);
    for row in &top {
        let types = match row.kind {
            Kind::Members(types) => types,
            Kind::Object => match LOADED.iter().find(|one| one.option == row.path) {
                Some(loaded) => loaded.types,
                None => continue,
            },
            _ => continue,
        };
        let members: Vec<&Row> = options::members(row.path).collect();
        wrong.extend(compared(file, types, &members));
    }
    wrong.extend(compared(
        file,
        CONTRACT_TYPES,
        &CONTRACT.iter().collect::<Vec<_>>(),
    ));
    wrong.extend(compared(
        file,
        PLACE_TYPES,
        &PLACE.iter().collect::<Vec<_>>(),
    ));
    let spellings = |words: &[super::words::Word]| words.iter().map(|word| word.word).collect();
    let unions: [(&str, Vec<&str>); 3] = [
        ("AuthMode", MODES.words.to_vec()),
        ("RequestKind", spellings(PURPOSES)),
        ("Meaning", spellings(MEANINGS)),
    ];
    for (union, words) in unions {
        if union_of(file, union) != words {
            wrong.push(format!(
                "{FILE}: {union}: the table has {}",
                words.join(", ")
            ));
        }
    }
    wrong
}

/// What is wrong with the lists of the members of such an option, which stand with what each may be. `files`: their texts.
pub(super) fn unchecked(loaded: &Loaded, files: &[String]) -> Vec<String> {
    let names: Vec<&str> = loaded
        .lists
        .iter()
        .zip(files)
        .flat_map(|((_, list), file)| names_in(file, list))
        .collect();
    let rows: Vec<&str> = options::members(loaded.option).map(Row::name).collect();
    if names == rows {
        return Vec::new();
    }
    let files: Vec<&str> = loaded.lists.iter().map(|(file, _)| *file).collect();
    vec![format!(
        "{}: {}: the table has {}",
        files.join(", "),
        loaded.option,
        rows.join(", ")
    )]
}

/// The names of the members of a list.
fn names_in<'a>(file: &'a str, list: &str) -> Vec<&'a str> {
    let body = between(file, list, "\n};").unwrap_or_default();
    body.lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_once(':'))
        .map(|(name, _)| name)
        .filter(|name| !name.starts_with(' '))
        .collect()
}

fn compared(file: &str, types: &[&str], rows: &[&Row]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut members = Vec::new();
    for name in types {
        match between(file, &format!("export interface {name} "), "\n}") {
            Some(body) => members.extend(members_of(name, body)),
            None => wrong.push(format!("{FILE}: there is no interface {name}")),
        }
    }
    for row in rows {
        let mut own = members
            .iter()
            .filter(|member| member.name == row.name())
            .peekable();
        if own.peek().is_none() {
            wrong.push(format!(
                "{FILE}: {} has no {}",
                types.join(", "),
                row.name()
            ));
        } else if !own.any(|member| member.comment.starts_with(row.says)) {
            wrong.push(format!(
                "{FILE}: {}: no comment in {} begins as in the table: {}",
                row.path,
                types.join(", "),
                row.says
            ));
        }
    }
    for Member { of, name, .. } in members {
        if !rows.iter().any(|row| row.name() == name) {
            wrong.push(format!("{FILE}: {of}.{name} has no row in the table"));
        }
    }
    wrong
}

struct Member<'a> {
    of: &'a str,
    name: &'a str,
    comment: String,
}

/// Those that may be given. One that is `never` is there to be refused.
fn members_of<'a>(of: &'a str, body: &'a str) -> Vec<Member<'a>> {
    let mut members = Vec::new();
    let mut comment = String::new();
    for line in body.lines().skip(1).map(str::trim) {
        let said = line
            .trim_start_matches(['/', '*'])
            .trim_end_matches("*/")
            .trim();
        if line.starts_with("/**") {
            comment = said.to_owned();
        } else if line.starts_with('*') {
            comment = [&comment, said].join(" ").trim().to_owned();
        } else if let Some((name, typed)) = line.split_once(':') {
            let name = name.trim_end_matches('?');
            if typed.trim() != "never;" {
                members.push(Member {
                    of,
                    name,
                    comment: comment.clone(),
                });
            }
        }
    }
    members
}

/// The words of a union, in its order.
fn union_of<'a>(file: &'a str, name: &str) -> Vec<&'a str> {
    let body = between(file, &format!("export type {name} ="), ";\n").unwrap_or_default();
    let code = body.lines().filter(|line| !line.trim().starts_with("/**"));
    code.flat_map(|line| line.split('"').skip(1).step_by(2))
        .collect()
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(begin)?;
    Some(rest.split_once(end)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF: &str = "export interface TokenPlace {
  /** Which token. It is one of two. */
  token: \"access\" | \"refresh\";
  /**
   * Where it
   * is sent.
   */
  in?: string;
  /** Name of the header or field. */
  name?: string;
  /** What comes before it in a header. */
  scheme?: string;
  /** Not with these. */
  other?: never;
}
";

    fn told(file: &str) -> Vec<String> {
        compared(file, PLACE_TYPES, &PLACE.iter().collect::<Vec<_>>())
    }

    #[test]
    fn an_interface_with_each_row_as_a_member_is_right() {
        assert_eq!(told(OF), [""; 0]);
    }

    #[test]
    fn what_is_not_as_in_the_table_is_told() {
        for (part, other, what) in [
            ("name?: string", "names?: string", "TokenPlace has no name"),
            (
                "name?: string",
                "names?: string",
                "TokenPlace.names has no row",
            ),
            ("name?: string", "name?: never", "TokenPlace has no name"),
            (
                "Where it\n",
                "Where\n",
                "in: no comment in TokenPlace begins as in the table: Where it is sent.",
            ),
            ("TokenPlace", "Place", "there is no interface TokenPlace"),
        ] {
            let lines = told(&OF.replacen(part, other, 1));
            assert!(
                lines.iter().any(|line| line.contains(what)),
                "{what}: {lines:?}"
            );
        }
    }

    #[test]
    fn the_words_of_a_union_are_those_outside_its_comments() {
        let file = "export type Meaning =\n  /** Not \"this\". */\n  | \"ok\"\n  | \"not-now\";\n";
        assert_eq!(union_of(file, "Meaning"), ["ok", "not-now"]);
        let file = "export type Kind = \"a\" | \"b\";\n";
        assert_eq!(union_of(file, "Kind"), ["a", "b"]);
    }
}
