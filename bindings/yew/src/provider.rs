//! What makes the client.

use hallpass::{Options, Snapshot, Starting};
use yew::prelude::*;

use crate::Auth;

/// What [`AuthProvider`] takes.
#[derive(Clone, Properties)]
pub struct AuthProviderProps {
    /// The client is made of the first ones.
    pub options: Options,
    /// What may use it.
    #[prop_or_default]
    pub children: Html,
}

impl PartialEq for AuthProviderProps {
    fn eq(&self, other: &AuthProviderProps) -> bool {
        self.children == other.children
    }
}

/// Makes the client and gives it to all components below. It lives as long as they do.
#[component]
pub fn AuthProvider(props: &AuthProviderProps) -> Html {
    let state = use_state(|| (Snapshot::restoring(), None));
    let starting = {
        let (state, options) = (state.clone(), props.options.clone());
        use_memo((), move |()| {
            Starting::begin(options, move |told| match told {
                Ok(snapshot) => state.set((snapshot, None)),
                Err(error) => state.set((Snapshot::restoring(), Some(error))),
            })
        })
    };
    let (snapshot, error) = (*state).clone();
    let auth = Auth {
        starting: (*starting).clone(),
        snapshot,
        error,
    };
    html! {
        <ContextProvider<Auth> context={auth}>{ props.children.clone() }</ContextProvider<Auth>>
    }
}
