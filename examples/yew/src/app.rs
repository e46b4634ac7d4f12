//! What the app shows.

use hallpass_yew::{AuthGuard, AuthProvider, Mode, Options, use_auth};
use serde::Deserialize;
use serde_json::json;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The profile, as the backend has it.
#[derive(Deserialize)]
struct Profile {
    name: String,
}

#[component]
pub(crate) fn App() -> Html {
    html! {
        <AuthProvider options={Options::new(Mode::Hybrid)}>
            <main>
                <h1>{ "Orders" }</h1>
                <AuthGuard fallback={html! { <Login /> }} restoring={html! { <p>{ "One moment…" }</p> }}>
                    <Orders />
                </AuthGuard>
            </main>
        </AuthProvider>
    }
}

#[component]
fn Login() -> Html {
    let auth = use_auth();
    let email = use_node_ref();
    let password = use_node_ref();
    let problem = use_state(String::new);
    let submit = {
        let (email, password, problem) = (email.clone(), password.clone(), problem.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            let text =
                |field: &NodeRef| field.cast::<HtmlInputElement>().map(|field| field.value());
            let credentials = json!({ "email": text(&email), "password": text(&password) });
            let (auth, problem) = (auth.clone(), problem.clone());
            spawn_local(async move {
                if let Err(error) = auth.login(&credentials).await {
                    problem.set(error.to_string());
                }
            });
        }
    };
    html! {
        <form onsubmit={submit}>
            <input ref={email} data-testid="email" type="email" autocomplete="username" />
            <input ref={password} data-testid="password" type="password" autocomplete="current-password" />
            <button data-testid="sign-in">{ "Sign in" }</button>
            <p role="alert" data-testid="problem">{ (*problem).clone() }</p>
        </form>
    }
}

#[component]
fn Orders() -> Html {
    let auth = use_auth();
    let orders = use_state(String::new);
    let load = {
        let (auth, orders) = (auth.clone(), orders.clone());
        move |_| {
            let (auth, orders) = (auth.clone(), orders.clone());
            spawn_local(async move {
                orders.set(match auth.fetch("/api/orders").await {
                    Ok(response) => text(&response).await.unwrap_or_default(),
                    Err(error) => format!("{error:?}"),
                });
            });
        }
    };
    let leave = {
        let auth = auth.clone();
        move |_| {
            let auth = auth.clone();
            spawn_local(async move {
                // Signed out here in any case. An error says that the server refused the request, and goes on with the session.
                let _ = auth.logout().await;
            });
        }
    };
    html! {
        <>
            <p>{ "Hello " }<b data-testid="user">{ auth.user_as::<Profile>().map(|user| user.name) }</b></p>
            <button data-testid="load" onclick={load}>{ "Load the orders" }</button>
            <button data-testid="sign-out" onclick={leave}>{ "Sign out" }</button>
            <output data-testid="orders">{ (*orders).clone() }</output>
        </>
    }
}

async fn text(response: &web_sys::Response) -> Option<String> {
    JsFuture::from(response.text().ok()?)
        .await
        .ok()?
        .as_string()
}
