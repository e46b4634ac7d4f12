use serde::de::DeserializeOwned;
use serde_json::Value as Tree;

use super::{Json, date};

#[derive(Clone)]
pub(super) struct Value(Tree);

impl Value {
    pub(super) fn null() -> Value {
        Value(Tree::Null)
    }

    pub(super) fn string(text: &str) -> Value {
        Value(text.into())
    }

    pub(super) fn number(number: i64) -> Value {
        Value(number.into())
    }

    pub(super) fn bool(truth: bool) -> Value {
        Value(truth.into())
    }

    pub(super) fn array(items: Vec<Json>) -> Value {
        let items = items.into_iter().map(|Json(Value(tree))| tree);
        Value(Tree::Array(items.collect()))
    }

    pub(super) fn object(members: Vec<(&str, Json)>) -> Value {
        Value(Tree::Object(
            members
                .into_iter()
                .map(|(name, Json(Value(tree)))| (name.into(), tree))
                .collect(),
        ))
    }

    pub(super) fn parse(text: &str) -> Option<Value> {
        serde_json::from_str(text).ok().map(Value)
    }

    pub(super) fn text(&self) -> String {
        self.0.to_string()
    }

    pub(super) fn to<T: DeserializeOwned>(&self) -> Result<T, String> {
        T::deserialize(&self.0).map_err(|error| error.to_string())
    }

    pub(super) fn get(&self, name: &str) -> Option<Value> {
        self.0.get(name).cloned().map(Value)
    }

    pub(super) fn entries(&self) -> Vec<(String, Json)> {
        match &self.0 {
            Tree::Object(members) => members
                .iter()
                .map(|(name, value)| (name.clone(), Json(Value(value.clone()))))
                .collect(),
            Tree::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, value)| (index.to_string(), Json(Value(value.clone()))))
                .collect(),
            _ => Vec::new(),
        }
    }

    pub(super) fn at(&self, index: usize) -> Option<Value> {
        self.0.as_array()?.get(index).cloned().map(Value)
    }

    pub(super) fn is_object(&self) -> bool {
        self.0.is_object()
    }

    pub(super) fn is_null(&self) -> bool {
        self.0.is_null()
    }

    pub(super) fn as_string(&self) -> Option<String> {
        self.0.as_str().map(Into::into)
    }

    pub(super) fn as_f64(&self) -> Option<f64> {
        self.0.as_f64()
    }

    pub(super) fn as_seconds(&self) -> Option<f64> {
        let Some(text) = self.0.as_str() else {
            return self.as_f64();
        };
        let number = text.trim();
        let is_part = |byte: u8| byte.is_ascii_digit() || b".eE+-".contains(&byte);
        if number.bytes().all(is_part)
            && let Ok(number) = number.parse()
        {
            return Some(number).filter(|number| *number != 0.0);
        }
        date::seconds(text)
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        self.0.as_bool()
    }
}
