//! What the app shows.

use hallpass_leptos::{AuthGuard, Mode, Options, provide_auth, use_auth};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use serde_json::json;
use wasm_bindgen_futures::JsFuture;

/// The profile, as the backend has it.
#[derive(Deserialize)]
struct Profile {
    name: String,
}

#[component]
pub(crate) fn App() -> impl IntoView {
    provide_auth(Options::new(Mode::Hybrid));
    view! {
        <main>
            <h1>"Orders"</h1>
            <AuthGuard fallback=Login restoring=|| view! { <p>"One moment…"</p> }>
                <Orders />
            </AuthGuard>
        </main>
    }
}

#[component]
fn Login() -> impl IntoView {
    let auth = use_auth();
    let email = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let problem = RwSignal::new(String::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        spawn_local(async move {
            let credentials =
                json!({ "email": email.get_untracked(), "password": password.get_untracked() });
            if let Err(error) = auth.login(&credentials).await {
                problem.set(error.to_string());
            }
        });
    };
    view! {
        <form on:submit=submit>
            <input data-testid="email" type="email" autocomplete="username" bind:value=email />
            <input data-testid="password" type="password" autocomplete="current-password" bind:value=password />
            <button data-testid="sign-in">"Sign in"</button>
            <p role="alert" data-testid="problem">{problem}</p>
        </form>
    }
}

#[component]
fn Orders() -> impl IntoView {
    let auth = use_auth();
    let orders = RwSignal::new(String::new());
    let name = move || auth.user_as::<Profile>().map(|user| user.name);
    let load = move |_| {
        spawn_local(async move {
            orders.set(match auth.fetch("/api/orders").await {
                Ok(response) => text(&response).await.unwrap_or_default(),
                Err(error) => format!("{error:?}"),
            });
        });
    };
    let leave = move |_| {
        spawn_local(async move {
            // Signed out here in any case. An error says that the server refused the request, and goes on with the session.
            let _ = auth.logout().await;
        });
    };
    view! {
        <p>"Hello " <b data-testid="user">{name}</b></p>
        <button data-testid="load" on:click=load>"Load the orders"</button>
        <button data-testid="sign-out" on:click=leave>"Sign out"</button>
        <output data-testid="orders">{orders}</output>
    }
}

async fn text(response: &web_sys::Response) -> Option<String> {
    JsFuture::from(response.text().ok()?)
        .await
        .ok()?
        .as_string()
}
