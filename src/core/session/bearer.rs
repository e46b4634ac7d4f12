//! The access token, as calls carry it.

use crate::core::context::Context;
use crate::core::options::config::Config;
use crate::core::port::request::{HeaderValue, Tokens};
use crate::core::port::secret::Secret;
use crate::core::port::shown::{Event, Status};
use crate::core::session::Session;
use crate::json::Json;

/// The longest header line that Apache takes (`LimitRequestFieldSize`), and nginx (8 KiB with the line's end).
const LONGEST_LINE: usize = 8_190;

impl Session {
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
