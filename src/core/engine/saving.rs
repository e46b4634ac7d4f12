//! Writing to the store, and what that tells of it.

use crate::core::engine::state::Engine;
use crate::core::port::input::StoreFailure;
use crate::core::port::shown::StorageState;
use crate::core::store::Purpose;

impl Engine {
    /// Writes the held tokens. True: `Input::Saved` will follow.
    pub(super) fn save(&mut self) -> bool {
        self.session.save(&mut self.cx, self.refresh.attempt())
    }

    /// For what may be written late: another tab may have written since.
    pub(super) fn save_if_current(&mut self) {
        if self.cx.config().stores_tokens() {
            self.load(Purpose::Profile);
        }
    }

    pub(super) fn on_saved(&mut self, result: Result<(), StoreFailure>) {
        if self.cx.wrote() {
            // It has taken the place of what another tab may have written since. The note of a logout goes if somebody is signed in.
            self.load(if self.cx.config().stores_tokens() {
                Purpose::LookAgain
            } else {
                Purpose::Restore
            });
        }
        if result.is_err() || self.cx.writing().is_none() {
            self.session.wrote(result.is_ok());
        }
        match (result, self.session.storage()) {
            (Err(StoreFailure), StorageState::Ok) => {
                self.storage_is(StorageState::Unavailable);
            }
            (Ok(()), StorageState::Unavailable) => self.storage_is(StorageState::Ok),
            _ => {}
        }
        self.on_refresh_saved();
        if !self.lock.is_asked() {
            self.check_waiting_logout();
        }
    }

    /// Whether what is missing in the store was taken away by another tab.
    pub(super) fn store_tells(&self) -> bool {
        self.session.is_store_ok() && self.reads.is_current()
    }

    /// One that does not answer is not waited for again and again.
    pub(super) fn may_use_store(&self) -> bool {
        self.session.may_use_store(&self.cx) && !self.reads.hangs()
    }

    pub(super) fn storage_is(&mut self, state: StorageState) {
        self.session.storage_is(&mut self.cx, state);
    }
}
