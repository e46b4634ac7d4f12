//! Credentials as JSON, of whose text nothing is left in memory.

use std::io::{self, Write};

use serde::Serialize;
use wasm_bindgen::JsValue;
use zeroize::Zeroizing;

/// `None`: JSON cannot hold them.
pub(super) fn json(credentials: &impl Serialize) -> Option<JsValue> {
    let mut text = Text::default();
    serde_json::to_writer(&mut text, credentials).ok()?;
    std::str::from_utf8(&text.0).ok().map(JsValue::from_str)
}

/// A text that overwrites what it leaves behind when it grows.
#[derive(Default)]
struct Text(Zeroizing<Vec<u8>>);

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.0.len() + bytes.len();
        if length > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(length * 2));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
