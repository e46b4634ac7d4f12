//! What holds in every state.

use hallpass::core::Status;
use stateright::{Expectation, Property};

use crate::bounds::Kind;
use crate::system::{Meant, State, System, Tab};

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
        always("nothing waits without an end", |_, state| {
            state.living().all(|(place, _)| !state.is_stuck(place))
        }),
        always("nobody is superseded by themselves", |_, state| {
            !state.was_wronged
        }),
        always("every caller is answered", |system, state| {
            !state.is_quiet(system) || state.living().all(|(_, tab)| tab.waits.is_empty())
        }),
        always("the lock is free in the end", |system, state| {
            !state.is_quiet(system) || state.holder.is_none()
        }),
        always(
            "who is signed in has the present subject",
            |system, state| at_rest(system, state, State::agree),
        ),
        always("all tabs know who is signed in", |system, state| {
            at_rest(system, state, |state, _| {
                let mut statuses = state.seeing().map(|tab| tab.engine.snapshot().status);
                let first = statuses.next();
                state.was_revoked || state.was_full || statuses.all(|status| Some(status) == first)
            })
        }),
        always("a logout is final", |system, state| {
            at_rest(system, state, |state, _| {
                state.meant != Meant::SignedOut || state.all_are(Status::SignedOut)
            })
        }),
        always(
            "nobody is signed out who did not log out",
            |system, state| {
                at_rest(system, state, |state, _| {
                    let is_meant =
                        state.meant == Meant::SignedIn && !state.was_revoked && !state.was_full;
                    !is_meant || state.all_are(Status::SignedIn)
                })
            },
        ),
        always("who looks sees whose the cookie is", |system, state| {
            system.kind != Kind::Session || !state.is_quiet(system) || {
                let state = state.looked_at(system);
                let user = state.server.user_of_cookie();
                state
                    .living()
                    .all(|(_, tab)| state.subject_of(tab).as_deref() == user)
            }
        }),
        Property {
            expectation: Expectation::Sometimes,
            name: RESTS,
            condition: |system, state| state.is_quiet(system) && state.is_spent(system),
        },
    ]
}

/// Holds when nothing happens any more. What happened past every engine, a tab finds out when somebody looks at it.
fn at_rest(system: &System, state: &State, holds: fn(&State, &System) -> bool) -> bool {
    if !state.is_quiet(system) {
        true
    } else if state.was_past_engines {
        holds(&state.looked_at(system), system)
    } else {
        holds(state, system)
    }
}

impl State {
    /// Those whose store answers: the others cannot see what it holds.
    fn seeing(&self) -> impl Iterator<Item = &Tab> {
        self.living()
            .map(|(_, tab)| tab)
            .filter(|tab| !tab.slow.hangs)
    }

    fn all_are(&self, status: Status) -> bool {
        self.living()
            .all(|(_, tab)| tab.engine.snapshot().status == status)
    }

    /// Somebody waits in this tab, or it keeps the lock from others, and nothing will come, nor does any time end.
    fn is_stuck(&self, place: usize) -> bool {
        let Some(tab) = &self.tabs[place] else {
            return false;
        };
        let expects = self.is_answered_yet(place) || tab.slow.is_busy();
        let waits = !tab.waits.is_empty() || self.holder == Some(place);
        waits && !expects && self.wakes(place).is_none()
    }

    /// All that are signed in have the same subject, which is that of the store, or of the cookie.
    fn agree(&self, system: &System) -> bool {
        let mut subjects: Vec<String> = self
            .seeing()
            .filter_map(|tab| self.subject_of(tab))
            .collect();
        subjects.dedup();
        if self.was_full {
            return true;
        }
        match subjects.as_slice() {
            [] => true,
            [one] => match system.kind {
                Kind::Jwt | Kind::Slow => self
                    .store
                    .as_ref()
                    .is_some_and(|text| text.contains(one.as_str())),
                Kind::Hybrid => self.server.user_of_cookie().is_none_or(|user| user == one),
                Kind::Session => {
                    self.was_revoked || self.server.user_of_cookie() == Some(one.as_str())
                }
            },
            _ => false,
        }
    }
}
