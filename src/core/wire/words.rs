//! A server's own words for why it refuses, wherever its framework puts them.

use crate::core::port::answer::Answer;
use crate::core::wire::text::mentions;
use crate::json::Json;
use crate::jwt::dotted;

/// The longest piece of the server's own words that is kept, in characters.
const LONGEST_MESSAGE: usize = 300;
/// The longest code, in bytes.
const LONGEST_CODE: usize = 80;
/// How deep they are looked for: in a list, an error, its data, and what is named there.
const DEEPEST: u32 = 4;

/// Where they stand. What comes first is told where several of a kind are found: of the parts of an answer, not of the whole.
const NAMES: &str = "errors.error_description.message.msg.detail.reason.errorSummary.data.extensions.title.error.code.error_code.errorCode.type";
/// Up to here a sentence may stand, from here on a code.
const ERROR: usize = 10;
/// Often a URI, or the kind of a field.
const TYPE: usize = 14;

/// Words of who refuses since nobody is signed in.
const OF_THE_SESSION: &str = "authenti|credential|logged|login|log in|sign|session|token|expired";

/// Words of what stands before the endpoint, or in its place where there is none: Amazon's, Kong's, Azure's, and those of
/// frameworks whose route is missing.
const OF_A_GATEWAY: &str =
    "missing authentication token|no route|api key|subscription key|cannot post|route post";

#[derive(Default)]
pub(crate) struct Words {
    code: Found,
    message: Found,
    /// Every text that was looked at.
    all: String,
}

#[derive(Default)]
struct Found {
    text: Option<String>,
    /// A code under a code's name; a sentence, not the mere reason phrase of a status.
    is_sure: bool,
}

impl Found {
    fn put(&mut self, text: &str, is_sure: bool) {
        if self.is_sure || (self.text.is_some() && !is_sure) {
            return;
        }
        let mut kept = String::new();
        let is_kept = |char: &char| !char.is_control();
        for char in text.chars().filter(is_kept).take(LONGEST_MESSAGE) {
            kept.push(char);
        }
        if !kept.is_empty() {
            *self = Found {
                text: Some(kept),
                is_sure,
            };
        }
    }
}

impl Answer {
    /// `body` is what stands in it, if that is JSON.
    pub(crate) fn words(&self, body: Option<&Json>) -> Words {
        let mut words = Words::default();
        match body {
            Some(body) => words.read(body, 0, DEEPEST),
            None if self.status >= 400 && self.is_text() => words.sort(&self.body, 0),
            None => {}
        }
        words
    }

    /// Plain words. Some frameworks call them HTML; JSON that is cut off is none, as a token may stand in it.
    fn is_text(&self) -> bool {
        let first = self.body.bytes().next();
        first.is_some_and(|first| first.is_ascii_alphabetic())
    }

    /// A page of HTML: somebody else than the endpoint may have written it.
    pub(crate) fn is_page(&self) -> bool {
        self.is_html && !self.is_text()
    }
}

impl Words {
    /// What `place` in `NAMES` names, or what an item of it is.
    fn read(&mut self, value: &Json, place: usize, depth: u32) {
        if let Some(text) = value.as_string() {
            self.sort(&text, place);
            return;
        }
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        if let Some(first) = value.at(0) {
            self.read(&first, place, depth);
        }
        for (place, name) in dotted(NAMES).into_iter().enumerate() {
            if let Some(value) = value.get(name) {
                self.read(&value, place, depth);
            }
        }
        // Fields of a form, each with a list of what is wrong with it.
        let is_list = |(_, value): (String, Json)| value.at(0);
        if self.message.text.is_none()
            && let Some(first) = value.entries().into_iter().find_map(is_list)
        {
            self.read(&first, 0, depth);
        }
    }

    /// A code is one word of ASCII. Under another name than a code's it has to look like one, and a plain word with a capital
    /// is a reason phrase: "Forbidden".
    fn sort(&mut self, text: &str, place: usize) {
        self.all.push_str(text);
        self.all.push('\n');
        let is_code_name = place >= ERROR && place != TYPE;
        let mut bytes = text.bytes();
        let first = bytes.next().unwrap_or_default();
        let is_mark = |byte: u8| matches!(byte, b'_' | b'0'..=b'9' | b'A'..=b'Z');
        let is_word = text.len() <= LONGEST_CODE
            && first.is_ascii_alphabetic()
            && bytes.clone().all(|byte| byte.is_ascii_graphic())
            && !mentions(text, "//");
        if is_word && (bytes.any(is_mark) || (is_code_name && first.is_ascii_lowercase())) {
            self.code.put(text, is_code_name);
        } else if place <= ERROR {
            // Each word of a reason phrase has a capital.
            let mut pairs = text.as_bytes().windows(2);
            let is_small = |pair: &[u8]| pair.first() == Some(&b' ') && pair.last() > Some(&b'Z');
            self.message
                .put(text, pairs.any(is_small) || !text.is_ascii());
        }
    }

    pub(crate) fn code(&self) -> Option<&str> {
        self.code.text.as_deref()
    }

    /// The code, and the sentence.
    pub(crate) fn take(self) -> (Option<String>, Option<String>) {
        (self.code.text, self.message.text)
    }

    /// Whether they say more than the status does.
    pub(crate) fn say_why(&self) -> bool {
        self.code.text.is_some() || self.message.is_sure
    }

    pub(crate) fn mention_csrf(&self) -> bool {
        mentions(&self.all, "csrf|xsrf|forgery|authenticity")
    }

    pub(crate) fn are_of_the_session(&self) -> bool {
        mentions(&self.all, OF_THE_SESSION)
    }

    /// Whether it is not the endpoint that speaks, or not of what it was sent.
    pub(crate) fn are_of_the_way(&self) -> bool {
        self.mention_csrf() || mentions(&self.all, OF_A_GATEWAY)
    }
}

#[cfg(test)]
mod tests;
