//! What is shown to whom.

use dioxus::prelude::*;
use hallpass::Status;

use crate::use_auth;

/// Shows its children while somebody is signed in.
#[component]
pub fn SignedIn(children: Element) -> Element {
    shown(Status::SignedIn, children)
}

/// Shows its children while nobody is signed in.
#[component]
pub fn SignedOut(children: Element) -> Element {
    shown(Status::SignedOut, children)
}

/// Shows its children while it is not known yet who is there.
#[component]
pub fn Restoring(children: Element) -> Element {
    shown(Status::Restoring, children)
}

/// Shows its children while somebody is signed in, `fallback` while nobody is, and `restoring` while it is not known yet.
#[component]
pub fn AuthGuard(
    /// In place of the children while nobody is signed in, such as the login form.
    #[props(default = VNode::empty())]
    fallback: Element,
    /// In place of the children while it is not known yet.
    #[props(default = VNode::empty())]
    restoring: Element,
    children: Element,
) -> Element {
    match use_auth().status() {
        Status::SignedIn => children,
        Status::SignedOut => fallback,
        Status::Restoring => restoring,
    }
}

fn shown(status: Status, children: Element) -> Element {
    if use_auth().status() == status {
        children
    } else {
        VNode::empty()
    }
}
