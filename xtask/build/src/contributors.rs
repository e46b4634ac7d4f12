//! What the package is made of.

use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

use crate::optimize;
use xtask::places::Places;

const SHOWN: usize = 10;
const WIDTH: usize = 80;

/// Prints the ten largest parts: crates by their functions, the data, the JavaScript; then the ten
/// largest functions. Bytes before compression, for only those can be told apart.
pub(crate) fn print(places: &Places, scratch: &Path) -> Result<()> {
    let module = Module::read(&fs::read(optimize::named(places, scratch)?)?)?;

    let mut parts: BTreeMap<String, u64> = BTreeMap::new();
    for (name, bytes) in &module.functions {
        *parts
            .entry(format!("crate {}", crate_of(name)))
            .or_default() += bytes;
    }
    parts.insert("data: texts and tables".into(), module.data);
    parts.insert("module: imports, exports, types".into(), module.rest);
    parts.insert("JavaScript: glue".into(), length(places, "dist/glue.js")?);
    for file in ["index.js", "slim.js"] {
        parts.insert(format!("JavaScript: {file}"), length(places, file)?);
    }
    let sources = places.root().join("pkg/src");
    if sources.is_dir() {
        let mut bytes = 0;
        for entry in fs::read_dir(sources)? {
            bytes += entry?.metadata()?.len();
        }
        parts.insert("JavaScript: src/, not minified".into(), bytes);
    }
    table("largest contributors", parts);
    println!();
    table("largest functions", module.functions);
    Ok(())
}

fn length(places: &Places, file: &str) -> Result<u64> {
    let path = places.root().join("pkg").join(file);
    Ok(fs::metadata(&path)
        .with_context(|| format!("there is no {}", path.display()))?
        .len())
}

fn table(title: &str, rows: impl IntoIterator<Item = (String, u64)>) {
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    println!("{title:<82} {:>8}", "raw");
    for (name, bytes) in rows.into_iter().take(SHOWN) {
        println!("  {:<80} {bytes:>8}", shortened(&name));
    }
}

/// Names with several generic types in them may have hundreds of letters.
fn shortened(name: &str) -> String {
    if name.chars().count() <= WIDTH {
        return name.to_owned();
    }
    let start: String = name.chars().take(WIDTH - 1).collect();
    format!("{start}…")
}

/// The crate of a demangled name: of `<a::B as c::D>::e` it is `a`, for there the code was written.
fn crate_of(name: &str) -> &str {
    let path = name.trim_start_matches(['<', '&', '(', '[', '*']);
    let path = path.strip_prefix("mut ").unwrap_or(path);
    let path = path.strip_prefix("dyn ").unwrap_or(path);
    match path.split_once("::") {
        Some((first, _)) if first.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => first,
        _ => "(exports and shims)",
    }
}

/// `a[c0ffee…]::b::hc0ffee…` is `a::b`: hashes tell versions apart, which nobody asks here.
fn without_hashes(name: &str) -> String {
    let mut plain = String::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        rest = match after.split_once(']') {
            Some((inside, after)) if is_hash(inside) => after,
            _ => {
                plain.push('[');
                after
            }
        };
    }
    plain.push_str(rest);
    match plain.rsplit_once("::h") {
        Some((path, hash)) if is_hash(hash) => path.to_owned(),
        _ => plain,
    }
}

fn is_hash(text: &str) -> bool {
    text.len() >= 15 && text.chars().all(|c| c.is_ascii_hexdigit())
}

struct Module {
    /// Each function that has a body, with the size of that.
    functions: Vec<(String, u64)>,
    data: u64,
    rest: u64,
}

impl Module {
    fn read(bytes: &[u8]) -> Result<Self> {
        let mut imported = 0;
        let mut sizes = Vec::new();
        let mut names = HashMap::new();
        let mut data = 0;
        let mut rest = 0;
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ImportSection(imports) => {
                    rest += length_of(&imports.range());
                    for import in imports.into_imports() {
                        imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::TypeSection(section) => rest += length_of(&section.range()),
                Payload::FunctionSection(section) => rest += length_of(&section.range()),
                Payload::ExportSection(section) => rest += length_of(&section.range()),
                Payload::ElementSection(section) => rest += length_of(&section.range()),
                Payload::DataSection(section) => data += length_of(&section.range()),
                Payload::CodeSectionEntry(body) => sizes.push(length_of(&body.range())),
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(subsections) = section.as_known() {
                        for subsection in subsections {
                            if let Name::Function(map) = subsection? {
                                for naming in map {
                                    let naming = naming?;
                                    names.insert(naming.index, naming.name.to_owned());
                                }
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        if names.is_empty() {
            bail!("the module has no function names");
        }
        let functions = (imported..)
            .zip(sizes)
            .map(|(index, size)| {
                let name = names.get(&index).map_or("(without a name)", String::as_str);
                (without_hashes(name), size)
            })
            .collect();
        Ok(Self {
            functions,
            data,
            rest,
        })
    }
}

fn length_of(range: &std::ops::Range<usize>) -> u64 {
    range.len() as u64
}

#[cfg(test)]
mod tests {
    use super::{crate_of, without_hashes};

    #[test]
    fn hashes_are_left_out_of_names() {
        assert_eq!(
            without_hashes("<core[c5930c85a12de822]::fmt::Formatter>::pad"),
            "<core::fmt::Formatter>::pad"
        );
        assert_eq!(without_hashes("a::b::h906a00f467505763"), "a::b");
        assert_eq!(
            without_hashes("<[u8] as a::b>::hash"),
            "<[u8] as a::b>::hash"
        );
    }

    #[test]
    fn the_crate_is_where_the_code_was_written() {
        assert_eq!(crate_of("serde_json::de::from_str::hc0ffee"), "serde_json");
        assert_eq!(
            crate_of("<hallpass::core::Secret as core::fmt::Debug>::fmt"),
            "hallpass"
        );
        assert_eq!(
            crate_of("<&mut W as core::fmt::Write>::write_str"),
            "(exports and shims)"
        );
        assert_eq!(crate_of("__wbindgen_malloc"), "(exports and shims)");
    }
}
