//! With hallpass.

use hallpass_leptos::{Auth, Mode, Options, Status, provide_auth};
use serde_json::Value;
use web_sys::Response;

pub(crate) fn provide() -> Auth {
    provide_auth(Options::new(Mode::Hybrid))
}

pub(crate) fn is_signed_in(auth: Auth) -> bool {
    auth.status() == Status::SignedIn
}

pub(crate) async fn login(auth: Auth, credentials: &Value) -> Result<(), String> {
    let signed_in = auth.login(credentials).await;
    signed_in.map(drop).map_err(|error| error.message())
}

pub(crate) async fn fetch(auth: Auth, url: &str) -> Option<Response> {
    auth.fetch(url).await.ok()
}

pub(crate) async fn logout(auth: Auth) {
    let _ = auth.logout().await;
}
