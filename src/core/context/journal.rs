//! The journal: a ring of what happened lately. Fixed words and numbers only, so that no secret can get in.

use crate::core::time::clock::{Now, Wall};

/// How many lines are kept.
const LINES: usize = 256;

/// One line of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JournalEntry {
    /// When, by this device's clock.
    pub time: Wall,
    /// What happened.
    pub event: &'static str,
    /// A fixed word or two about it.
    pub detail: Option<&'static str>,
    /// A number that belongs to it: a status, seconds, a generation.
    pub value: Option<i64>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Journal(Vec<JournalEntry>);

impl Journal {
    pub(crate) fn add(
        &mut self,
        now: Now,
        event: &'static str,
        detail: Option<&'static str>,
        value: Option<i64>,
    ) {
        if self.0.len() >= LINES {
            self.0.remove(0);
        }
        self.0.push(JournalEntry {
            time: now.wall,
            event,
            detail,
            value,
        });
    }

    /// For what may come in floods: one line, and how often.
    pub(crate) fn count(
        &mut self,
        now: Now,
        event: &'static str,
        detail: &'static str,
        mut times: i64,
    ) {
        if let Some(last) = self.0.last()
            && (last.event, last.detail) == (event, Some(detail))
        {
            times += last.value.unwrap_or(0);
            self.0.pop();
        }
        self.add(now, event, Some(detail), Some(times));
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &JournalEntry> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Mono;

    #[test]
    fn the_oldest_lines_make_room() {
        let mut journal = Journal::default();
        for line in 0..1_000 {
            journal.add(
                Now {
                    mono: Mono(0),
                    wall: Wall(line),
                },
                "line",
                None,
                Some(line),
            );
        }
        assert_eq!(journal.entries().count(), LINES);
        assert_eq!(
            journal.entries().last().and_then(|line| line.value),
            Some(999)
        );
    }
}
