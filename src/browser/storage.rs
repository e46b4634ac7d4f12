//! The store: Web Storage behind a probe, or the app's own.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
use wasm_bindgen::JsCast as _;

use crate::browser::scope::global;
use crate::core::{Secret, StorageKind, StoreFailure};

/// What a [`CustomStore`] returns.
pub type StoreFuture<T> = Pin<Box<dyn Future<Output = Result<T, ()>>>>;

/// A store of the app's own. `Err(())`: it did not do it.
pub trait CustomStore {
    /// The value under `key`.
    fn get(&self, key: &str) -> StoreFuture<Option<String>>;
    /// Writes `value` under `key`.
    fn set(&self, key: &str, value: &str) -> StoreFuture<()>;
    /// Removes `key`.
    fn remove(&self, key: &str) -> StoreFuture<()>;
}

/// What is to be done with the store.
pub(crate) enum Work {
    Load,
    Save(Secret),
    Remove,
}

/// What came of it.
pub(crate) enum Done {
    Loaded(Result<Option<Secret>, StoreFailure>),
    Saved(Result<(), StoreFailure>),
}

pub(crate) struct Store {
    key: String,
    kind: StorageKind,
    custom: Option<Rc<dyn CustomStore>>,
}

impl Store {
    pub(crate) fn new(key: &str, kind: StorageKind, custom: Option<Rc<dyn CustomStore>>) -> Store {
        Store {
            key: ["hallpass:", key].concat(),
            kind,
            custom,
        }
    }

    /// Web Storage answers at once; the app's own store is awaited.
    pub(crate) fn is_immediate(&self) -> bool {
        self.custom.is_none()
    }

    pub(crate) fn carry_out(&self, work: Work) -> Done {
        let storage = web_storage(self.kind);
        match work {
            Work::Load => Done::Loaded(
                storage
                    .and_then(|storage| storage.get_item(&self.key).map_err(|_| StoreFailure))
                    .map(|value| value.map(Secret::new)),
            ),
            Work::Save(value) => Done::Saved(storage.and_then(|storage| {
                storage
                    .set_item(&self.key, value.expose())
                    .map_err(|_| StoreFailure)
            })),
            Work::Remove => Done::Saved(
                storage
                    .and_then(|storage| storage.remove_item(&self.key).map_err(|_| StoreFailure)),
            ),
        }
    }

    pub(crate) async fn carry_out_custom(&self, work: Work) -> Done {
        let Some(custom) = &self.custom else {
            return self.carry_out(work);
        };
        match work {
            Work::Load => Done::Loaded(
                custom
                    .get(&self.key)
                    .await
                    .map(|value| value.map(Secret::new))
                    .map_err(|()| StoreFailure),
            ),
            Work::Save(value) => Done::Saved(
                custom
                    .set(&self.key, value.expose())
                    .await
                    .map_err(|()| StoreFailure),
            ),
            Work::Remove => Done::Saved(custom.remove(&self.key).await.map_err(|()| StoreFailure)),
        }
    }
}

/// gloo-storage's `raw()` throws where storage is blocked and in workers: look first.
fn web_storage(kind: StorageKind) -> Result<web_sys::Storage, StoreFailure> {
    let (name, raw): (_, fn() -> web_sys::Storage) = match kind {
        StorageKind::Local => ("localStorage", LocalStorage::raw),
        StorageKind::Session => ("sessionStorage", SessionStorage::raw),
        StorageKind::Memory | StorageKind::Custom => return Err(StoreFailure),
    };
    let is_window = !global("window").is_undefined();
    if is_window && global(name).dyn_ref::<web_sys::Storage>().is_some() {
        Ok(raw())
    } else {
        Err(StoreFailure)
    }
}
