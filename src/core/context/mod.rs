//! What every part uses and none owns: the configuration, the clocks at the present input, the journal, random numbers, and
//! the list of what is to be done. It decides nothing and asks nobody.

pub(crate) mod flight;
pub(crate) mod journal;

use crate::core::context::flight::Flight;
use crate::core::context::journal::{Journal, JournalEntry};
use crate::core::identity::counters::{Epoch, Generation};
use crate::core::options::config::{Config, Mode};
use crate::core::port::effect::{Effect, Outcome};
use crate::core::port::error::AuthError;
use crate::core::port::ids::{CallId, RequestId};
use crate::core::port::request::HttpRequest;
use crate::core::time::clock::{Clock, Mono, Now, ServerTime};

#[derive(Clone, Debug)]
pub(crate) struct Context {
    config: Config,
    clock: Clock,
    /// When the present input came.
    now: Now,
    effects: Vec<Effect>,
    journal: Journal,
    last_request: u32,
    random: u64,
    /// Writes to the store that are under way, and until when they are waited for.
    writes: u32,
    written_by: Mono,
    /// How many there have been.
    all_writes: u32,
}

impl Context {
    pub(crate) fn new(config: Config, now: Now) -> Context {
        Context {
            config,
            clock: Clock::new(now),
            now,
            effects: Vec::new(),
            journal: Journal::default(),
            last_request: 0,
            random: 1,
            writes: 0,
            written_by: now.mono,
            all_writes: 0,
        }
    }

    /// An input came. Some: the clock of the device has jumped by so many milliseconds since the one before.
    pub(crate) fn begin(&mut self, now: Now) -> Option<i64> {
        self.now = now;
        self.clock.observe(now)
    }

    pub(crate) fn seed(&mut self, seed: u64) {
        self.random = seed | 1;
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    pub(crate) fn is_session_mode(&self) -> bool {
        self.config.mode == Mode::Session
    }

    pub(crate) fn now(&self) -> Now {
        self.now
    }

    pub(crate) fn mono(&self) -> Mono {
        self.now.mono
    }

    /// What this device's clock showed then.
    pub(crate) fn wall_at(&self, mono: Mono) -> i64 {
        let ago = self.now.mono.0.wrapping_sub(mono.0).cast_signed();
        self.now.wall.0.wrapping_sub(ago)
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) fn server_now(&self) -> ServerTime {
        self.clock.server(self.now)
    }

    /// The server said `told` in answer to a request sent at `sent`.
    pub(crate) fn sync(&mut self, told: ServerTime, sent: Mono) {
        self.clock.sync(told, sent, self.now);
    }

    pub(crate) fn adopt_skew(&mut self, skew: i64) {
        self.clock.adopt_skew(skew);
    }

    /// So many milliseconds from now.
    pub(crate) fn after(&self, ms: u64) -> Mono {
        self.now.mono.after(ms)
    }

    /// Until when a request of our own, a read or a write may take.
    pub(crate) fn timeout(&self) -> Mono {
        self.after(self.config.timeout_ms.into())
    }

    // What is to be done.

    pub(crate) fn push(&mut self, effect: Effect) {
        if is_write(&effect) {
            self.writes = self.writes.saturating_add(1);
            self.all_writes = self.all_writes.wrapping_add(1);
            self.written_by = self.timeout();
        }
        self.effects.push(effect);
    }

    /// The store has written, or has failed to. True: so late that it is not waited for any more.
    pub(crate) fn wrote(&mut self) -> bool {
        let is_late = self.writes == 0;
        self.writes = self.writes.saturating_sub(1);
        is_late
    }

    /// Until when writes are waited for, if any are under way: what another tab reads before them is out of date.
    pub(crate) fn writing(&self) -> Option<Mono> {
        (self.writes > 0).then_some(self.written_by)
    }

    /// What was read is as good as what this tab wrote before, if this was the same when it was asked for and is now. None:
    /// something is being written.
    pub(crate) fn all_written(&self) -> Option<u32> {
        (self.writes == 0).then_some(self.all_writes)
    }

    /// The store does not answer: it is not waited for any longer.
    pub(crate) fn give_up_writes(&mut self) {
        if self.writing().is_some_and(|until| until <= self.now.mono) {
            self.writes = 0;
        }
    }

    pub(crate) fn effects(&self) -> &[Effect] {
        &self.effects
    }

    pub(crate) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Leaves out what is not to be done any more.
    pub(crate) fn keep_effects(&mut self, is_kept: fn(&Effect) -> bool) {
        for effect in self.take_effects() {
            if is_kept(&effect) {
                self.effects.push(effect);
            } else if is_write(&effect) {
                let _ = self.wrote();
            }
        }
    }

    pub(crate) fn settle(&mut self, call: CallId, outcome: Outcome) {
        let outcome = Ok(outcome);
        self.push(Effect::Settle { call, outcome });
    }

    pub(crate) fn fail(&mut self, call: CallId, error: AuthError) {
        let outcome = Err(error);
        self.push(Effect::Settle { call, outcome });
    }

    /// Sends a request of our own, which may take as long as its kind may.
    pub(crate) fn send(
        &mut self,
        http: HttpRequest,
        (epoch, generation): (Epoch, Generation),
        csrf: (bool, u32),
    ) -> Flight {
        self.last_request = self.last_request.wrapping_add(1);
        let request = RequestId(self.last_request);
        let until = self.after(self.config.timeout_of(http.kind).into());
        self.push(Effect::Send { request, http });
        Flight {
            request,
            sent: self.now.mono,
            until,
            epoch,
            generation,
            csrf_retries: csrf.0.into(),
            csrf_version: csrf.1,
        }
    }

    /// Gives up on a request. Its answer will not be heard.
    pub(crate) fn cancel(&mut self, flight: Flight) {
        let request = flight.request;
        self.push(Effect::Cancel { request });
    }

    /// The same, if its answer may bring a cookie: late, it would put that in the place of a newer one.
    /// False: none travels by it.
    pub(crate) fn cancel_cookie(&mut self, flight: Flight) -> bool {
        let has_cookie = self.config.cookie_bound();
        if has_cookie {
            self.cancel(flight);
        }
        has_cookie
    }

    // What is written down.

    pub(crate) fn note(&mut self, event: &'static str) {
        self.note_detail(event, None);
    }

    pub(crate) fn note_detail(&mut self, event: &'static str, detail: Option<&'static str>) {
        self.journal.add(self.now, event, detail, None);
    }

    pub(crate) fn note_value(&mut self, event: &'static str, value: i64) {
        self.journal.add(self.now, event, None, Some(value));
    }

    pub(crate) fn note_error(&mut self, event: &'static str, error: &AuthError) {
        let value = error.status.map(i64::from);
        self.journal
            .add(self.now, event, Some(error.code.as_str()), value);
    }

    /// For what may come in floods: one line, and how often.
    pub(crate) fn count(&mut self, event: &'static str, detail: &'static str, times: i64) {
        self.journal.count(self.now, event, detail, times);
    }

    pub(crate) fn journal(&self) -> impl Iterator<Item = &JournalEntry> {
        self.journal.entries()
    }

    // Chance.

    /// xorshift64*: for jitter and attempt ids, which need to differ, not to be secret.
    pub(crate) fn random(&mut self) -> u64 {
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        self.random.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `bound`; 0 if that is 0.
    pub(crate) fn random_below(&mut self, bound: u64) -> u64 {
        self.random().checked_rem(bound).unwrap_or(0)
    }
}

fn is_write(effect: &Effect) -> bool {
    matches!(effect, Effect::Save(_) | Effect::Remove)
}
