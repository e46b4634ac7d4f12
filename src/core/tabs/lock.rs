//! The lock between tabs, one for all that this tab does under it: it renews the session, and, where a cookie carries
//! that, logs in and out. Of two answers that set or clear one cookie the later wins, whichever was meant to.
//!
//! It owns whether the lock is held here, and until when it is waited for.

use crate::core::context::Context;
use crate::core::port::effect::Effect;
use crate::core::time::clock::Mono;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Lock {
    Free,
    Asked {
        until: Mono,
    },
    Held {
        /// A refresh goes on then: the lock changes hands sooner than the store shows what the tab before has written.
        settles: Option<Mono>,
    },
    /// It did not come in time: a login or logout goes on without it.
    Missed,
}

/// The lock changes hands sooner than `localStorage` shows what the tab before has written (seen in WebKitGTK and Chromium),
/// or its word comes.
const SETTLES_MS: u64 = 100;

impl Lock {
    /// Asks for the lock, and waits for it so long; if it is waited for already, no longer than that. True: what is to be done
    /// under it can be done now.
    pub(crate) fn take(&mut self, cx: &mut Context, wait_ms: u32) -> bool {
        let wait = cx.after(wait_ms.into());
        let until = match self {
            Lock::Free => {
                cx.push(Effect::Lock);
                wait
            }
            Lock::Asked { until } => wait.min(*until),
            Lock::Held { .. } | Lock::Missed => return true,
        };
        *self = Lock::Asked { until };
        false
    }

    /// The same for a login or logout, which somebody waits for. Where no cookie is at stake, there is nothing to wait for.
    pub(crate) fn take_for_cookie(&mut self, cx: &mut Context) -> bool {
        !cx.config().cookie_bound() || self.take(cx, cx.config().timeout_ms)
    }

    /// A refresh does not go without it: it is asked for anew.
    pub(crate) fn forget_miss(&mut self) {
        if *self == Lock::Missed {
            *self = Lock::Free;
        }
    }

    /// It has been granted. True: it was waited for.
    pub(crate) fn granted(&mut self, cx: &mut Context) -> bool {
        match self {
            Lock::Asked { .. } => {
                *self = Lock::Held { settles: None };
                true
            }
            Lock::Held { .. } => false,
            Lock::Free | Lock::Missed => {
                cx.push(Effect::Unlock);
                false
            }
        }
    }

    /// What the tab before has written may be seen a little later.
    pub(crate) fn settle(&mut self, cx: &Context) {
        *self = Lock::Held {
            settles: Some(cx.after(SETTLES_MS)),
        };
    }

    /// The deadline is over.
    pub(crate) fn take_expired(&mut self, now: Mono) -> Option<Expired> {
        if self.deadline()? > now {
            return None;
        }
        match self {
            Lock::Held { settles } => {
                *settles = None;
                Some(Expired::Settled)
            }
            _ => Some(Expired::NotGranted),
        }
    }

    /// It is not waited for any more.
    pub(crate) fn miss(&mut self, cx: &mut Context) {
        cx.push(Effect::Unlock);
        *self = Lock::Missed;
    }

    /// Nothing here needs it any more.
    pub(crate) fn release(&mut self, cx: &mut Context) {
        if matches!(self, Lock::Asked { .. } | Lock::Held { .. }) {
            cx.push(Effect::Unlock);
        }
        *self = Lock::Free;
    }

    pub(crate) fn is_free(&self) -> bool {
        *self == Lock::Free
    }

    pub(crate) fn is_held(&self) -> bool {
        matches!(self, Lock::Held { .. })
    }

    pub(crate) fn is_asked(&self) -> bool {
        matches!(self, Lock::Asked { .. })
    }

    pub(crate) fn deadline(&self) -> Option<Mono> {
        match self {
            Lock::Asked { until } => Some(*until),
            Lock::Held { settles } => *settles,
            Lock::Free | Lock::Missed => None,
        }
    }

    /// Which state it is in, for the outline.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn number(&self) -> u8 {
        match self {
            Lock::Free => 0,
            Lock::Asked { .. } => 1,
            Lock::Held { .. } => 2,
            Lock::Missed => 3,
        }
    }
}

/// What a deadline of the lock means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expired {
    /// It has not been granted.
    NotGranted,
    /// What the tab before has written can be seen by now.
    Settled,
}
