//! A store that answers later: reads in their order, writes in their order, and either before the other.

use std::collections::VecDeque;

use hallpass::core::{Input, Secret};

use crate::system::State;

/// What a tab has asked of its store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Slow {
    pub reads: u8,
    pub writes: VecDeque<Option<String>>,
    /// It answers nothing any more.
    pub hangs: bool,
}

impl Slow {
    pub fn will_read(&self) -> bool {
        self.reads > 0 && !self.hangs
    }

    pub fn will_write(&self) -> bool {
        !self.writes.is_empty() && !self.hangs
    }

    /// An answer will come.
    pub fn is_busy(&self) -> bool {
        self.will_read() || self.will_write()
    }
}

impl State {
    pub fn ask_to_write(&mut self, place: usize, value: Option<String>) {
        self.tab(place).slow.writes.push_back(value);
        if self.tab(place).slow.hangs {
            self.lose_writes(place);
        }
    }

    /// What stands there when it answers, whatever is to be written yet.
    pub fn read(&mut self, place: usize) {
        self.tab(place).slow.reads -= 1;
        let text = self.store.clone().map(Secret::new);
        self.feed(place, Input::Loaded(Ok(text)));
    }

    pub fn write_next(&mut self, place: usize) {
        let value = self.tab(place).slow.writes.pop_front().unwrap();
        self.write(place, value);
        self.feed(place, Input::Saved(Ok(())));
    }

    pub fn hang(&mut self, place: usize) {
        self.tab(place).slow.hangs = true;
        self.lose_writes(place);
    }

    /// What was to be written down may be missing.
    fn lose_writes(&mut self, place: usize) {
        let writes = std::mem::take(&mut self.tab(place).slow.writes);
        self.was_full |= writes.iter().any(|value| *value != self.store);
    }
}
