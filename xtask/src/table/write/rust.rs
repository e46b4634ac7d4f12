//! What the table is in Rust. `rustfmt` lays it out.

use super::crossing;
use super::names::constant;
use crate::table::faults::{FAULTS, Fault};
use crate::table::kinds::{BODIES, KINDS};
use crate::table::words::{InCore, MEANINGS, WORDS, Word};

pub(super) fn kinds() -> Vec<String> {
    let line = |(number, name)| format!("pub(crate) const {name}: u32 = {number};");
    KINDS.iter().enumerate().map(line).collect()
}

pub(super) fn bodies() -> Vec<String> {
    let last = BODIES.len() - 1;
    let arm = |(number, name): (usize, &&str)| {
        if number == last {
            format!("_ => Body::{name},")
        } else {
            format!("Some({number}.0) => Body::{name},")
        }
    };
    BODIES.iter().enumerate().map(arm).collect()
}

pub(super) fn variants(words: &[Word]) -> Vec<String> {
    let lines = |word: &Word| [format!("/// {}", word.says), format!("{},", word.variant)];
    words.iter().flat_map(lines).collect()
}

pub(super) fn meanings() -> Vec<String> {
    arms(MEANINGS, "Said")
}

/// How a word is read.
pub(super) fn arms(words: &[Word], of: &str) -> Vec<String> {
    let arm = |word: &Word| format!("\"{}\" => {of}::{},", word.word, word.variant);
    words.iter().map(arm).collect()
}

/// How a variant is written.
pub(super) fn spellings(words: &[Word], of: &str) -> Vec<String> {
    let arm = |word: &Word| format!("{of}::{} => \"{}\",", word.variant, word.word);
    words.iter().map(arm).collect()
}

pub(super) fn faults() -> Vec<String> {
    let line = |fault: &Fault| format!("{},", fault.name);
    FAULTS.iter().map(line).collect()
}

pub(super) fn fault_words() -> Vec<String> {
    let arm = |fault: &Fault| format!("Fault::{} => {:?},", fault.name, fault.words);
    FAULTS.iter().map(arm).collect()
}

/// Modules of constants.
pub(super) fn words() -> Vec<String> {
    let mut lines = Vec::new();
    for words in WORDS {
        let InCore::Constants(module) = words.core else {
            continue;
        };
        lines.push(format!("mod {module} {{"));
        lines.push(r#"#![allow(dead_code, reason = "the last is what is left")]"#.to_owned());
        for (number, word) in words.words.iter().enumerate() {
            let name = constant(word);
            lines.push(format!("pub(super) const {name}: i64 = {number};"));
        }
        lines.push("}".to_owned());
    }
    lines
}

/// The options, out of the list that JavaScript writes.
pub(super) fn options() -> Vec<String> {
    let fields = crossing::fields();
    let fields = fields.iter().map(crossing::Field::rust);
    let begin = "Options {".to_owned();
    [begin]
        .into_iter()
        .chain(fields)
        .chain(["}".to_owned()])
        .collect()
}
