//! Text search without the standard library's, whose patterns are large in WebAssembly.

/// Whether `part` stands in `text`, upper and lower case of ASCII being the same.
pub(super) fn mentions(text: &str, part: &str) -> bool {
    text.as_bytes()
        .windows(part.len().max(1))
        .any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

/// The whole number that `text` writes in ASCII digits, blanks around it aside. One that is too large is the largest.
pub(super) fn digits(text: &str) -> Option<i64> {
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
    use super::{digits, mentions};

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
    }
}
