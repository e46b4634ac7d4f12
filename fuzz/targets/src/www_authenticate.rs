//! `wants_step_up` and `challenges` on any text. Of the first: What it says does not depend on upper and lower case nor on other challenges before and
//! behind; it says yes only where a parameter `error` begins with the one word, and always where a challenge in the form
//! of RFC 9110 §11.6.1 has exactly that error.

use hallpass::core::wants_step_up;
use hallpass::sso::challenges;

const WORD: &str = "insufficient_user_authentication";

/// What the file begins with, of this input.
///
/// # Panics
/// If it does not hold.
pub fn check(text: &str) {
    lists(text);
    let wants = wants_step_up(text);
    assert_eq!(wants, wants_step_up(&text.to_ascii_uppercase()));
    assert_eq!(wants, wants_step_up(&text.to_ascii_lowercase()));
    let lower = text.to_ascii_lowercase();
    let begins = [" ", ","].iter().any(|before| {
        ["", "\""]
            .iter()
            .any(|quote| lower.contains(&format!("{before}error={quote}{WORD}")))
    });
    assert_eq!(wants, begins);
    for other in [
        "Basic realm=\"a\"",
        "Bearer",
        "DPoP error=\"invalid_token\"",
    ] {
        let (before, behind) = (format!("{other}, {text}"), format!("{text}, {other}"));
        assert!(!wants || (wants_step_up(&before) && wants_step_up(&behind)));
    }
    if let Some(errors) = errors(&lower) {
        assert!(
            wants || errors.iter().all(|error| error != WORD),
            "{errors:?}"
        );
    }
}

/// `challenges`: the scheme has no case, what comes behind takes nothing away, and what is said stands there.
fn lists(text: &str) {
    const NONCE: &str = "use_dpop_nonce";
    let says = challenges(text, "DPoP", "error", NONCE);
    assert_eq!(says, challenges(text, "dpop", "ERROR", NONCE));
    if says {
        assert!(text.replace('\\', "").contains(NONCE));
        assert!(text.to_ascii_lowercase().contains("dpop"));
        let more = format!("{text}, Basic realm=\"a\"");
        assert!(challenges(&more, "DPoP", "error", NONCE));
    }
    let behind = format!("Bearer realm=\"a, DPoP\", DPoP error=\"{NONCE}\", {text}");
    assert!(challenges(&behind, "DPoP", "error", NONCE));
}

/// The parameters `error` of all challenges, if the text is a list of challenges as they are usually written.
fn errors(text: &str) -> Option<Vec<String>> {
    let mut errors = Vec::new();
    let mut rest = text;
    let mut is_first = true;
    loop {
        let (name, after) = token(rest)?;
        if let Some(value) = after.strip_prefix('=') {
            if is_first {
                return None; // a parameter of no challenge
            }
            let (value, after) = match value.strip_prefix('"') {
                Some(quoted) => quoted
                    .split_once('"')
                    .map(|(text, after)| (text.to_owned(), after))?,
                None => token(value).map(|(text, after)| (text.to_owned(), after))?,
            };
            if value.contains('\\') {
                return None; // a quoted pair, which no error code needs
            }
            if name == "error" {
                errors.push(value);
            }
            rest = after;
        } else if let Some(params) = after.strip_prefix(' ') {
            rest = params;
            is_first = false;
            token(rest)?.1.strip_prefix('=')?;
            continue;
        } else {
            rest = after; // a scheme alone
            is_first = false;
        }
        if rest.is_empty() {
            return Some(errors);
        }
        rest = rest.strip_prefix(", ").or_else(|| rest.strip_prefix(','))?;
    }
}

/// RFC 9110 §5.6.2.
fn token(text: &str) -> Option<(&str, &str)> {
    let is_part = |char: char| char.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(char);
    let end = text.find(|char| !is_part(char)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}
