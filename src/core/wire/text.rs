//! Text search without the standard library's, whose patterns are large in WebAssembly.

/// Whether one of `parts`, which `|` divides, stands in `text`, upper and lower case of ASCII being the same.
pub(crate) fn mentions(text: &str, parts: &str) -> bool {
    words_of(parts).any(|part| has_piece(text, part, part.len()))
}

/// Whether `text` is one of `words`, which `|` divides, upper and lower case of ASCII being the same.
pub(crate) fn is_any(text: &[u8], words: &str) -> bool {
    words_of(words).any(|word| word.eq_ignore_ascii_case(text))
}

/// One text takes less room than a list of them.
fn words_of(words: &str) -> impl Iterator<Item = &[u8]> {
    words.as_bytes().split(|byte| *byte == b'|')
}

/// A member's name however a backend writes it: in lower case, without `_`, `-` and what stands before the last `/`.
pub(crate) struct Plain {
    bytes: [u8; Plain::LONGEST],
    length: usize,
}

impl Plain {
    /// As long as the longest name that means something here.
    const LONGEST: usize = 18;

    /// `None`: it is too long to be a name that is known.
    pub(crate) fn of(name: &str) -> Option<Plain> {
        let mut plain = Plain {
            bytes: [0; Plain::LONGEST],
            length: 0,
        };
        for byte in name.bytes() {
            match byte {
                b'/' => plain.length = 0,
                b'_' | b'-' => {}
                byte => {
                    if let Some(slot) = plain.bytes.get_mut(plain.length) {
                        *slot = byte.to_ascii_lowercase();
                    }
                    plain.length += 1;
                }
            }
        }
        (plain.length <= Plain::LONGEST).then_some(plain)
    }

    pub(crate) fn is(&self, known: &str) -> bool {
        self.bytes.get(..self.length) == Some(known.as_bytes())
    }

    pub(crate) fn is_any(&self, known: &str) -> bool {
        is_any(self.bytes.get(..self.length).unwrap_or_default(), known)
    }
}

/// Whether `text` quotes the secret, or so long a piece of it that gives it away.
pub(crate) fn quotes(text: &str, secret: &str) -> bool {
    has_piece(text, secret.as_bytes(), secret.len().min(16))
}

fn has_piece(text: &str, whole: &[u8], length: usize) -> bool {
    let length = length.max(1);
    let mut pieces = whole.windows(length);
    pieces.any(|piece| {
        let mut windows = text.as_bytes().windows(length);
        windows.any(|window| window.eq_ignore_ascii_case(piece))
    })
}

/// The whole number that `text` writes in ASCII digits, blanks around it aside. One that is too large is the largest.
pub(crate) fn digits(text: &str) -> Option<i64> {
    let text = text.trim_ascii();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let add = |number: i64, digit: u8| number.wrapping_mul(10).wrapping_add((digit & 15).into());
    let is_small = text.len() <= 18;
    is_number.then(|| {
        if is_small {
            text.bytes().fold(0, add)
        } else {
            i64::MAX
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{digits, is_any, mentions, quotes};

    #[test]
    fn a_piece_of_a_secret_is_a_quote_of_it() {
        let secret = "abcdefghijklmnopqrstuvwxyz";
        for text in [secret, "x abcdefghijklmnop", "cdefghijklmnopqrs y"] {
            assert!(quotes(text, secret), "{text}");
        }
        assert!(quotes("the pin 1234 is wrong", "1234"));
        for (text, secret) in [("abcdefghijklmno", secret), ("123", "1234"), ("a", "")] {
            assert!(!quotes(text, secret), "{text}");
        }
    }

    #[test]
    fn a_number_is_digits() {
        assert_eq!(digits(" 0120 "), Some(120));
        assert_eq!(digits("99999999999999999999999"), Some(i64::MAX));
        for text in ["", " ", "-1", "+1", "1.5", "1e3", "١", "1 2"] {
            assert_eq!(digits(text), None, "{text}");
        }
    }

    #[test]
    fn a_part_is_found_wherever_it_stands() {
        assert!(
            mentions("CSRF_failed", "csrf") && mentions("bad xsrf", "XSRF") && mentions("a b", " ")
        );
        assert!(!mentions("csr", "csrf") && !mentions("", "a") && !mentions("abc", ""));
        assert!(mentions("an XSRF", "csrf|xsrf") && !mentions("a|b", "c|d"));
        assert!(is_any(b"Guest", "nobody|guest") && !is_any(b"gue", "guest") && !is_any(b"", "a"));
    }
}
