//! The print of a state: what is alike but for the names of tokens, attempts and requests gets the same.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use hallpass::core::Outline;

pub struct Print<'a, H: Hasher> {
    pub hasher: &'a mut H,
    names: HashMap<String, u64>,
}

impl<'a, H: Hasher> Print<'a, H> {
    pub fn new(hasher: &'a mut H) -> Print<'a, H> {
        Print {
            hasher,
            names: HashMap::new(),
        }
    }

    pub fn number(&mut self, number: u64) {
        number.hash(self.hasher);
    }

    /// By where it occurred first.
    pub fn name(&mut self, name: &str) {
        let next = self.names.len() as u64;
        let place = *self.names.entry(name.to_owned()).or_insert(next);
        self.number(place);
    }

    pub fn outline(&mut self, outline: &Outline) {
        outline.numbers.hash(self.hasher);
        outline.timers.hash(self.hasher);
        self.number(outline.requests.len() as u64);
        for name in &outline.names {
            self.name(name);
        }
    }

    /// A stored record: its attempt is a name.
    pub fn stored(&mut self, text: Option<&str>) {
        let text = text.unwrap_or_default();
        let (before, rest) = text.split_once(r#""attempt":""#).unwrap_or((text, ""));
        let (attempt, after) = rest.split_once('"').unwrap_or((rest, ""));
        before.hash(self.hasher);
        after.hash(self.hasher);
        self.name(attempt);
    }
}
