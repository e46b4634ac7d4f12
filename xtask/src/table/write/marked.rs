//! Parts of a file between two comments.

use anyhow::{Context, Result};

const END: &str = "// End of the table.";

/// `text` with these lines in its part of this name, set in as its mark is.
pub(super) fn with(text: &str, name: &str, lines: &[String]) -> Result<String> {
    let begin = format!("// By `cargo xtask table`: {name}.");
    let wanted = || format!("there is no `{begin}` with a `{END}` behind it");
    let (before, rest) = text.split_once(&begin).with_context(wanted)?;
    let (_, after) = rest.split_once(END).with_context(wanted)?;
    let (_, indent) = before.rsplit_once('\n').unwrap_or(("", before));
    let mut part = String::new();
    for line in lines {
        part.push_str(&format!("{indent}{line}\n"));
    }
    Ok(format!("{before}{begin}\n{part}{indent}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_put_in_place_of_what_was_there() -> Result<()> {
        let lines = ["new {".to_owned(), "}".to_owned()];
        let text = "a\n  // By `cargo xtask table`: x.\n  old\n  // End of the table.\nb\n";
        let text = with(text, "x", &lines)?;
        assert_eq!(
            text,
            "a\n  // By `cargo xtask table`: x.\n  new {\n  }\n  // End of the table.\nb\n"
        );
        assert_eq!(with(&text, "x", &lines)?, text);
        Ok(())
    }

    #[test]
    fn a_file_without_its_marks_is_an_error() {
        for text in [
            "",
            "// By `cargo xtask table`: x.\n",
            "// End of the table.",
        ] {
            assert!(with(text, "x", &[]).is_err(), "{text}");
        }
    }
}
