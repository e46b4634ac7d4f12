//! Without: by the page's `fetch`.

use leptos::prelude::*;
use serde_json::Value;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

pub(crate) type Auth = RwSignal<bool>;

pub(crate) fn provide() -> Auth {
    RwSignal::new(false)
}

pub(crate) fn is_signed_in(auth: Auth) -> bool {
    auth.get()
}

pub(crate) async fn login(auth: Auth, credentials: &Value) -> Result<(), String> {
    let init = js_sys::Object::new();
    let set = |name: &str, value: &str| js_sys::Reflect::set(&init, &name.into(), &value.into());
    let _ = (set("method", "POST"), set("body", &credentials.to_string()));
    let promise = window().fetch_with_str_and_init("/auth/login", init.unchecked_ref());
    let response: Response = JsFuture::from(promise)
        .await
        .map_err(|_| "no answer")?
        .unchecked_into();
    auth.set(response.ok());
    response
        .ok()
        .then_some(())
        .ok_or_else(|| "not signed in".into())
}

pub(crate) async fn fetch(_: Auth, url: &str) -> Option<Response> {
    let response = JsFuture::from(window().fetch_with_str(url)).await;
    response.ok().map(JsCast::unchecked_into)
}

pub(crate) async fn logout(auth: Auth) {
    auth.set(false);
}
