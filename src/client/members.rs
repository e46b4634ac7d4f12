//! Objects for JavaScript, and lists of strings.

use js_sys::{Array, Object};
use wasm_bindgen::JsValue;

/// The members of an object in JavaScript, by the names that they have there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members(Vec<(&'static str, JsValue)>);

impl Members {
    /// With this one, or another value in its place. What is `undefined` is not given.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<JsValue>) {
        self.0.retain(|(known, _)| *known != name);
        let value = value.into();
        if !value.is_undefined() {
            self.0.push((name, value));
        }
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name)?.as_string()
    }

    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.as_f64()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One more in the list of this name.
    pub(crate) fn add(&mut self, name: &'static str, item: JsValue) {
        let list = Array::new();
        if let Some(known) = self.get(name) {
            list.push(known);
        }
        let list = list.flat(1);
        list.push(&item);
        self.set(name, list);
    }

    pub(crate) fn object(&self) -> JsValue {
        object(self.0.iter().map(|(name, value)| (*name, value.clone())))
    }

    fn get(&self, name: &str) -> Option<&JsValue> {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value)
    }
}

pub(crate) fn object<'a>(members: impl Iterator<Item = (&'a str, JsValue)>) -> JsValue {
    let entries: Array = members
        .map(|(name, value)| Array::of2(&name.into(), &value))
        .collect();
    Object::from_entries(&entries).map_or(JsValue::UNDEFINED, JsValue::from)
}

/// `undefined` if there are none.
pub(crate) fn table(pairs: &[(String, String)]) -> JsValue {
    if pairs.is_empty() {
        return JsValue::UNDEFINED;
    }
    object(
        pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.into())),
    )
}

pub(crate) fn texts(items: &[String]) -> JsValue {
    let list: Array = items.iter().map(JsValue::from).collect();
    list.into()
}
