//! A token that is too large to be sent.

use super::engine::Engine;
use super::session::{Event, Status};

/// The longest header line that Apache takes (`LimitRequestFieldSize`), and nginx (8 KiB with the line's end).
const LONGEST_LINE: usize = 8_190;

impl Engine {
    /// Tells of it once, as it comes: servers answer such a request by 400, 413 or 431, which nobody takes for a matter of the token.
    pub(super) fn weigh_token(&mut self) {
        let (weighed, was_large) = self.weighed;
        if self.status != Status::SignedIn || weighed == self.generation {
            return;
        }
        let access = self.held.as_ref().and_then(|held| held.access.as_ref());
        let token = access.map_or(0, |access| access.expose().len());
        // `Authorization: Bearer `
        let line = self.config.header.len() + self.config.scheme.len() + 3 + token;
        let is_large = line > LONGEST_LINE;
        self.weighed = (self.generation, is_large);
        if is_large && !was_large {
            self.note_value("token too large", as_value(line));
            self.announce(Event::TokenLarge);
        }
    }
}

/// No token that is taken is over 64 KiB.
fn as_value(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
