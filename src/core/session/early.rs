//! What a page that starts later may show and send before it has an engine.

use crate::core::context::Context;
use crate::core::identity::credentials::Credentials;
use crate::core::session::{LONGEST_JITTER_MS, Session};
use crate::core::time::clock::{ServerTime, Wall};
use crate::core::wire::record::{self, StoredPass};

/// What ends never ends then: the latest that a `Date` can hold.
const NEVER: i64 = 8_640_000_000_000_000;

impl Session {
    /// While it stands, an engine that starts with these credentials shows who is signed in at once and lets calls go with the
    /// token, whatever its random delays. None where it would ask the server first.
    pub(super) fn pass_of_a_start(
        &self,
        cx: &Context,
        held: &Credentials,
        skew: i64,
    ) -> Option<StoredPass> {
        let config = cx.config();
        let asks_first = held.user.is_none() && config.endpoints.me.is_some();
        let named = (self.login_time, self.generation);
        let goes_by_pass = config.stamp.0 != 0 && !config.refuses_redirects();
        if !goes_by_pass || asks_first || record::is_from_the_future(named, cx.now()) {
            return None;
        }
        let until = held.ends_at.map_or(NEVER, |ends_at| {
            let ServerTime(due_at) = self.first_due(cx, held, ends_at);
            due_at.wrapping_sub(skew)
        });
        Some(StoredPass {
            stamp: config.stamp.0,
            from: cx.now().wall,
            until: Wall(until),
        })
    }

    /// The earliest moment that any tab takes for the time to renew it.
    fn first_due(&self, cx: &Context, held: &Credentials, ends_at: ServerTime) -> ServerTime {
        let leeway = u64::from(cx.config().leeway_ms);
        self.due_before(
            cx,
            held,
            ends_at,
            leeway + LONGEST_JITTER_MS.min(leeway / 4),
        )
    }
}
