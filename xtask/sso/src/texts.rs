//! How a module answers JavaScript: texts go in and out through its memory. `crate::decide` is what it knows.

use crate::sso::Form;

/// Room for a text of so many bytes.
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    let mut text = Vec::with_capacity(length);
    let start = text.as_mut_ptr();
    std::mem::forget(text);
    start
}

/// Answers the call in [`room`]: texts, a zero behind each. The first is the name of a decision; then come forms, each with an empty text
/// behind it. Gives the same: names and values, and an empty text.
///
/// # Safety
/// There has to be UTF-8 of that length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn call(start: *const u8, length: usize) -> *const u8 {
    // SAFETY: as above.
    let text = unsafe { std::str::from_utf8_unchecked(std::slice::from_raw_parts(start, length)) };
    let mut texts = Texts(text);
    let decision = texts.next().unwrap_or_default();
    let mut forms = Vec::new();
    let mut form = Form::default();
    while let Some(name) = texts.next() {
        if name.is_empty() {
            forms.push(std::mem::take(&mut form));
        } else {
            form.push(name, texts.next().unwrap_or_default());
        }
    }
    let mut answer = String::new();
    for (name, value) in crate::decide(decision, &forms).entries() {
        answer.push_str(name);
        answer.push_str(END);
        answer.push_str(value);
        answer.push_str(END);
    }
    answer.push_str(END);
    answer.leak().as_ptr()
}

/// Behind each text.
const END: &str = "\0";

struct Texts<'a>(&'a str);

impl<'a> Iterator for Texts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let end = self.0.bytes().position(|byte| byte == 0)?;
        let text = self.0.get(..end)?;
        self.0 = self.0.get(end + 1..)?;
        Some(text)
    }
}
