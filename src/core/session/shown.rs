//! What the app is shown.

use crate::core::context::Context;
use crate::core::port::effect::Effect;
use crate::core::port::shown::{Change, Event, Snapshot, Status};
use crate::core::session::Session;

impl Session {
    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.shown
    }

    pub(crate) fn version(&self) -> u32 {
        self.version
    }

    /// Shows the app the present state, if it differs from what it was shown last.
    pub(crate) fn publish(&mut self, cx: &mut Context, event: Event) {
        let held = match self.status {
            Status::SignedIn => self.held(),
            Status::Restoring | Status::SignedOut => None,
        };
        let to_wall = |time| cx.clock().to_wall(time);
        let snapshot = Snapshot {
            status: self.status,
            user: held.and_then(|held| held.user.clone()),
            reason: self.reason,
            expires_at: held.and_then(|held| held.ends_at).map(to_wall),
            issued_at: held
                .and_then(|held| held.ends_at.and(Some(held.issued_at)))
                .map(to_wall),
            storage: self.storage,
        };
        if snapshot == self.shown {
            return;
        }
        self.shown = snapshot;
        self.version = self.version.wrapping_add(1);
        self.announce(cx, event);
    }

    /// Tells the app of an event; the state need not have changed.
    pub(crate) fn announce(&mut self, cx: &mut Context, event: Event) {
        cx.push(Effect::Notify(Change {
            event,
            snapshot: self.shown.clone(),
            ended_by: match event {
                Event::SignedOut => std::mem::take(&mut self.ended_by),
                _ => [None, None],
            },
            #[cfg(not(feature = "js"))]
            step_up: None,
            #[cfg(not(feature = "js"))]
            heaviest: Vec::new(),
        }));
    }

    pub(crate) fn end_event(&self) -> Event {
        match self.status {
            Status::Restoring => Event::Restored,
            Status::SignedIn | Status::SignedOut => Event::SignedOut,
        }
    }
}
