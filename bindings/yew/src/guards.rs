//! What is shown to whom.

use hallpass::Status;
use yew::prelude::*;

use crate::use_auth;

/// What the guards take.
#[derive(Clone, PartialEq, Properties)]
pub struct GuardProps {
    /// What is shown or not.
    #[prop_or_default]
    pub children: Html,
}

/// Shows its children while somebody is signed in.
#[component]
pub fn SignedIn(props: &GuardProps) -> Html {
    shown(use_auth().status() == Status::SignedIn, props)
}

/// Shows its children while nobody is signed in.
#[component]
pub fn SignedOut(props: &GuardProps) -> Html {
    shown(use_auth().status() == Status::SignedOut, props)
}

/// Shows its children while it is not known yet who is there.
#[component]
pub fn Restoring(props: &GuardProps) -> Html {
    shown(use_auth().status() == Status::Restoring, props)
}

/// What [`AuthGuard`] takes.
#[derive(Clone, PartialEq, Properties)]
pub struct AuthGuardProps {
    /// In place of the children while nobody is signed in, such as the login form.
    #[prop_or_default]
    pub fallback: Html,
    /// In place of the children while it is not known yet.
    #[prop_or_default]
    pub restoring: Html,
    /// For who is signed in.
    #[prop_or_default]
    pub children: Html,
}

/// Shows its children while somebody is signed in, `fallback` while nobody is, and `restoring` while it is not known yet.
#[component]
pub fn AuthGuard(props: &AuthGuardProps) -> Html {
    match use_auth().status() {
        Status::SignedIn => props.children.clone(),
        Status::SignedOut => props.fallback.clone(),
        Status::Restoring => props.restoring.clone(),
    }
}

fn shown(is_shown: bool, props: &GuardProps) -> Html {
    if is_shown {
        props.children.clone()
    } else {
        Html::default()
    }
}
