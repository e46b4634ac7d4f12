//! Short names for what passes between the module and its JavaScript.
//!
//! wasm-bindgen gives each import and export a long name with a hash in it, which stands in both files
//! and does not compress. Nobody else reads them.

use anyhow::{Context, Result, bail};
use std::collections::{HashMap, HashSet};
use wasm_bindgen_cli_support::Output;

use crate::trim::trim;

/// The module name under which wasm-bindgen imports its own JavaScript.
const GLUE: &str = "./hallpass_bg.js";
const SHORT_GLUE: &str = "h";

/// Renames in the module and gives the JavaScript that goes with it. Exports that the JavaScript never
/// names are dropped, so that what only they use can go as well.
pub(crate) fn shorten(output: &mut Output) -> Result<String> {
    let js = trim(output.js())?;
    let module = output.wasm_mut();

    let mut names = Names::default();
    let mut imports = HashMap::new();
    for import in module.imports.iter_mut() {
        let short = names.next();
        let name = std::mem::replace(&mut import.name, short.clone());
        let from = std::mem::replace(&mut import.module, SHORT_GLUE.to_owned());
        if from == GLUE {
            imports.insert(name, short);
        } else {
            bail!("the module imports from `{from}`");
        }
    }

    let used = members_of_wasm(&js);
    let mut names = Names::default();
    let mut exports = HashMap::new();
    let mut unused = Vec::new();
    for export in module.exports.iter_mut() {
        if used.contains(export.name.as_str()) {
            let short = names.next();
            exports.insert(std::mem::replace(&mut export.name, short.clone()), short);
        } else {
            unused.push(export.id());
        }
    }
    for id in unused {
        module.exports.delete(id);
    }

    rename_exports(&rename_imports(&js, imports)?, &exports)
}

/// The keys of the object that `__wbg_get_imports` makes, one to a line.
fn rename_imports(js: &str, mut names: HashMap<String, String>) -> Result<String> {
    let mut renamed = String::with_capacity(js.len());
    for line in js.lines() {
        let text = line.trim_start();
        match text.split_once(':') {
            Some((key, rest)) if names.contains_key(key) => {
                let short = names.remove(key).unwrap_or_default();
                renamed.push_str(&format!("{short}:{rest}\n"));
            }
            _ => {
                renamed.push_str(line);
                renamed.push('\n');
            }
        }
    }
    if let Some(name) = names.into_keys().next() {
        bail!("the glue does not define the import `{name}`");
    }
    let module = format!("\"{GLUE}\":");
    if renamed.matches(&module).count() != 1 {
        bail!("the glue does not provide `{GLUE}` once");
    }
    Ok(renamed.replace(&module, &format!("\"{SHORT_GLUE}\":")))
}

fn rename_exports(js: &str, names: &HashMap<String, String>) -> Result<String> {
    let mut parts = js.split(MEMBER);
    let mut renamed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = leading_identifier(part);
        let short = names
            .get(name)
            .with_context(|| format!("the module does not export `{name}`, which the glue uses"))?;
        let rest = part.strip_prefix(name).unwrap_or_default();
        renamed.push_str(&format!("{MEMBER}{short}{rest}"));
    }
    Ok(renamed)
}

/// How the glue takes an export.
const MEMBER: &str = "wasm.";

fn members_of_wasm(js: &str) -> HashSet<&str> {
    js.split(MEMBER).skip(1).map(leading_identifier).collect()
}

fn leading_identifier(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '$');
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// a, b, …, z, A, …, Z, aa, ab, …
#[derive(Default)]
struct Names {
    given: usize,
}

impl Names {
    fn next(&mut self) -> String {
        const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let mut rest = self.given;
        self.given += 1;
        let mut name = String::new();
        loop {
            name.extend(
                LETTERS
                    .get(rest % LETTERS.len())
                    .map(|&byte| char::from(byte)),
            );
            if rest < LETTERS.len() {
                return name;
            }
            rest = rest / LETTERS.len() - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn names_do_not_repeat() {
        let mut names = Names::default();
        let given: HashSet<String> = (0..4000).map(|_| names.next()).collect();
        assert_eq!(given.len(), 4000);
        assert!(given.contains("a") && given.contains("Z") && given.contains("aa"));
    }

    #[test]
    fn imports_are_renamed_where_they_are_defined() {
        let js =
            "x = {\n    __wbg_then_1: function(a) {},\n};\nreturn {\n \"./hallpass_bg.js\": x };\n";
        let names = HashMap::from([("__wbg_then_1".to_owned(), "a".to_owned())]);
        assert_eq!(
            rename_imports(js, names).unwrap(),
            "x = {\na: function(a) {},\n};\nreturn {\n \"h\": x };\n"
        );
    }

    #[test]
    fn an_import_without_definition_is_an_error() {
        let names = HashMap::from([("__wbg_then_1".to_owned(), "a".to_owned())]);
        assert!(rename_imports("\"./hallpass_bg.js\": x", names).is_err());
    }

    #[test]
    fn exports_are_renamed_where_they_are_used() {
        let names = HashMap::from([
            ("create".to_owned(), "a".to_owned()),
            ("create_all".to_owned(), "b".to_owned()),
        ]);
        assert_eq!(
            rename_exports("create(wasm.create(wasm.create_all))", &names).unwrap(),
            "create(wasm.a(wasm.b))"
        );
        assert!(rename_exports("wasm.gone()", &names).is_err());
    }
}
