//! What tells one state of an engine from another, for a model checker. Times are left out but for their order, as are
//! the numbers and names that only count on.

use crate::core::calls::Stage;
use crate::core::engine::DEADLINES;
use crate::core::engine::state::Engine;
use crate::core::port::secret::Secret;

/// A state without what makes no difference.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// What is told apart by its value.
    pub numbers: Vec<u64>,
    /// What is told apart by where else it occurs: tokens and attempts.
    pub names: Vec<String>,
    /// Requests that an answer is awaited to.
    pub requests: Vec<u32>,
    /// The timers that run, the next one first.
    pub timers: Vec<&'static str>,
}

/// Of the deadlines, in their order.
const NAMES: [&str; DEADLINES] = [
    "due", "load", "lock", "refresh", "cooldown", "login", "logout", "me", "profile", "csrf",
    "ready", "write", "look",
];

impl Outline {
    fn number(&mut self, number: impl Into<u64>) {
        self.numbers.push(number.into());
    }

    fn signed(&mut self, number: i64) {
        self.numbers.push(number.cast_unsigned());
    }

    fn name(&mut self, name: Option<&str>) {
        self.names.push(name.unwrap_or_default().to_owned());
    }

    fn request(&mut self, request: Option<u32>) {
        self.number(request.is_some());
        self.requests.extend(request);
    }
}

impl Engine {
    /// The present state.
    #[doc(hidden)]
    #[must_use]
    pub fn outline(&self) -> Outline {
        let mut running: Vec<_> = self
            .deadlines()
            .into_iter()
            .zip(NAMES)
            .filter_map(|(at, name)| Some((at?, name)))
            .collect();
        running.sort_by_key(|(at, _)| *at);
        let mut outline = Outline {
            timers: running.into_iter().map(|(_, name)| name).collect(),
            ..Outline::default()
        };
        let session = &self.session;
        outline.number(session.status() as u8);
        outline.number(session.reason().map_or(0, |reason| reason as u8 + 1));
        outline.number(session.storage() as u8);
        outline.number(session.is_store_ok());
        outline.number(self.lock.number());
        outline.number(session.is_refused());
        outline.number(self.logout.is_noted());
        outline.number(self.me.is_owed());
        outline.number(self.is_disposed());
        outline.number(session.generation().0);
        outline.signed(session.login_time().0);
        self.outline_held(&mut outline);
        self.outline_refresh(&mut outline);
        self.outline_login(&mut outline);
        self.outline_calls(&mut outline);
        let ((login, generation), looks) = self.reads.expected();
        outline.signed(login.0);
        outline.number(generation.0);
        outline.number(looks);
        outline
    }

    fn outline_held(&self, outline: &mut Outline) {
        outline.number(self.session.held().is_some());
        let Some(held) = self.session.held() else {
            return;
        };
        outline.name(held.access.as_ref().map(Secret::expose));
        outline.name(held.refresh.as_ref().map(Secret::expose));
        let subject = self.session.subject(&self.cx).hash();
        outline.name(Some(&subject.to_string()));
        outline.number(self.session.doubted().map_or(0, |who| u64::from(who) + 1));
    }

    fn outline_refresh(&self, outline: &mut Outline) {
        let refresh = &self.refresh;
        outline.number(refresh.number());
        if let Some(flight) = refresh.sent() {
            outline.request(Some(flight.request.0));
            outline.number(flight.epoch == self.session.epoch());
            outline.number(flight.generation.0);
        }
        outline.number(refresh.renews().0);
        outline.name(refresh.attempt());
        outline.number(refresh.was_lost());
        outline.number(refresh.has_answer());
        outline.request(refresh.late().map(|late| late.0));
    }

    fn outline_login(&self, outline: &mut Outline) {
        outline.number(self.login.is_under_way());
        if let Some(stage) = self.login.number() {
            outline.number(stage);
            outline.request(self.login.request_id().map(|request| request.0));
            outline.number(!self.login.is_overtaken(self.session.epoch()));
        }
        outline.number(self.logout.is_under_way());
        if self.logout.is_under_way() {
            outline.number(self.logout.waits());
            outline.request(self.logout.flight().map(|flight| flight.request.0));
        }
    }

    fn outline_calls(&self, outline: &mut Outline) {
        for call in self.calls.all() {
            if call.stage == Stage::Settled {
                continue;
            }
            outline.number(call.id.0);
            outline.number(call.stage as u8);
            outline.number(call.epoch == self.session.epoch());
        }
    }
}
