//! Web Storage behind a probe.

use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
use wasm_bindgen::prelude::*;

use crate::core::{Secret, StorageKind, StoreFailure};

#[wasm_bindgen(module = "/src/browser/shell.js")]
extern "C" {
    #[wasm_bindgen(js_name = hasStorage)]
    fn has_storage(name: &str) -> bool;
}

/// gloo-storage's `raw()` throws where storage is blocked and in workers: look first.
fn open(kind: StorageKind) -> Result<web_sys::Storage, StoreFailure> {
    let (name, raw): (_, fn() -> web_sys::Storage) = match kind {
        StorageKind::Local => ("localStorage", LocalStorage::raw),
        StorageKind::Session => ("sessionStorage", SessionStorage::raw),
        StorageKind::Memory | StorageKind::Custom => return Err(StoreFailure),
    };
    if has_storage(name) {
        Ok(raw())
    } else {
        Err(StoreFailure)
    }
}

pub(crate) fn load(kind: StorageKind, key: &str) -> Result<Option<Secret>, StoreFailure> {
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
