//! Who is signed in here, since when, with what, and what the app is shown of it.
//!
//! It owns the credentials, the counters that tell sessions and tokens apart, the state that the app sees, and the time from
//! which on the access token is due. It asks nobody: who wants it changed calls it with what has become known.

mod early;

use crate::core::context::Context;
use crate::core::identity::counters::{Epoch, Generation, Holding, LoginTime};
use crate::core::identity::credentials::Credentials;
use crate::core::identity::subject::{Same, Subject};
use crate::core::options::config::Config;
use crate::core::port::effect::Effect;
use crate::core::port::error::AuthError;
use crate::core::port::request::{HeaderValue, Tokens};
use crate::core::port::secret::Secret;
use crate::core::port::shown::{Change, Event, Reason, Snapshot, Status, StorageState};
use crate::core::time::clock::{Mono, ServerTime};
use crate::core::wire::record::{self, Record};
use crate::json::Json;

/// Spreads the renewals of many tabs.
const LONGEST_JITTER_MS: u64 = 5_000;

/// The longest header line that Apache takes (`LimitRequestFieldSize`), and nginx (8 KiB with the line's end).
const LONGEST_LINE: usize = 8_190;

#[derive(Clone, Debug)]
pub(crate) struct Session {
    epoch: Epoch,
    login_time: LoginTime,
    /// The session that was left here, by a login or a logout: what a slow store still brings of it is no news.
    left: LoginTime,
    /// The session that was held before the present one was taken up from the store.
    former: LoginTime,
    generation: Generation,
    holding: Holding,
    status: Status,
    reason: Option<Reason>,
    /// What is held while signed in, and while a stored session is being renewed.
    held: Option<Box<Credentials>>,
    /// From when on the held access token is due to be renewed.
    due_at: Option<ServerTime>,
    /// When to look whether it is.
    due: Option<Mono>,
    /// A call failed with these, though they had just been renewed: it was not for them.
    cleared: Holding,
    /// An API has refused the held access token.
    is_refused: bool,
    /// The token that was weighed last, and whether it was found to be too large.
    weighed: (Generation, bool),
    storage: StorageState,
    /// What this tab wanted to be written last is not in the store, for all it knows.
    is_unwritten: bool,
    /// Somebody may be signed in elsewhere, by a cookie that all tabs share, who is not known here yet: a hash of the subject, 0 if
    /// it was not told. It stands until the server has said who is signed in.
    doubt: Option<u32>,
    /// The server's own code and words for why it ended the session.
    ended_by: [Option<String>; 2],
    shown: Snapshot,
    version: u32,
}

impl Session {
    pub(crate) fn new() -> Session {
        Session {
            epoch: Epoch(0),
            login_time: LoginTime(0),
            left: LoginTime(0),
            former: LoginTime(0),
            generation: Generation(0),
            holding: Holding(0),
            status: Status::Restoring,
            reason: None,
            held: None,
            due_at: None,
            due: None,
            cleared: Holding(0),
            is_refused: false,
            weighed: (Generation(0), false),
            storage: StorageState::Ok,
            is_unwritten: false,
            doubt: None,
            ended_by: [None, None],
            shown: Snapshot {
                status: Status::Restoring,
                user: None,
                reason: None,
                expires_at: None,
                issued_at: None,
                storage: StorageState::Ok,
            },
            version: 0,
        }
    }

    // What is known.

    pub(crate) fn status(&self) -> Status {
        self.status
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        self.status == Status::SignedIn
    }

    pub(crate) fn reason(&self) -> Option<Reason> {
        self.reason
    }

    pub(crate) fn epoch(&self) -> Epoch {
        self.epoch
    }

    pub(crate) fn login_time(&self) -> LoginTime {
        self.login_time
    }

    pub(crate) fn generation(&self) -> Generation {
        self.generation
    }

    pub(crate) fn generation_value(&self) -> i64 {
        i64::try_from(self.generation.0).unwrap_or(i64::MAX)
    }

    pub(crate) fn holding(&self) -> Holding {
        self.holding
    }

    pub(crate) fn held(&self) -> Option<&Credentials> {
        self.held.as_deref()
    }

    /// Credentials are held, and nothing was told of whose they are.
    pub(crate) fn lacks_user(&self) -> bool {
        self.held().is_some_and(|held| held.user.is_none())
    }

    pub(crate) fn user(&self) -> Option<&Json> {
        self.held()?.user.as_ref()
    }

    pub(crate) fn storage(&self) -> StorageState {
        self.storage
    }

    /// What is missing in the store, or differs, is so by another's hand.
    pub(crate) fn is_store_ok(&self) -> bool {
        self.storage != StorageState::Occupied && !self.is_unwritten
    }

    pub(crate) fn wrote(&mut self, is_written: bool) {
        self.is_unwritten = !is_written;
    }

    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.shown
    }

    pub(crate) fn version(&self) -> u32 {
        self.version
    }

    pub(crate) fn due_at(&self) -> Option<ServerTime> {
        self.due_at
    }

    pub(crate) fn is_refused(&self) -> bool {
        self.is_refused
    }

    /// Whether the held access token counts as expired.
    pub(crate) fn is_due(&self, cx: &Context) -> bool {
        self.is_refused || self.due_at.is_some_and(|due_at| cx.server_now() >= due_at)
    }

    /// Nothing is known of when it ends, nor that it was good a moment ago.
    pub(crate) fn may_have_ended(&self) -> bool {
        self.due_at.is_none() && self.cleared != self.holding
    }

    pub(crate) fn clear_of_doubt(&mut self) {
        self.cleared = self.holding;
    }

    pub(crate) fn has_ended(&self, cx: &Context) -> bool {
        let ends_at = self.held().and_then(|held| held.ends_at);
        ends_at.is_some_and(|ends_at| cx.server_now() >= ends_at)
    }

    /// Whether there is anything to renew it with.
    pub(crate) fn can_refresh(&self, cx: &Context) -> bool {
        let config = cx.config();
        config.endpoints.refresh.is_some()
            && (config.cookie_bound() || self.held().is_some_and(|held| held.refresh.is_some()))
    }

    /// What is held, in whichever state.
    pub(crate) fn tokens(&self) -> Tokens {
        let held = self.held();
        Tokens {
            access: held.and_then(|held| held.access.clone()),
            refresh: held.and_then(|held| held.refresh.clone()),
        }
    }

    pub(crate) fn bearer(&self) -> Option<Secret> {
        match self.status {
            Status::SignedIn => self.held()?.access.clone(),
            Status::Restoring | Status::SignedOut => None,
        }
    }

    /// RFC 6750 §2.1, or as the app's options have it.
    pub(crate) fn bearer_header(&self, cx: &Context) -> Option<(String, HeaderValue)> {
        Some(header_of(cx.config(), self.bearer()?))
    }

    /// Who the held credentials are of.
    /// Whether these are of somebody else. What cannot be told is so only within one session.
    pub(crate) fn is_of_another(
        &self,
        cx: &Context,
        credentials: &Credentials,
        is_same_session: bool,
    ) -> bool {
        match self.subject(cx).same(&subject_of(cx, credentials)) {
            Same::Yes => false,
            Same::No => true,
            Same::Unknown => self.held.is_some() && !is_same_session,
        }
    }

    pub(crate) fn subject(&self, cx: &Context) -> Subject {
        self.held()
            .map_or_else(Subject::default, |held| subject_of(cx, held))
    }

    /// Whether a stored session is to be taken up. Another session is: who writes one has read the store before, and is
    /// right. Of the same session, newer tokens are.
    pub(crate) fn is_news(&self, record: &Record) -> bool {
        if record.login == self.left && self.left.0 != 0 {
            return false;
        }
        let Some(held) = self.held() else { return true };
        if record.login != self.login_time {
            // One that began before this one, which could not be written since, is older.
            return self.is_store_ok() || record.login.0 > self.login_time.0;
        }
        let stored = &record.credentials;
        let is_same = |held: &Option<Secret>, stored: &Option<Secret>| match (held, stored) {
            (Some(held), Some(stored)) => held.is(stored),
            (None, None) => true,
            _ => false,
        };
        // Two access tokens of one second may be the same to the letter.
        let is_held =
            is_same(&held.access, &stored.access) && is_same(&held.refresh, &stored.refresh);
        !is_held && record.generation >= self.generation
    }

    /// Held here before, and another was taken up since.
    pub(crate) fn is_former(&self, login: LoginTime) -> bool {
        self.held.is_some() && login == self.former
    }

    // Doubts.

    /// Somebody else may be signed in by now.
    pub(crate) fn doubt(&mut self, subject: u32) {
        self.doubt = Some(subject);
    }

    pub(crate) fn doubted(&self) -> Option<u32> {
        self.doubt
    }

    /// The server has said who is signed in.
    pub(crate) fn believe(&mut self) {
        self.doubt = None;
    }

    // What changes it.

    /// Takes up new credentials, in memory.
    pub(crate) fn hold(&mut self, cx: &mut Context, credentials: Box<Credentials>) {
        self.generation = Generation(self.generation.0.saturating_add(1));
        self.holding = Holding(self.holding.0.wrapping_add(1));
        self.held = Some(credentials);
        self.ended_by = [None, None];
        self.is_refused = false;
        self.reason = None;
        self.status = Status::SignedIn;
        self.plan_renewal(cx);
    }

    /// The same, where the credential is a cookie that has not changed: what is under way went with it.
    pub(crate) fn hold_same(&mut self, cx: &mut Context, credentials: Box<Credentials>) {
        let (generation, holding) = (self.generation, self.holding);
        self.hold(cx, credentials);
        (self.generation, self.holding) = (generation, holding);
    }

    /// Takes up what another tab, or an earlier life of this one, has stored. The status stays.
    pub(crate) fn hold_stored(
        &mut self,
        cx: &mut Context,
        login: LoginTime,
        generation: Generation,
        credentials: Box<Credentials>,
    ) {
        let status = self.status;
        if self.login_time != login {
            self.former = self.login_time;
        }
        self.login_time = login;
        self.hold(cx, credentials);
        self.status = status;
        self.generation = generation;
        // What could not be written before is not missed any more.
        self.is_unwritten = false;
    }

    /// Takes the credentials out, for what replaces or ends them.
    pub(crate) fn take_held(&mut self) -> Option<Box<Credentials>> {
        self.held.take()
    }

    /// This session is over here.
    pub(crate) fn leave(&mut self) {
        self.left = self.login_time;
    }

    /// Another tab has left this one before it was known here.
    pub(crate) fn was_left(&mut self, login: LoginTime) {
        if self.status == Status::Restoring {
            self.left = login;
        }
    }

    /// Another session begins: now, by the wall clock.
    pub(crate) fn begin(&mut self, cx: &mut Context) {
        self.leave();
        self.next_epoch();
        let mut time = cx.now().wall.0;
        if time <= self.login_time.0 {
            // A clock that was set back would give two tabs the same time.
            let apart = cx.random_below(1_000).cast_signed();
            time = self.login_time.0.wrapping_add(1).wrapping_add(apart);
        }
        self.login_time = LoginTime(time);
    }

    /// What was begun does not count any more.
    pub(crate) fn next_epoch(&mut self) {
        self.epoch = Epoch(self.epoch.0.wrapping_add(1));
    }

    pub(crate) fn is_signed_in_now(&mut self) {
        self.status = Status::SignedIn;
        self.reason = None;
    }

    /// Two tabs that got the same answer count on from different numbers.
    pub(crate) fn count_on_from(&mut self, generation: Generation) {
        self.generation = generation;
    }

    pub(crate) fn set_user(&mut self, user: Json) {
        if let Some(held) = &mut self.held {
            held.user = Some(user);
        }
    }

    /// Its end was foretold, but activity may have moved it.
    pub(crate) fn forget_end(&mut self) {
        if let Some(held) = &mut self.held {
            held.ends_at = None;
        }
        self.due_at = None;
    }

    /// The server has said why it ends the session.
    pub(crate) fn ended_by(&mut self, error: &AuthError) {
        self.ended_by = [error.server_code.clone(), error.server_message.clone()];
    }

    /// The next call need not learn it from another 401.
    pub(crate) fn refuse(&mut self) {
        self.is_refused = true;
    }

    /// Nobody is signed in. The epoch is the caller's.
    pub(crate) fn empty(&mut self, reason: Option<Reason>) {
        self.status = Status::SignedOut;
        self.reason = reason;
        self.held = None;
        self.due_at = None;
        self.due = None;
    }

    /// What was found to be another's stays so: one failed read later, it would be overwritten.
    pub(crate) fn storage_is(&mut self, cx: &mut Context, state: StorageState) {
        if self.storage == state || self.storage == StorageState::Occupied {
            return;
        }
        self.storage = state;
        cx.note_detail("storage", Some(state.as_str()));
        self.publish(cx, Event::StorageChanged);
    }

    // The store.

    /// One that cannot be written can perhaps be read, and written the next time.
    pub(crate) fn may_use_store(&self, cx: &Context) -> bool {
        cx.config().notes_attempts() && self.storage != StorageState::Occupied
    }

    /// Writes the held tokens. True: `Input::Saved` will follow.
    pub(crate) fn save(&self, cx: &mut Context, attempt: Option<&str>) -> bool {
        let Some(held) = self.held() else {
            return false;
        };
        if !cx.config().stores_tokens() || self.storage == StorageState::Occupied {
            return false;
        }
        let skew = cx.clock().skew(cx.now());
        let pass = self.pass_of_a_start(cx, held, skew);
        let named = (self.login_time, self.generation);
        let text = record::write(named, held, skew, attempt, pass.as_ref());
        cx.push(Effect::Save(text));
        true
    }

    /// What is not ours stays.
    pub(crate) fn clear_store(&self, cx: &mut Context) {
        if self.storage != StorageState::Occupied {
            cx.push(Effect::Remove);
        }
    }

    // When it is due.

    /// Fixes from when on the held token is due.
    pub(crate) fn plan_renewal(&mut self, cx: &mut Context) {
        let leeway = u64::from(cx.config().leeway_ms);
        let leeway = leeway + cx.random_below(LONGEST_JITTER_MS.min(leeway / 4));
        self.due_at = self
            .held()
            .and_then(|held| Some(self.due_before(cx, held, held.ends_at?, leeway)));
        self.set_due_timer(cx);
    }

    /// So many milliseconds before its end a token is renewed; one that lives shortly not before half of its life is over.
    fn due_before(
        &self,
        cx: &Context,
        held: &Credentials,
        ends_at: ServerTime,
        leeway: u64,
    ) -> ServerTime {
        if !self.can_refresh(cx) {
            return ends_at;
        }
        let lifetime = ends_at.since(held.issued_at).max(0);
        ends_at.after(-leeway.cast_signed().min(lifetime / 2))
    }

    pub(crate) fn set_due_timer(&mut self, cx: &Context) {
        let waits_for_call = self.can_refresh(cx) && !cx.config().timed_refresh;
        let is_timed = !waits_for_call && self.status != Status::SignedOut;
        self.due = self
            .due_at
            .filter(|_| is_timed)
            .map(|due_at| cx.clock().to_mono(due_at).max(cx.mono()));
    }

    pub(crate) fn deadline(&self) -> Option<Mono> {
        self.due
    }

    pub(crate) fn take_due(&mut self, now: Mono) -> bool {
        self.due.take_if(|at| *at <= now).is_some()
    }

    pub(crate) fn stop_timer(&mut self) {
        self.due = None;
    }

    // What the app is shown.

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

    /// Tells of a token that is too large to be sent, once, as it comes: servers answer such a request by 400, 413 or 431,
    /// which nobody takes for a matter of the token.
    pub(crate) fn weigh_token(&mut self, cx: &mut Context) {
        let (weighed, was_large) = self.weighed;
        if !self.is_signed_in() || weighed == self.generation {
            return;
        }
        let access = self.held().and_then(|held| held.access.as_ref());
        let token = access.map_or(0, |access| access.expose().len());
        // `Authorization: Bearer `
        let line = cx.config().header.len() + cx.config().scheme.len() + 3 + token;
        let is_large = line > LONGEST_LINE;
        self.weighed = (self.generation, is_large);
        if is_large && !was_large {
            // No token that is taken is over 64 KiB.
            cx.note_value("token too large", i64::try_from(line).unwrap_or(i64::MAX));
            self.announce(cx, Event::TokenLarge);
        }
    }

    /// Claims of the current access token.
    pub(crate) fn claims(&self) -> Option<&Json> {
        match self.status {
            Status::SignedIn => self.held()?.claims.as_ref(),
            Status::Restoring | Status::SignedOut => None,
        }
    }
}

/// The header that carries this access token.
pub(crate) fn header_of(config: &Config, token: Secret) -> (String, HeaderValue) {
    let value = if config.scheme.is_empty() {
        token
    } else {
        Secret::new([config.scheme.as_str(), " ", token.expose()].concat())
    };
    (config.header.clone(), HeaderValue::Is(value))
}

/// Who a profile is of.
pub(crate) fn subject_of_user(cx: &Context, user: &Json) -> Subject {
    Subject::of(None, Some(user), cx.config().fields.subject.as_deref())
}

/// Who these are of.
pub(crate) fn subject_of(cx: &Context, credentials: &Credentials) -> Subject {
    let member = cx.config().fields.subject.as_deref();
    Subject::of(
        credentials.claims.as_ref(),
        credentials.user.as_ref(),
        member,
    )
}
