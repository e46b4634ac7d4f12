//! Reads of the store that are under way: what each is for, and until when it may take.
//!
//! It owns the queue of reads and what another tab says to have written. Each read ends: by its answer or by its deadline.

use crate::core::context::Context;
use crate::core::identity::counters::{Epoch, Generation, LoginTime};
use crate::core::port::effect::Effect;
use crate::core::port::shown::Reason;
use crate::core::time::clock::Mono;

/// What a read of the store is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    /// The start.
    Restore,
    /// The lock has been granted: did another tab refresh meanwhile?
    Recheck,
    /// The server has answered a refresh: has another tab something newer?
    Confirm,
    /// Something may have changed.
    LookAgain,
    /// The store was empty: is it still?
    Cleared,
    /// The server has to be told of a logout: or has somebody logged in since?
    PendingLogout,
    /// The server knows of the logout of this subject, and the lock is not held here: does the note of that still stand?
    Note(u32),
    /// The profile is to be written: or has the session gone on elsewhere?
    Profile,
}

/// A read that is under way.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) struct Read {
    pub(crate) purpose: Purpose,
    /// The epoch in which it was asked for.
    pub(crate) epoch: Epoch,
    until: Mono,
    /// Its time ran out while the page was frozen.
    is_thawing: bool,
    /// What this tab had written by then.
    written: Option<u32>,
}

impl Read {
    /// Its answer has come after its time.
    pub(crate) fn is_old(&self, now: Mono) -> bool {
        self.is_thawing || now > self.until
    }
}

/// So long a word of another tab may take that explains an empty store.
const CLEARED_MS: u64 = 500;
/// A timer that comes so late comes to a page that was frozen.
const LATE_MS: u64 = 50;
/// So long such a page waits for an answer that came meanwhile, once.
const THAWS_MS: u64 = 2_000;
/// So often is looked for what another tab says to have written.
const MOST_LOOKS: u32 = 4;

#[derive(Clone, Debug, Default)]
pub(crate) struct Reads {
    /// Stores answer in the order in which they were asked.
    waiting: Vec<Read>,
    /// What was read last was read after all that this tab has written.
    is_current: bool,
    /// So many answers are still to come of reads that were given up.
    late: u32,
    /// Another tab says that the store holds this, and how often it was looked for in vain.
    expected: Option<(LoginTime, Generation)>,
    looks: u32,
    /// The newest credentials that another tab has told of: a refresh token of before is used up.
    newest: (LoginTime, Generation),
    /// Another tab has told of them since this one asked for newer ones: it is there.
    is_answered: bool,
    /// Why an empty store is empty: another tab has told.
    explained: Option<Reason>,
    /// Looks in a row that the store did not answer.
    failures: u32,
    /// When to look a second time.
    second_look: Option<Mono>,
}

/// Whose answer has come.
pub(crate) enum Whose {
    /// This one's.
    Of(Read),
    /// One's that was given up.
    Late,
    /// Nobody's.
    Nobodys,
}

impl Reads {
    pub(crate) fn ask(&mut self, cx: &mut Context, purpose: Purpose, epoch: Epoch) {
        let until = cx.timeout();
        self.waiting.push(Read {
            purpose,
            epoch,
            until,
            is_thawing: false,
            written: cx.all_written(),
        });
        cx.push(Effect::Load);
    }

    /// The answer was read after all that this tab has written.
    pub(crate) fn is_current(&self) -> bool {
        self.is_current
    }

    /// An answer has come.
    pub(crate) fn answered(&mut self, cx: &Context) -> Whose {
        if self.late > 0 {
            self.late -= 1;
            return Whose::Late;
        }
        if self.waiting.is_empty() {
            return Whose::Nobodys;
        }
        let read = self.waiting.remove(0);
        self.is_current = read.written.is_some() && read.written == cx.all_written();
        Whose::Of(read)
    }

    /// Takes out a read whose time is over. Its answer may still come, and is nobody's then.
    pub(crate) fn take_expired(&mut self, now: Mono) -> Option<Read> {
        let read = self.waiting.first_mut()?;
        if !read.is_thawing && now > read.until.after(LATE_MS) {
            read.until = now.after(THAWS_MS);
            read.is_thawing = true;
        }
        if read.until > now {
            return None;
        }
        self.late = self.late.saturating_add(1);
        Some(self.waiting.remove(0))
    }

    /// A read was given up, and its answer has not come yet.
    pub(crate) fn hangs(&self) -> bool {
        self.late > 0
    }

    pub(crate) fn has(&self, purpose: Purpose) -> bool {
        self.waiting.iter().any(|read| read.purpose == purpose)
    }

    pub(crate) fn deadline(&self) -> Option<Mono> {
        self.waiting.first().map(|read| read.until)
    }

    // A second look.

    pub(crate) fn look_later(&mut self, cx: &Context) {
        self.second_look = Some(cx.after(CLEARED_MS));
    }

    /// The store failed: it is looked into again, a few times, less and less often. One that does not answer is not asked more.
    pub(crate) fn look_once_more(&mut self, cx: &Context) {
        if self.failures < MOST_LOOKS && self.late == 0 {
            self.second_look = Some(cx.after(CLEARED_MS.wrapping_shl(self.failures)));
            self.failures += 1;
        }
    }

    /// It works.
    pub(crate) fn has_read(&mut self) {
        self.failures = 0;
    }

    pub(crate) fn second_look(&self) -> Option<Mono> {
        self.second_look
    }

    pub(crate) fn take_second_look(&mut self, now: Mono) -> bool {
        let is_due = self.second_look.is_some_and(|at| at <= now);
        if is_due {
            self.second_look = None;
        }
        is_due
    }

    /// Another tab has renewed these.
    pub(crate) fn hear_of(&mut self, told: (LoginTime, Generation)) {
        self.is_answered = true;
        if told.0 != self.newest.0 || told.1 > self.newest.1 {
            self.newest = told;
        }
    }

    /// This tab asks for newer credentials. True: another tab has answered the last time.
    pub(crate) fn ask_for_newer(&mut self) -> bool {
        std::mem::take(&mut self.is_answered)
    }

    /// Whether another tab has newer credentials of the same session than these.
    pub(crate) fn is_behind(&self, held: (LoginTime, Generation)) -> bool {
        self.newest.0 == held.0 && self.newest.1 > held.1
    }

    /// Another tab says why the session ended that the store held.
    pub(crate) fn explain(&mut self, reason: Option<Reason>) {
        self.explained = reason;
    }

    pub(crate) fn take_explanation(&mut self) -> Option<Reason> {
        self.explained.take()
    }

    /// Another tab says that this is in the store. Some browsers show a tab an older state for a while (WebKit bug 225344).
    pub(crate) fn expect(&mut self, cx: &Context, told: (LoginTime, Generation)) {
        if cx.config().shares_store() {
            self.expected = Some(told);
            self.looks = 0;
        }
    }

    /// Another tab says that another session than this is in the store.
    pub(crate) fn expects_another(&self, login: LoginTime) -> bool {
        self.expected.is_some_and(|(expected, _)| expected != login)
    }

    /// It may show up yet in place of this one.
    pub(crate) fn may_be_replaced(&self, login: LoginTime) -> bool {
        self.expects_another(login) && self.looks < MOST_LOOKS
    }

    /// It is worth another look before anything is done without it: a few times.
    pub(crate) fn is_yet_to_show(&mut self) -> bool {
        self.looks += 1;
        self.expected.is_some() && self.looks <= MOST_LOOKS
    }

    /// Looks again, a few times, for what is not there yet.
    pub(crate) fn look_for_expected(&mut self, cx: &mut Context, held: (LoginTime, Generation)) {
        let Some((login, generation)) = self.expected else {
            return;
        };
        let is_there = login == held.0 && generation <= held.1;
        self.looks += 1;
        if is_there || self.looks > MOST_LOOKS {
            self.expected = None;
            if !is_there {
                cx.count("message ignored", "not in the store", 1);
            }
        } else {
            self.look_later(cx);
        }
    }

    /// No answer and no look is waited for any more.
    pub(crate) fn close(&mut self) {
        self.waiting.clear();
        self.second_look = None;
    }

    /// For the outline: what is expected, and how often it was looked for.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn expected(&self) -> ((LoginTime, Generation), u32) {
        (self.expected.unwrap_or_default(), self.looks)
    }
}
