//! A small app in Dioxus on hallpass: sign in, call, sign out.

#[cfg(target_arch = "wasm32")]
mod app;

fn main() {
    #[cfg(target_arch = "wasm32")]
    dioxus::launch(app::App);
}
