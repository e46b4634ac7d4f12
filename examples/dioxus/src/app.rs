//! What the app shows.

use dioxus::prelude::*;
use hallpass_dioxus::{AuthGuard, Mode, Options, use_auth, use_auth_provider};
use serde::Deserialize;
use serde_json::json;
use wasm_bindgen_futures::JsFuture;

/// The profile, as the backend has it.
#[derive(Deserialize)]
struct Profile {
    name: String,
}

#[component]
pub(crate) fn App() -> Element {
    use_auth_provider(|| Options::new(Mode::Hybrid));
    rsx! {
        main {
            h1 { "Orders" }
            AuthGuard {
                fallback: rsx! { Login {} },
                restoring: rsx! { p { "One moment…" } },
                Orders {}
            }
        }
    }
}

#[component]
fn Login() -> Element {
    let auth = use_auth();
    let mut email = use_signal(String::new);
    let mut password = use_signal(String::new);
    let mut problem = use_signal(String::new);
    let submit = move |event: FormEvent| async move {
        event.prevent_default();
        let credentials = json!({ "email": email(), "password": password() });
        if let Err(error) = auth.login(&credentials).await {
            problem.set(error.to_string());
        }
    };
    rsx! {
        form { onsubmit: submit,
            input { "data-testid": "email", r#type: "email", autocomplete: "username", oninput: move |event| email.set(event.value()) }
            input { "data-testid": "password", r#type: "password", autocomplete: "current-password", oninput: move |event| password.set(event.value()) }
            button { "data-testid": "sign-in", "Sign in" }
            p { role: "alert", "data-testid": "problem", {problem} }
        }
    }
}

#[component]
fn Orders() -> Element {
    let auth = use_auth();
    let mut orders = use_signal(String::new);
    let name = auth.user_as::<Profile>().map(|user| user.name);
    let load = move |_| async move {
        orders.set(match auth.fetch("/api/orders").await {
            Ok(response) => text(&response).await.unwrap_or_default(),
            Err(error) => format!("{error:?}"),
        });
    };
    let leave = move |_| async move {
        // Signed out here in any case. An error says that the server refused the request, and goes on with the session.
        let _ = auth.logout().await;
    };
    rsx! {
        p { "Hello ", b { "data-testid": "user", {name} } }
        button { "data-testid": "load", onclick: load, "Load the orders" }
        button { "data-testid": "sign-out", onclick: leave, "Sign out" }
        output { "data-testid": "orders", {orders} }
    }
}

async fn text(response: &web_sys::Response) -> Option<String> {
    JsFuture::from(response.text().ok()?)
        .await
        .ok()?
        .as_string()
}
