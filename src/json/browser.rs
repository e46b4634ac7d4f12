use js_sys::Array;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use super::Json;

#[wasm_bindgen(module = "/src/json/browser.js")]
extern "C" {
    fn parse(text: &str) -> JsValue;
    fn member(value: &JsValue, name: &str) -> JsValue;
    #[wasm_bindgen(js_name = isObject)]
    fn is_object(value: &JsValue) -> bool;
    #[wasm_bindgen(js_name = listOf)]
    fn list_of(value: &JsValue) -> Array;
    fn item(value: &JsValue, index: u32) -> JsValue;
    fn seconds(value: &JsValue) -> JsValue;
}

#[wasm_bindgen]
extern "C" {
    /// Cannot fail for what `parse` gave: it does not nest deep and holds no BigInt.
    #[wasm_bindgen(js_namespace = JSON)]
    fn stringify(value: &JsValue) -> String;
    /// Makes members of its own, whatever their names: to set `__proto__` would be something else.
    #[wasm_bindgen(js_namespace = Object, js_name = fromEntries)]
    fn from_entries(list: &Array) -> JsValue;
}

#[derive(Clone)]
pub(super) struct Value(JsValue);

impl Value {
    pub(super) fn null() -> Value {
        Value(JsValue::NULL)
    }

    pub(super) fn string(text: &str) -> Value {
        Value(text.into())
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "far below 2^53 for any date or count that occurs"
    )]
    pub(super) fn number(number: i64) -> Value {
        Value((number as f64).into())
    }

    pub(super) fn bool(truth: bool) -> Value {
        Value(truth.into())
    }

    pub(super) fn array(items: Vec<Json>) -> Value {
        let list = Array::new();
        for item in &items {
            list.push(item.as_js());
        }
        Value(list.into())
    }

    pub(super) fn object(members: Vec<(&str, Json)>) -> Value {
        let list = Array::new();
        for (name, value) in &members {
            list.push(&Array::of2(&(*name).into(), value.as_js()));
        }
        Value(from_entries(&list))
    }

    pub(super) fn parse(text: &str) -> Option<Value> {
        Value::present(parse(text))
    }

    pub(super) fn text(&self) -> String {
        stringify(&self.0)
    }

    pub(super) fn to<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_wasm_bindgen::from_value(self.0.clone()).map_err(|error| error.to_string())
    }

    pub(super) fn get(&self, name: &str) -> Option<Value> {
        Value::present(member(&self.0, name))
    }

    pub(super) fn entries(&self) -> Vec<(String, Json)> {
        let list = list_of(&self.0);
        let mut entries = Vec::new();
        let mut next = 0;
        while let Some(name) = list.get(next).as_string() {
            entries.push((name, Json(Value(list.get(next + 1)))));
            next += 2;
        }
        entries
    }

    pub(super) fn at(&self, index: usize) -> Option<Value> {
        let index = u32::try_from(index).ok()?;
        Value::present(item(&self.0, index))
    }

    pub(super) fn is_object(&self) -> bool {
        is_object(&self.0)
    }

    pub(super) fn is_null(&self) -> bool {
        self.0.is_null()
    }

    pub(super) fn as_string(&self) -> Option<String> {
        self.0.as_string()
    }

    pub(super) fn as_f64(&self) -> Option<f64> {
        self.0.as_f64()
    }

    pub(super) fn as_seconds(&self) -> Option<f64> {
        seconds(&self.0).as_f64()
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        self.0.as_bool()
    }

    pub(super) fn as_js(&self) -> &JsValue {
        &self.0
    }

    /// JSON has no `undefined`: it stands for what is not there.
    fn present(value: JsValue) -> Option<Value> {
        (!value.is_undefined()).then_some(Value(value))
    }
}
