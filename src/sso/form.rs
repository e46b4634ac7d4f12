use std::fmt;

/// Names and values in their order, as `application/x-www-form-urlencoded` has them (WHATWG URL §5). A JSON object stands here with its
/// members that are no objects: a string as it is, other values as their JSON, and a list as several members of one name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads such a text, also one that begins with `?` or `#`. What is no UTF-8 is empty.
    #[must_use]
    pub fn parse(text: &str) -> Form {
        let text = text.strip_prefix(['?', '#']).unwrap_or(text);
        let mut form = Form::default();
        for pair in text.split('&') {
            if !pair.is_empty() {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                form.0.push((decoded(name), decoded(value)));
            }
        }
        form
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.0 {
            if !text.is_empty() {
                text.push('&');
            }
            encode(name, &mut text);
            text.push('=');
            encode(value, &mut text);
        }
        text
    }

    /// The first value of this name, or an empty text.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.nth(name, 0).unwrap_or_default()
    }

    /// The value of this name that has `earlier` others before it.
    #[must_use]
    #[inline(never)]
    pub fn nth(&self, name: &str, mut earlier: usize) -> Option<&str> {
        for (own, value) in &self.0 {
            if own == name {
                if earlier == 0 {
                    return Some(value);
                }
                earlier -= 1;
            }
        }
        None
    }

    /// Whether there is this value of this name.
    #[must_use]
    #[inline(never)]
    pub fn has(&self, name: &str, value: &str) -> bool {
        let mut entries = self.0.iter();
        entries.any(|(own, one)| own == name && one == value)
    }

    /// Whether the name stands more than once.
    #[must_use]
    pub fn repeats(&self, name: &str) -> bool {
        self.nth(name, 1).is_some()
    }

    /// The number of this name, if it is one without a sign.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        // Far above each time and count, and far below what overflows.
        const MOST_DIGITS: usize = 15;
        let text = self.get(name);
        let whole = text.bytes().take_while(|byte| *byte != b'.');
        let mut number = 0;
        let mut digits = 0;
        for byte in whole {
            digits += 1;
            if !byte.is_ascii_digit() || digits > MOST_DIGITS {
                return None;
            }
            number = number * 10 + u64::from(byte - b'0');
        }
        (digits > 0).then_some(number)
    }

    /// Adds a member.
    #[inline(never)]
    pub fn push(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// Adds a member, unless its value is empty.
    pub fn put(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.push(name, value);
        }
    }

    /// Adds all values that `other` has of this name.
    #[inline(never)]
    pub fn copy(&mut self, other: &Form, name: &str) {
        for (own, value) in &other.0 {
            if own == name {
                self.put(name, value);
            }
        }
    }

    /// The same for each of these names.
    #[inline(never)]
    pub fn copy_all(&mut self, other: &Form, names: &[&str]) {
        for name in names {
            self.copy(other, name);
        }
    }

    /// The members.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }
}

/// The values may be secrets.
impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

fn encode(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |number: u8| char::from(HEX.get(usize::from(number)).copied().unwrap_or(b'0'));
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'*') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(digit(byte >> 4));
            out.push(digit(byte & 15));
        }
    }
}

fn decoded(text: &str) -> String {
    let digit = |byte: Option<&u8>| match byte {
        Some(byte @ b'0'..=b'9') => Some(byte - b'0'),
        Some(byte @ (b'a'..=b'f' | b'A'..=b'F')) => Some((byte | 32) - b'a' + 10),
        _ => None,
    };
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        let escaped = digit(bytes.get(at)).zip(digit(bytes.get(at + 1)));
        out.push(match (byte, escaped) {
            (b'%', Some((high, low))) => {
                at += 2;
                high << 4 | low
            }
            (b'+', _) => b' ',
            _ => byte,
        });
    }
    String::from_utf8(out).unwrap_or_default()
}
