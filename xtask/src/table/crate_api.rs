//! The options of the crate beside the table: each row is a field or a method of what `src/client/options` has for it.

use super::contract::{CONTRACT, PLACE};
use super::options;
use super::row::Row;

/// Where the members of an option stand; of the options themselves, of none.
const FILES: &[(&str, &str)] = &[
    ("", "src/client/options.rs"),
    ("endpoints", ENDPOINT),
    ("fields", "src/client/options/fields.rs"),
    ("header", "src/client/options.rs"),
    ("refreshToken", "src/client/options/refresh_token.rs"),
    ("csrf", "src/client/options/csrf.rs"),
    ("verify", "src/client/options/verify.rs"),
];
const ENDPOINT: &str = "src/client/options/endpoint.rs";

/// Of a sign-in at a provider the crate has the decisions: `hallpass::sso`.
const NOT_THERE: &str = "sso";

/// What has another name there: a word of the language, or a method that gives one at a time.
const RENAMED: &[(&str, &str)] = &[
    ("as", "format"),
    ("in", "header"),
    ("params", "param"),
    ("token", "access"),
    ("url", "new"),
];

/// What is missing, a line each. `read`: the text of a file.
pub(super) fn wrong(
    mut read: impl FnMut(&'static str) -> anyhow::Result<String>,
) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    for &(option, file) in FILES {
        let text = read(file)?;
        let rows = options::rows().filter(|row| match option {
            "" => !row.is_member() && row.path != NOT_THERE,
            option => row.is_member_of(option),
        });
        wrong.extend(missing(file, &text, rows));
    }
    let text = read(ENDPOINT)?;
    // A place is named together with where it is.
    let place = PLACE.iter().filter(|row| row.path != "name");
    wrong.extend(missing(ENDPOINT, &text, CONTRACT.iter().chain(place)));
    Ok(wrong)
}

fn missing<'a>(file: &str, text: &str, rows: impl Iterator<Item = &'a Row>) -> Vec<String> {
    let names: Vec<&str> = text.lines().filter_map(public).collect();
    rows.map(|row| (row, name(row)))
        .filter(|(_, name)| !names.contains(&name.as_str()))
        .map(|(row, name)| format!("{file}: there is no public `{name}` for {}", row.path))
        .collect()
}

fn name(row: &Row) -> String {
    let name = row.name();
    let renamed = RENAMED.iter().find(|(known, _)| *known == name);
    renamed.map_or_else(|| snake(name), |(_, other)| (*other).to_owned())
}

/// The name of a public field or method.
fn public(line: &str) -> Option<&str> {
    let rest = line.trim().strip_prefix("pub ")?;
    let rest = rest.strip_prefix("fn ").unwrap_or(rest);
    rest.split_once([':', '(', '<']).map(|(name, _)| name)
}

/// `baseUrl` as `base_url`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for char in name.chars() {
        if char.is_uppercase() {
            snake.push('_');
        }
        snake.extend(char.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_a_field_or_method_is_told() {
        let text = "pub fn access() -> X {\n    pub fn header(self, name: &str) -> X {\n    pub name: Option<String>,\n";
        let told = missing("f.rs", text, PLACE.iter());
        assert_eq!(told, ["f.rs: there is no public `scheme` for scheme"]);
    }
}
