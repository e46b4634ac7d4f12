//! The calls of the app, as they come and as their callers go.

use crate::core::calls::Kind;
use crate::core::engine::state::Engine;
use crate::core::identity::counters::{Epoch, Holding};
use crate::core::port::effect::{Effect, Watch};
use crate::core::port::error::AuthError;
use crate::core::port::ids::CallId;
use crate::core::port::input::FetchFacts;
use crate::core::port::pass::Pass;
use crate::core::port::shown::Status;

impl Engine {
    pub(super) fn on_fetch(&mut self, id: CallId, facts: FetchFacts, sent_by: Option<Pass>) {
        if facts.has_own_credential && !self.cx.is_session_mode() {
            self.cx.push(Effect::Dispatch {
                call: id,
                headers: Vec::new(),
                include_credentials: false,
                refuse_redirects: false,
                watch: Watch::No,
            });
            return;
        }
        self.begin_call(id, Kind::Fetch(facts));
        match sent_by {
            Some(pass) => {
                let csrf_version = self.csrf.version();
                let sent_with = Some(Holding(pass.holding));
                self.calls
                    .sent(id, Epoch(pass.epoch), sent_with, csrf_version);
            }
            None => self.advance(id),
        }
    }

    pub(super) fn on_token_call(&mut self, id: CallId) {
        self.begin_call(id, Kind::Token);
        self.advance(id);
    }

    pub(super) fn on_refresh_call(&mut self, id: CallId) {
        // Where a cookie carries the session, somebody may have signed in by other ways than this client's.
        let may_look = self.cx.config().session_by_cookie();
        if self.session.status() == Status::SignedOut && !may_look {
            let error = AuthError::signed_out(self.session.reason());
            self.cx.fail(id, error);
            return;
        }
        self.begin_call(id, Kind::Refresh);
        if self.is_reading_first() {
            return; // the restore answers it
        }
        let is_signed_out = self.session.status() == Status::SignedOut;
        if is_signed_out || self.can_refresh() {
            if is_signed_out {
                // Whatever is under way, a logout perhaps, it is asked once that has ended.
                self.refresh.leave_pause();
                self.session.doubt(0);
            } else {
                self.force_refresh();
            }
            // Cooling down by the server's word: nothing has started, nor will soon.
            if self.refresh.is_cooling() {
                self.finish_unavailable(id);
            }
        } else if self.cx.config().endpoints.me.is_some() {
            self.start_me();
        } else {
            let error = self
                .refresh
                .unavailable(&self.cx)
                .with_detail("no refresh token and no me endpoint");
            self.calls.finish(&mut self.cx, id, Err(error));
        }
    }

    fn begin_call(&mut self, id: CallId, kind: Kind) {
        self.calls.begin(id, kind, self.session.epoch());
    }

    /// The caller is gone; what it waited for goes on for the others.
    pub(super) fn on_gone(&mut self, id: CallId) {
        self.calls.forget(id);
        if self.login.is_of(id) {
            self.login_abandoned();
        }
    }
}
