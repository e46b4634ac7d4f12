//! What is shown to whom.

use hallpass::Status;
use leptos::prelude::*;

use crate::use_auth;

/// Shows its children while somebody is signed in.
#[component]
pub fn SignedIn(children: ChildrenFn) -> impl IntoView {
    shown(Status::SignedIn, children)
}

/// Shows its children while nobody is signed in.
#[component]
pub fn SignedOut(children: ChildrenFn) -> impl IntoView {
    shown(Status::SignedOut, children)
}

/// Shows its children while it is not known yet who is there.
#[component]
pub fn Restoring(children: ChildrenFn) -> impl IntoView {
    shown(Status::Restoring, children)
}

/// Shows its children while somebody is signed in, `fallback` while nobody is, and `restoring` while it is not known yet.
#[component]
pub fn AuthGuard(
    /// In place of the children while nobody is signed in, such as the login form.
    #[prop(optional, into)]
    fallback: ViewFn,
    /// In place of the children while it is not known yet.
    #[prop(optional, into)]
    restoring: ViewFn,
    children: ChildrenFn,
) -> impl IntoView {
    let auth = use_auth();
    move || match auth.status() {
        Status::SignedIn => children(),
        Status::SignedOut => fallback.run(),
        Status::Restoring => restoring.run(),
    }
}

fn shown(status: Status, children: ChildrenFn) -> impl IntoView {
    let auth = use_auth();
    move || (auth.status() == status).then(|| children())
}
