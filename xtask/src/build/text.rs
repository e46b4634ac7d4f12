//! Bytes as text that compresses well: docs/decisions/0007.

use std::cmp::Reverse;
use std::collections::HashMap;

/// Printable ASCII, less what a string literal or an HTML page would have to escape. The last two begin codes
/// of two characters: digits do best there.
fn alphabet() -> Vec<char> {
    let is_plain = |char: &char| !"\"$<\\`01".contains(*char);
    let mut alphabet: Vec<char> = (' '..='~').filter(is_plain).collect();
    // Found by trying: brotli models what follows a character by its class.
    alphabet.rotate_left(32);
    alphabet.extend(['0', '1']);
    alphabet
}

/// A JavaScript module that exports the alphabet, the bytes (in hexadecimal) that one character stands for, and
/// the text. `pkg/src/inlined.js` reads it.
///
/// The common bytes are one character each. The others, in the order of their values, are two: the last of the
/// alphabet, then any of it.
pub(super) fn inline(bytes: &[u8]) -> String {
    let alphabet = alphabet();
    let (ends, prefixes) = alphabet.split_at(alphabet.len() - 2);
    let common = common(bytes, ends.len());
    let others = (0..=u8::MAX).filter(|byte| !common.contains(byte));
    let pairs = prefixes
        .iter()
        .flat_map(|first| alphabet.iter().map(move |second| [*first, *second]));

    let mut codes: HashMap<u8, String> = HashMap::new();
    codes.extend(common.iter().copied().zip(ends.iter().map(char::to_string)));
    codes.extend(others.zip(pairs.map(|pair| pair.iter().collect())));

    let text: String = bytes
        .iter()
        .filter_map(|byte| codes.get(byte))
        .map(String::as_str)
        .collect();
    let alphabet: String = alphabet.iter().collect();
    let common: String = common.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("export default[\"{alphabet}\",\"{common}\",\"{text}\"];\n")
}

/// The `count` bytes that occur most, in the order of their values.
fn common(bytes: &[u8], count: usize) -> Vec<u8> {
    let mut occurrences: HashMap<u8, usize> = HashMap::new();
    for byte in bytes {
        *occurrences.entry(*byte).or_default() += 1;
    }
    let mut ranked: Vec<u8> = (0..=u8::MAX).collect();
    ranked.sort_by_key(|byte| Reverse(occurrences.get(byte).copied()));
    ranked.truncate(count);
    ranked.sort_unstable();
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_a_code_of_its_own_in_plain_characters() {
        let bytes: Vec<u8> = (0..=u8::MAX).chain([7; 9]).collect();
        let js = inline(&bytes);
        let text = js.rsplit('"').nth(1).unwrap_or_default();
        // 88 bytes of one character, 168 of two, and nine of the most common one.
        assert_eq!(text.len(), 88 + 2 * 168 + 9);
        assert_eq!(js.matches('"').count(), 6);
        assert!(
            !js.contains(['\\', '$', '<', '`'])
                && js.trim_end().bytes().all(|b| (32..127).contains(&b))
        );
    }
}
