//! Whose session it is.

use crate::core::context::Context;
use crate::core::identity::credentials::Credentials;
use crate::core::identity::subject::{Same, Subject};
use crate::core::session::Session;
use crate::json::Json;

impl Session {
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

    /// Who the held credentials are of.
    pub(crate) fn subject(&self, cx: &Context) -> Subject {
        self.held()
            .map_or_else(Subject::default, |held| subject_of(cx, held))
    }
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
