//! The parts of the engine. Each owns its state; what follows for the others from what one has learnt is told in the files beside this.

use crate::core::auth::login::Login;
use crate::core::auth::logout::Logout;
use crate::core::auth::me::Me;
use crate::core::calls::Calls;
use crate::core::context::Context;
use crate::core::csrf::Csrf;
use crate::core::refresh::Refresh;
use crate::core::session::Session;
use crate::core::store::Reads;
use crate::core::tabs::lock::Lock;

/// Every decision of one client. See the [module](crate::core) for the loop that drives it.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(super) cx: Context,
    pub(super) session: Session,
    pub(super) reads: Reads,
    pub(super) lock: Lock,
    pub(super) refresh: Refresh,
    pub(super) login: Login,
    pub(super) logout: Logout,
    pub(super) me: Me,
    pub(super) csrf: Csrf,
    pub(super) calls: Calls,
    pub(super) life: Life,
}

/// Whether it is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// It has not been started.
    New,
    Running,
    Disposed,
}
