//! What the cookies of a request sign in with, of whichever mode they are. One CSRF token stands for both, since one cookie holds it.

use axum::http::HeaderMap;

use super::{hybrid, session};
use crate::backend::{Family, Known, SessionRecord, Tenant, User};
use crate::http::error::ApiError;
use crate::http::face::Face;

/// A live session, a live family, or both.
pub(super) struct SignedIn {
    pub(super) session: Option<SessionRecord>,
    pub(super) family: Option<Known>,
}

impl SignedIn {
    pub(super) async fn find(
        face: &Face,
        tenant: &Tenant,
        headers: &HeaderMap,
    ) -> Result<Self, ApiError> {
        Ok(Self {
            session: session::find(face, tenant, headers).await?,
            family: hybrid::known(face, tenant, headers).await?,
        })
    }

    pub(super) fn user(&self) -> Option<&User> {
        let session = self.session.as_ref().map(|session| &session.user);
        session.or(self.family.as_ref().map(|family| &family.user))
    }

    /// Refuses what has no CSRF token of either, if there is anything to protect.
    pub(super) fn check_csrf(
        &self,
        face: &Face,
        tenant: &Tenant,
        headers: &HeaderMap,
    ) -> Result<(), ApiError> {
        let mut refused = Ok(());
        if let Some(known) = &self.family {
            refused = hybrid::check_csrf(face, tenant, &Family::from(known.clone()), headers);
            if refused.is_ok() {
                return Ok(());
            }
        }
        match &self.session {
            Some(session) => session::check_csrf(face, tenant, session, headers),
            None => refused,
        }
    }

    /// Ends both.
    pub(super) async fn end(self, face: &Face, tenant: &Tenant) -> Result<(), ApiError> {
        if let Some(session) = &self.session {
            face.backend.sessions.end(tenant, session).await?;
        }
        if let Some(known) = self.family {
            face.backend.families.end(tenant, &known.into()).await?;
        }
        Ok(())
    }
}
