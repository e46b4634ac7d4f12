//! Web Storage behind a probe.

#[cfg(not(feature = "js"))]
use gloo_storage::Storage as _;
use wasm_bindgen::prelude::*;

use crate::core::{LoadFailure, Secret, StorageKind, StoreFailure};

#[wasm_bindgen(module = "/src/browser/page.js")]
extern "C" {
    /// `undefined` where it is blocked, and in workers.
    #[wasm_bindgen(js_name = webStorage)]
    fn web_storage(name: &str) -> Option<web_sys::Storage>;
}

fn open(kind: StorageKind) -> Result<web_sys::Storage, StoreFailure> {
    let found = match kind {
        StorageKind::Local => web_storage("localStorage"),
        StorageKind::Session => web_storage("sessionStorage"),
        StorageKind::Memory | StorageKind::Custom => None,
    };
    // Where gloo-storage would throw, there is none.
    #[cfg(not(feature = "js"))]
    let found = found.map(|_| match kind {
        StorageKind::Session => gloo_storage::SessionStorage::raw(),
        _ => gloo_storage::LocalStorage::raw(),
    });
    found.ok_or(StoreFailure)
}

pub(crate) fn load(kind: StorageKind, key: &str) -> Result<Option<Secret>, LoadFailure> {
    let value = open(kind)?.get_item(key).map_err(|_| StoreFailure)?;
    Ok(value.map(Secret::new))
}

pub(crate) fn save(kind: StorageKind, key: &str, value: &Secret) -> Result<(), StoreFailure> {
    open(kind)?
        .set_item(key, value.expose())
        .map_err(|_| StoreFailure)
}

pub(crate) fn remove(kind: StorageKind, key: &str) -> Result<(), StoreFailure> {
    open(kind)?.remove_item(key).map_err(|_| StoreFailure)
}
