//! Text search without the standard library's, whose patterns are large in WebAssembly.

/// Whether `part` stands in `text`, upper and lower case of ASCII being the same.
pub(super) fn mentions(text: &str, part: &str) -> bool {
    text.as_bytes()
        .windows(part.len().max(1))
        .any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn a_part_is_found_wherever_it_stands() {
        assert!(
            mentions("CSRF_failed", "csrf") && mentions("bad xsrf", "XSRF") && mentions("a b", " ")
        );
        assert!(!mentions("csr", "csrf") && !mentions("", "a") && !mentions("abc", ""));
    }
}
