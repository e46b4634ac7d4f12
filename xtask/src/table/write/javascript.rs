//! What the table is in JavaScript, in lines as they stand there.

use std::collections::BTreeMap;

use super::crossing;
use crate::table::contract::{CONTRACT, PLACE};
use crate::table::faults::{FAULTS, Fault};
use crate::table::kinds::{BODIES, KINDS};
use crate::table::options;
use crate::table::row::Row;
use crate::table::words::{CONTRACT_WORDS, MEANINGS, PURPOSES, REDIRECTS, WORDS, Word, Words};

use anyhow::{Result, ensure};

pub(super) fn kinds() -> Vec<String> {
    numbers(KINDS.iter().map(|name| (*name).to_owned()))
}

/// The endpoint that a call of the app is for, by its number.
pub(super) fn calls() -> Vec<String> {
    let member = |(number, name): (usize, &&str)| {
        matches!(*name, "LOGIN" | "LOGOUT")
            .then(|| format!("{number}: \"{}\"", name.to_lowercase()))
    };
    let members: Vec<String> = KINDS.iter().enumerate().filter_map(member).collect();
    vec![format!("const CALLS = {{ {} }};", members.join(", "))]
}

pub(super) fn bodies() -> Vec<String> {
    numbers(BODIES.iter().map(|name| name.to_uppercase()))
}

fn numbers(names: impl Iterator<Item = String>) -> Vec<String> {
    let line = |(number, name)| format!("export const {name} = {number};");
    names.enumerate().map(line).collect()
}

pub(super) fn purposes() -> Vec<String> {
    vec![list("PURPOSES", &spellings(PURPOSES))]
}

pub(super) fn redirects() -> Vec<String> {
    vec![list("REDIRECTS", &spellings(REDIRECTS))]
}

pub(super) fn meanings() -> Vec<String> {
    vec![list("MEANINGS", &spellings(MEANINGS))]
}

fn spellings(words: &[Word]) -> Vec<&'static str> {
    words.iter().map(|word| word.word).collect()
}

pub(super) fn words() -> Vec<String> {
    lists(WORDS)
}

pub(super) fn contract_words() -> Vec<String> {
    lists(CONTRACT_WORDS)
}

fn lists(all: &[&Words]) -> Vec<String> {
    all.iter().map(|one| list(one.name, one.words)).collect()
}

fn list(name: &str, words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("const {name} = [{}];", quoted.join(", "))
}

/// What each option may be.
pub(super) fn options() -> Vec<String> {
    let mut lines = vec!["export const KINDS = {".to_owned()];
    for row in options::rows().filter(|row| !row.is_member()) {
        if let Some(check) = row.kind.check() {
            lines.push(member(row, &check));
        } else {
            lines.push(format!("  {}: {{", row.name()));
            let members = options::members(row.path);
            let checks = members.filter_map(|row| Some(member(row, &row.kind.check()?)));
            lines.extend(checks.map(|line| format!("  {line}")));
            lines.push("  },".to_owned());
        }
    }
    lines.push("};".to_owned());
    lines
}

/// The list that the core reads.
pub(super) fn listed() -> Vec<String> {
    let slots = crossing::fields().into_iter().flat_map(|field| field.slots);
    let begin = "return JSON.stringify([".to_owned();
    let lines = slots.map(|slot| format!("  {},", slot.from));
    [begin]
        .into_iter()
        .chain(lines)
        .chain(["]);".to_owned()])
        .collect()
}

pub(super) fn contract() -> Vec<String> {
    object("CONTRACT", CONTRACT)
}

pub(super) fn place() -> Vec<String> {
    object("PLACE", PLACE)
}

fn object(name: &str, rows: &[Row]) -> Vec<String> {
    let begin = format!("const {name} = {{");
    let lines = rows
        .iter()
        .filter_map(|row| Some(member(row, &row.kind.check()?)));
    [begin]
        .into_iter()
        .chain(lines)
        .chain(["};".to_owned()])
        .collect()
}

fn member(row: &Row, check: &str) -> String {
    let name = row.name();
    if name == check {
        format!("  {name},")
    } else {
        format!("  {name}: {check},")
    }
}

/// The endpoints that may have a contract, by their kinds.
pub(super) fn endpoints() -> Vec<String> {
    let endpoints = options::members("endpoints").map(Row::name);
    vec![list("ENDPOINTS", &endpoints.collect::<Vec<_>>())]
}

pub(super) fn faults() -> Vec<String> {
    let line = |fault: &Fault| format!("  {},", quoted(fault.words));
    let begin = "const FAULTS = [".to_owned();
    let lines = FAULTS.iter().map(line);
    [begin]
        .into_iter()
        .chain(lines)
        .chain(["];".to_owned()])
        .collect()
}

/// The numbers of those that JavaScript finds.
pub(super) fn faults_of(names: &[&str]) -> Vec<String> {
    let numbered = FAULTS.iter().enumerate();
    let own = numbered.filter(|(_, fault)| names.contains(&fault.name));
    own.map(|(number, fault)| format!("const {} = {number};", shouted(fault.name)))
        .collect()
}

/// What an option may be, by its path, and a member of a contract by its name.
pub(super) fn allowed() -> Result<Vec<String>> {
    let mut known = BTreeMap::new();
    let mut lines = Vec::new();
    for row in options::rows().chain(CONTRACT) {
        let allowed = row.kind.allowed();
        if let Some(before) = known.insert(row.path, allowed) {
            ensure!(
                before == allowed,
                "{} is an option and a member of a contract, which may not be the same",
                row.path
            );
        } else if let Some(allowed) = allowed {
            let key = if row.is_member() {
                quoted(row.path)
            } else {
                row.path.to_owned()
            };
            lines.push(format!("{key}: {},", quoted(allowed)));
        }
    }
    Ok(lines)
}

fn quoted(text: &str) -> String {
    if text.contains('"') {
        format!("'{text}'")
    } else {
        format!("\"{text}\"")
    }
}

/// `NotListed` as `NOT_LISTED`.
fn shouted(variant: &str) -> String {
    let mut name = String::new();
    for char in variant.chars() {
        if char.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(char.to_uppercase());
    }
    name
}
