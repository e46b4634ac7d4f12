//! Numbers and bytes as text that compresses well. `xtask/unpack` reads it.
//!
//! Printable ASCII, less what a string literal or an HTML page would have to escape. Numbers end with one
//! character, and lowercase letters begin those that are longer: brotli models what follows a character by its class.

use anyhow::{Context, Result};

/// The last digits of numbers.
const ENDS: &str = " !#%&'()*+,-./0123456789:;=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_";

/// Those before. None of them is a zero, so that each number is written in one way.
const MORE: &str = "abcdefghijklmnopqrstuvwxyz{|}~";

/// How many numbers are one character.
pub(crate) const SHORT: usize = ENDS.len();

/// From here on, a character of [`bytes`] begins one of two.
const ESCAPE: char = 'z';

/// Numbers, one after the other.
pub(crate) fn numbers(numbers: impl IntoIterator<Item = u32>) -> Result<String> {
    let mut text = String::new();
    for number in numbers {
        let mut rest = usize::try_from(number)?;
        let mut digits = vec![digit(ENDS, rest % ENDS.len())?];
        rest /= ENDS.len();
        while rest > 0 {
            rest -= 1;
            digits.push(digit(MORE, rest % MORE.len())?);
            rest /= MORE.len();
        }
        text.extend(digits.iter().rev());
    }
    Ok(text)
}

/// Bytes of which most are text, and stand for themselves.
pub(crate) fn bytes(bytes: &[u8]) -> Result<String> {
    let mut text = String::new();
    for &byte in bytes {
        let char = char::from(byte);
        if char < ESCAPE && (ENDS.contains(char) || MORE.contains(char)) {
            text.push(char);
        } else {
            let (first, second) = (usize::from(byte) / SHORT, usize::from(byte) % SHORT);
            text.extend((ESCAPE..).nth(first));
            text.push(digit(ENDS, second)?);
        }
    }
    Ok(text)
}

fn digit(digits: &str, value: usize) -> Result<char> {
    digits.chars().nth(value).context("no such digit")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_number_is_written_in_one_way() {
        let all = 0..60 * 31 * 31;
        let written: HashSet<String> = all.clone().flat_map(|number| numbers([number])).collect();
        assert_eq!(written.len(), all.len());
        assert_eq!(numbers([0, 59, 60, 60 * 31]).unwrap_or_default(), " _a aa ");
    }

    #[test]
    fn bytes_are_plain_characters() {
        let all: Vec<u8> = (0..=u8::MAX).collect();
        let text = bytes(&all).unwrap_or_default();
        assert!(!text.contains(['"', '\\', '$', '<', '`']));
        assert!(text.bytes().all(|byte| (32..127).contains(&byte)));
        // 85 characters stand for themselves.
        assert_eq!(text.len(), 85 + 2 * (256 - 85));
    }
}
