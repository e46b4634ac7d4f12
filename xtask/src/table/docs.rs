//! `docs/options.md` beside the table: the headings are its rows, in its order, and each has a type and the default.

use super::contract::CONTRACT;
use super::options::SECTIONS;
use super::row::Row;

pub(super) const PAGE: &str = "docs/options.md";

/// What is wrong with the page, a line each.
pub(super) fn wrong(page: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let headings: Vec<&str> = page.lines().filter_map(heading).collect();
    let wanted: Vec<&str> = SECTIONS
        .iter()
        .flat_map(|section| {
            [section.heading]
                .into_iter()
                .chain(section.rows.iter().map(|row| row.path))
        })
        .collect();
    if let Some(line) = order("the headings", &headings, &wanted) {
        wrong.push(line);
    }
    for row in SECTIONS.iter().flat_map(|section| section.rows) {
        wrong.extend(section_of(page, row.path).and_then(|text| faults_of(row, text)));
    }
    let cells: Vec<[&str; 3]> = section_of(page, "Contracts")
        .into_iter()
        .flat_map(str::lines)
        .filter_map(cells)
        .collect();
    let names: Vec<&str> = cells.iter().map(|[name, ..]| *name).collect();
    let members: Vec<&str> = CONTRACT.iter().map(|row| row.path).collect();
    wrong.extend(order("the members of a contract", &names, &members));
    for (row, [_, _, default]) in CONTRACT.iter().zip(cells) {
        if !default.starts_with(row.default) {
            wrong.push(format!(
                "{PAGE}: contract, {}: the default is {default}; in the table it begins {}",
                row.path, row.default
            ));
        }
    }
    wrong
}

/// A part of the page, or an option by its name in code.
fn heading(line: &str) -> Option<&str> {
    let is_part = line.strip_prefix("## ");
    is_part.or_else(|| line.strip_prefix("### `")?.strip_suffix('`'))
}

/// The first place where the order is another.
fn order(of: &str, there: &[&str], wanted: &[&str]) -> Option<String> {
    let place = (0..there.len().max(wanted.len())).find(|at| there.get(*at) != wanted.get(*at))?;
    let name = |list: &[&str]| {
        list.get(place)
            .map_or("nothing more".to_owned(), |name| format!("`{name}`"))
    };
    let before = place.checked_sub(1).and_then(|place| wanted.get(place));
    let place = before.map_or("at first".to_owned(), |name| format!("after `{name}`"));
    Some(format!(
        "{PAGE}: {of}, {place}: the table has {}, the page {}",
        name(wanted),
        name(there)
    ))
}

/// What stands under a heading, up to the next of whatever kind.
fn section_of<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let headed = [format!("\n### `{name}`\n"), format!("\n#### {name}\n")];
    let rest = headed.iter().find_map(|head| page.split_once(head))?.1;
    Some(rest.split_once("\n#").map_or(rest, |(text, _)| text))
}

fn faults_of(row: &Row, section: &str) -> Option<String> {
    let line = |begin| section.lines().find_map(|line| line.strip_prefix(begin));
    let said = if line("- Type: ").is_none() {
        "no line begins `- Type: `".to_owned()
    } else {
        match line("- Default: ") {
            Some(default) if default.starts_with(row.default) => return None,
            Some(default) => format!(
                "the default is {default}; in the table it begins {}",
                row.default
            ),
            None => "no line begins `- Default: `".to_owned(),
        }
    };
    Some(format!("{PAGE}: {}: {said}", row.path))
}

/// Of a row of a Markdown table whose first cell is a name in code.
fn cells(line: &str) -> Option<[&str; 3]> {
    let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
    let name = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
    Some([name, cells.next()?, cells.next()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> String {
        let mut page = String::new();
        for section in SECTIONS {
            page += &format!("## {}\n\n", section.heading);
            for row in section.rows {
                page += &format!(
                    "### `{}`\n\n- Type: any.\n- Default: {}.\n\n",
                    row.path, row.default
                );
                if row.path == "endpoints" {
                    let lines = CONTRACT
                        .iter()
                        .map(|row| format!("| `{}` | what | {} |\n", row.path, row.default));
                    page += &format!(
                        "#### Contracts\n\n| member |\n{}\n",
                        lines.collect::<String>()
                    );
                }
            }
        }
        page
    }

    #[test]
    fn a_page_with_all_of_the_table_in_its_order_is_right() {
        assert_eq!(wrong(&page()), [""; 0]);
    }

    #[test]
    fn a_page_that_misses_something_is_told_what() {
        for (part, other, told) in [
            (
                "### `key`\n",
                "",
                "after `The client`: the table has `key`, the page `storage`",
            ),
            (
                "### `user`\n",
                "### `users`\n",
                "the table has `user`, the page `users`",
            ),
            (
                "## The client\n",
                "",
                "the table has `The client`, the page `key`",
            ),
            (
                "- Default: `30`.",
                "- Default: `20`.",
                "leeway: the default is `20`.; in the table it begins `30`",
            ),
            ("- Type: any.", "", "mode: no line begins `- Type: `"),
            (
                "| `as` |",
                "| `ass` |",
                "after `method`: the table has `as`, the page `ass`",
            ),
            (
                "| as in `csrf` |",
                "| none |",
                "contract, csrf: the default is none",
            ),
        ] {
            let page = page().replacen(part, other, 1);
            let lines = wrong(&page);
            assert!(
                lines.iter().any(|line| line.contains(told)),
                "{told}: {lines:?}"
            );
        }
    }
}
