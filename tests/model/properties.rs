//! What holds in every state.

use hallpass::core::Status;
use stateright::{Expectation, Property};

use crate::bounds::Kind;
use crate::system::{Meant, State, System};

/// Not in every state, but the exploration would be worth nothing without.
pub const RESTS: &str = "it comes to rest after all that may happen";

pub fn all() -> Vec<Property<System>> {
    let always = |name, condition: fn(&System, &State) -> bool| Property {
        expectation: Expectation::Always,
        name,
        condition,
    };
    vec![
        always("the server sees no reuse", |_, state| {
            state.was_full || state.server.reuses == 0
        }),
        always("a refresh token is sent by one attempt only", |_, state| {
            state.was_full || state.attempts.values().all(|keys| keys.len() <= 1)
        }),
        always("every caller is answered", |system, state| {
            !state.is_quiet(system) || state.living().all(|(_, tab)| tab.waits.is_empty())
        }),
        always("the lock is free in the end", |system, state| {
            !state.is_quiet(system) || state.holder.is_none()
        }),
        always(
            "who is signed in has the present subject",
            |system, state| !state.is_quiet(system) || state.agree(system),
        ),
        always("all tabs know who is signed in", |system, state| {
            let may_differ = state.was_revoked || state.was_full;
            may_differ || !state.is_quiet(system) || {
                let mut statuses = state.living().map(|(_, tab)| tab.engine.snapshot().status);
                let first = statuses.next();
                statuses.all(|status| Some(status) == first)
            }
        }),
        always("a logout is final", |system, state| {
            !(state.is_quiet(system) && state.meant == Meant::SignedOut)
                || state.living().all(|(_, tab)| is(tab, Status::SignedOut))
        }),
        always(
            "nobody is signed out who did not log out",
            |system, state| {
                let is_meant =
                    state.meant == Meant::SignedIn && !state.was_revoked && !state.was_full;
                !(state.is_quiet(system) && is_meant)
                    || state.living().all(|(_, tab)| is(tab, Status::SignedIn))
            },
        ),
        Property {
            expectation: Expectation::Sometimes,
            name: RESTS,
            condition: |system, state| state.is_quiet(system) && state.is_spent(system),
        },
    ]
}

fn is(tab: &crate::system::Tab, status: Status) -> bool {
    tab.engine.snapshot().status == status
}

impl State {
    /// All that are signed in have the same subject, which is that of the store, or of the cookie.
    fn agree(&self, system: &System) -> bool {
        let mut subjects: Vec<String> = self
            .living()
            .filter_map(|(_, tab)| self.subject_of(tab))
            .collect();
        subjects.dedup();
        if self.was_full {
            return true;
        }
        match subjects.as_slice() {
            [] => true,
            [one] => match system.kind {
                Kind::Jwt => self
                    .store
                    .as_ref()
                    .is_some_and(|text| text.contains(one.as_str())),
                Kind::Hybrid => self.server.user_of_cookie().is_none_or(|user| user == one),
            },
            _ => false,
        }
    }
}
