//! Pages of the backend, which sign somebody in or out past every engine, and what a tab finds out when somebody looks at it.

use hallpass::core::{Input, PageEvent};

use crate::system::{Meant, State, System};

/// Who comes back to a page after so long sees what the server says by now.
const LONG_MS: u64 = 30_000;

impl State {
    /// The tab goes there. It may come back to the app at any time, as a new one.
    pub fn visit_page(&mut self, place: usize, person: Option<&'static str>) {
        self.intend(match person {
            Some(_) => Meant::SignedIn,
            None => Meant::SignedOut,
        });
        self.was_past_engines = true;
        self.leave(place);
        self.server.visit_page(person);
    }

    /// As it is when each tab was brought to the front once.
    pub fn looked_at(&self, system: &System) -> State {
        let mut state = self.clone();
        for place in 0..state.tabs.len() {
            if state.tabs[place].is_some() {
                state.now += LONG_MS;
                state.feed(place, Input::Page(PageEvent::Visible));
                system.come_to_rest(&mut state);
            }
        }
        state
    }
}
