//! JSON as hallpass holds it: members in a list, numbers as JavaScript has them.
//!
//! `serde_json` reads and writes it. Its own `Value` keeps members in a B-tree,
//! which in WebAssembly weighs as much as the whole parser.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as precise as JavaScript's.
    Number(f64),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object, in the order of its members.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads JSON text. `None`: it is none, or nests more than 128 deep.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Json> {
        serde_json::from_slice(text).ok()
    }

    /// The member `name` of an object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.as_object()?
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    /// The members of an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&[(String, Json)]> {
        if let Json::Object(members) = self {
            Some(members)
        } else {
            None
        }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Json::String(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// The number.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        if let Json::Number(number) = self {
            Some(*number)
        } else {
            None
        }
    }

    /// The number, if it is whole and exact.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "looked at first")]
    pub fn as_i64(&self) -> Option<i64> {
        self.as_f64()
            .filter(|number| is_whole(*number))
            .map(|number| number as i64)
    }

    /// The truth value.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Json::Bool(truth) = self {
            Some(*truth)
        } else {
            None
        }
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    /// The frame is written here, names and leaves by `serde_json`: its serializer for a whole tree is much larger.
    fn write(&self, text: &mut String) {
        match self {
            Json::Null => text.push_str("null"),
            Json::Bool(truth) => text.push_str(if *truth { "true" } else { "false" }),
            #[allow(clippy::cast_possible_truncation, reason = "looked at first")]
            Json::Number(number) if is_whole(*number) => text.push_str(&leaf(&(*number as i64))),
            Json::Number(number) => text.push_str(&leaf(number)),
            Json::String(string) => text.push_str(&leaf(string.as_str())),
            Json::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    text.push(if index == 0 { '[' } else { ',' });
                    item.write(text);
                }
                text.push_str(if items.is_empty() { "[]" } else { "]" });
            }
            Json::Object(members) => {
                for (index, (name, value)) in members.iter().enumerate() {
                    text.push(if index == 0 { '{' } else { ',' });
                    text.push_str(&leaf(name.as_str()));
                    text.push(':');
                    value.write(text);
                }
                text.push_str(if members.is_empty() { "{}" } else { "}" });
            }
        }
    }

    /// An object.
    #[must_use]
    pub fn object(members: Vec<(&str, Json)>) -> Json {
        Json::Object(
            members
                .into_iter()
                .map(|(name, value)| (name.into(), value))
                .collect(),
        )
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::String(text.into())
    }
}

impl From<i64> for Json {
    #[allow(
        clippy::cast_precision_loss,
        reason = "far below 2^53 for any date or count that occurs"
    )]
    fn from(number: i64) -> Json {
        Json::Number(number as f64)
    }
}

impl From<bool> for Json {
    fn from(truth: bool) -> Json {
        Json::Bool(truth)
    }
}

/// A string or number cannot fail to be written.
fn leaf<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Within ±2^53 every whole number is exact.
fn is_whole(number: f64) -> bool {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    number.trunc() == number && (-EXACT..=EXACT).contains(&number)
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Null => serializer.serialize_unit(),
            Json::Bool(truth) => serializer.serialize_bool(*truth),
            Json::Number(number) => serializer.serialize_f64(*number),
            Json::String(text) => serializer.serialize_str(text),
            Json::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Json::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Json, E> {
        Ok(Json::Bool(truth))
    }

    #[allow(clippy::cast_precision_loss, reason = "as JavaScript reads it")]
    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number as f64))
    }

    #[allow(clippy::cast_precision_loss, reason = "as JavaScript reads it")]
    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Json::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::String(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut list: Vec<(String, Json)> = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value()?;
            // Of a name that stands twice the last one counts, as in JavaScript.
            match list.iter_mut().find(|(known, _)| *known == name) {
                Some((_, place)) => *place = value,
                None => list.push((name, value)),
            }
        }
        Ok(Json::Object(list))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_was_read() {
        let text = r#"{"a":[1,-2.5,true,null,"\n\u0000é"],"b":{},"c":1e300,"d":9007199254740992}"#;
        let json = Json::parse(text.as_bytes());
        let again = json
            .as_ref()
            .and_then(|json| Json::parse(json.text().as_bytes()));
        assert!(json.is_some());
        assert_eq!(json, again);
    }

    #[test]
    fn of_a_name_that_stands_twice_the_last_one_counts() {
        let json = Json::parse(br#"{"a":1,"b":2,"a":3}"#);
        assert_eq!(
            json.as_ref().and_then(|json| json.get("a")?.as_i64()),
            Some(3)
        );
    }

    #[test]
    fn text_that_is_no_json_is_none() {
        for text in ["", "{", "{\"a\":1}x", "\u{feff}{}", "nul", "'a'", "1e999"] {
            assert_eq!(Json::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Json::parse("[".repeat(100_000).as_bytes()), None);
        assert_eq!(Json::parse(b"\"\xff\""), None);
    }

    #[test]
    fn only_whole_exact_numbers_are_integers() {
        assert_eq!(Json::Number(1.5).as_i64(), None);
        assert_eq!(Json::Number(1e300).as_i64(), None);
        assert_eq!(Json::Number(-7.0).as_i64(), Some(-7));
    }
}
