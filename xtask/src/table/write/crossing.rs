//! How the options are handed over: one list, which JavaScript writes and the core reads.

use crate::table::options::{self, BESIDE};
use crate::table::row::{Core, Kind, Row};
use crate::table::words::InCore;
use crate::table::write::names::variant;

/// A field of `Options`, and what of the list it is read from.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) slots: Vec<Slot>,
}

pub(super) enum Shape {
    One,
    /// The arguments of a function that is named as the field.
    Call,
    /// The fields of a type.
    Struct(&'static str),
}

/// One item of the list.
pub(super) struct Slot {
    /// The field of a `Struct`.
    name: &'static str,
    /// In JavaScript.
    pub(super) from: String,
    /// In Rust.
    read: String,
}

/// All fields, in the order of the list.
pub(super) fn fields() -> Vec<Field> {
    let mut fields = Vec::new();
    for row in options::rows().filter(|row| !row.is_member()) {
        let members = || options::members(row.path);
        let singles = members().chain([row]).filter_map(single);
        match row.core {
            Core::Struct(name, of) => fields.push(Field {
                name,
                shape: Shape::Struct(of),
                slots: singles.flat_map(|field| field.slots).collect(),
            }),
            Core::Made(name, beside) => {
                let beside = beside.iter().map(|&(from, read)| slot(name, from, read));
                fields.push(Field {
                    name,
                    shape: Shape::Call,
                    slots: beside.chain(members().filter_map(part)).collect(),
                });
                fields.extend(singles);
            }
            _ => fields.extend(singles),
        }
    }
    fields.extend(BESIDE.iter().map(|&(name, from, read)| Field {
        name,
        shape: Shape::One,
        slots: vec![slot(name, from, read)],
    }));
    fields
}

/// An option that is a field by itself.
fn single(row: &'static Row) -> Option<Field> {
    let (name, from) = match row.core {
        Core::Field(name) | Core::Or(name, _) => (name, from(row)),
        Core::From(name, from) => (name, from.to_owned()),
        _ => return None,
    };
    Some(Field {
        name,
        shape: Shape::One,
        slots: vec![slot(name, from, read(row))],
    })
}

fn part(row: &'static Row) -> Option<Slot> {
    match row.core {
        Core::Part => Some(slot(row.name(), from(row), read(row))),
        Core::PartFrom(from) => Some(slot(row.name(), from, read(row))),
        _ => None,
    }
}

fn slot(name: &'static str, from: impl Into<String>, read: impl Into<String>) -> Slot {
    Slot {
        name,
        from: from.into(),
        read: read.into(),
    }
}

/// What JavaScript hands over.
fn from(row: &Row) -> String {
    let given = if row.is_member() {
        row.path.to_owned()
    } else {
        format!("given.{}", row.path)
    };
    match row.kind {
        Kind::Words(words) | Kind::Store(words) => format!("indexIn({}, {given})", words.name),
        Kind::Endpoint(usual) => format!("place({given}, \"{usual}\")"),
        Kind::Strings => format!("Object.entries({given} ?? {{}}).flat()"),
        _ => given,
    }
}

/// How the core reads it.
fn read(row: &Row) -> String {
    let default = match row.core {
        Core::Or(_, default) => Some(default),
        _ => None,
    };
    let or = |read: &str| match default {
        Some(default) => format!("{read}.unwrap_or({default})"),
        None => read.to_owned(),
    };
    match row.kind {
        Kind::Words(words) | Kind::Store(words) => match words.core {
            InCore::Type(name, rest) => numbered(name, words.words, default, rest),
            InCore::Constants(_) | InCore::Nothing => "items.number()".to_owned(),
        },
        Kind::Endpoint(_) => "items.endpoint()".to_owned(),
        Kind::Texts => "items.texts()".to_owned(),
        Kind::Strings => "items.pairs()".to_owned(),
        Kind::Number => or("items.next().as_f64()"),
        Kind::Flag => or("items.next().as_bool()"),
        _ => match default {
            Some(default) => format!("items.text_or({default})"),
            None => "items.text()".to_owned(),
        },
    }
}

/// A variant by its number.
fn numbered(name: &str, words: &[&str], default: Option<&str>, rest: &str) -> String {
    let arms = |pattern: fn(usize) -> String| {
        let named = words.iter().map(|word| variant(word)).enumerate();
        let own = named.filter(|(_, variant)| variant != rest);
        own.map(|(number, variant)| format!("{} => {name}::{variant},", pattern(number)))
            .collect::<String>()
    };
    match default {
        Some(default) => format!(
            "match items.number() {{ {} _ => {default}, }}",
            arms(|number| format!("Some({number})"))
        ),
        None => format!(
            "items.number().map(|number| match number {{ {} _ => {name}::{rest}, }})",
            arms(|number| number.to_string())
        ),
    }
}

impl Field {
    /// In the literal of what it is a field of.
    pub(super) fn rust(&self) -> String {
        let reads = self.slots.iter().map(|slot| match self.shape {
            Shape::Struct(_) => format!("{}: {},", slot.name, slot.read),
            Shape::Call => format!("{},", slot.read),
            Shape::One => slot.read.clone(),
        });
        let (name, inner) = (self.name, reads.collect::<String>());
        match self.shape {
            Shape::One => format!("{name}: {inner},"),
            Shape::Call => format!("{name}: {name}({inner}),"),
            Shape::Struct(of) => format!("{name}: {of} {{ {inner} }},"),
        }
    }
}
