//! What tells one state of an engine from another, for a model checker. Times are left out but for their order, as are
//! the numbers and names that only count on.

use super::engine::Engine;
use super::login::Stage;
use super::refresh::Phase;
use super::secret::Secret;
use super::session::subject_of;
use super::timer::Timer;

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
        let mut outline = Outline {
            timers: self.timers.in_order().map(Timer::name).collect(),
            ..Outline::default()
        };
        outline.number(self.status as u8);
        outline.number(self.reason.map_or(0, |reason| reason as u8 + 1));
        outline.number(self.storage as u8);
        outline.number(self.lock as u8);
        outline.number(self.is_refused);
        outline.number(self.logout_pends);
        outline.number(self.disposed);
        outline.number(self.generation.0);
        outline.signed(self.login_time.0);
        self.outline_held(&mut outline);
        self.outline_refresh(&mut outline);
        self.outline_login(&mut outline);
        self.outline_calls(&mut outline);
        let (login, generation) = self.expected.unwrap_or_default();
        outline.signed(login.0);
        outline.number(generation.0);
        outline.number(self.looks);
        outline
    }

    fn outline_held(&self, outline: &mut Outline) {
        outline.number(self.held.is_some());
        let Some(held) = &self.held else { return };
        outline.name(held.access.as_ref().map(Secret::expose));
        outline.name(held.refresh.as_ref().map(Secret::expose));
        let subject = held.user.as_ref().and_then(subject_of);
        outline.name(subject.map(|subject| subject.text()).as_deref());
    }

    fn outline_refresh(&self, outline: &mut Outline) {
        let refresh = &self.refresh;
        outline.number(match refresh.phase {
            Phase::Idle => 0_u8,
            Phase::Waiting => 1,
            Phase::Recheck => 2,
            Phase::Noting => 3,
            Phase::Csrf => 4,
            Phase::Sent(_) => 5,
            Phase::Confirm => 6,
            Phase::Commit => 7,
            Phase::Cooldown { fixed } => 8 + u8::from(fixed),
        });
        if let Phase::Sent(flight) = refresh.phase {
            outline.request(Some(flight.request.0));
            outline.number(flight.epoch == self.epoch);
            outline.number(flight.generation.0);
        }
        outline.number(refresh.renews.0);
        outline.name(refresh.attempt());
        outline.number(refresh.lost);
        outline.number(refresh.answer.is_some());
        outline.request(refresh.late.map(|late| late.request.0));
    }

    fn outline_login(&self, outline: &mut Outline) {
        outline.number(self.login.is_some());
        if let Some(login) = &self.login {
            outline.number(match login.stage {
                Stage::Queued => 0_u8,
                Stage::Csrf => 1,
                Stage::Sent(_) => 2,
                Stage::AwaitsUser(_) => 3,
            });
            if let Stage::Sent(flight) = login.stage {
                outline.request(Some(flight.request.0));
            }
            outline.number(login.epoch == self.epoch);
        }
        outline.number(self.logout.is_some());
        if let Some(logout) = &self.logout {
            outline.number(logout.waits);
            outline.request(logout.flight.map(|flight| flight.request.0));
        }
    }

    fn outline_calls(&self, outline: &mut Outline) {
        for call in self.calls.all() {
            if call.stage == super::call::Stage::Settled {
                continue;
            }
            outline.number(call.id.0);
            outline.number(call.stage as u8);
            outline.number(call.epoch == self.epoch);
        }
    }
}
