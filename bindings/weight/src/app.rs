//! What is alike.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::json;
use wasm_bindgen_futures::JsFuture;

use crate::backend;

#[component]
pub(crate) fn App() -> impl IntoView {
    let auth = backend::provide();
    let email = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let shown = RwSignal::new(String::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        spawn_local(async move {
            let credentials =
                json!({ "email": email.get_untracked(), "password": password.get_untracked() });
            if let Err(words) = backend::login(auth, &credentials).await {
                shown.set(words);
            }
        });
    };
    let load = move |_| {
        spawn_local(async move {
            if let Some(response) = backend::fetch(auth, "/api/orders").await {
                shown.set(text(&response).await.unwrap_or_default());
            }
        });
    };
    let leave = move |_| spawn_local(backend::logout(auth));
    view! {
        <form on:submit=submit>
            <input bind:value=email />
            <input bind:value=password />
            <button>"Sign in"</button>
        </form>
        <Show when=move || backend::is_signed_in(auth)>
            <button on:click=load>"Load the orders"</button>
            <button on:click=leave>"Sign out"</button>
        </Show>
        <output>{shown}</output>
    }
}

async fn text(response: &web_sys::Response) -> Option<String> {
    JsFuture::from(response.text().ok()?)
        .await
        .ok()?
        .as_string()
}
