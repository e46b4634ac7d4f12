//! Who is signed in here, since when, with what, and what the app is shown of it.
//!
//! It owns the credentials, the counters that tell sessions and tokens apart, the state that the app sees, and the time from
//! which on the access token is due. It asks nobody: who wants it changed calls it with what has become known.

pub(crate) mod bearer;
mod due;
mod early;
mod shown;
mod stored;
pub(crate) mod whose;

use crate::core::context::Context;
use crate::core::identity::counters::{Epoch, Generation, Holding, LoginTime};
use crate::core::identity::credentials::Credentials;
use crate::core::port::error::AuthError;
use crate::core::port::shown::{Reason, Snapshot, Status, StorageState};
use crate::core::time::clock::{Mono, ServerTime};
use crate::json::Json;

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

    pub(crate) fn is_refused(&self) -> bool {
        self.is_refused
    }

    /// Nothing is known of when it ends, nor that it was good a moment ago.
    pub(crate) fn may_have_ended(&self) -> bool {
        self.due_at.is_none() && self.cleared != self.holding
    }

    pub(crate) fn clear_of_doubt(&mut self) {
        self.cleared = self.holding;
    }

    /// Whether there is anything to renew it with.
    pub(crate) fn can_refresh(&self, cx: &Context) -> bool {
        let config = cx.config();
        config.endpoints.refresh.is_some()
            && (config.cookie_bound() || self.held().is_some_and(|held| held.refresh.is_some()))
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
}
