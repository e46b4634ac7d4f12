//! `WWW-Authenticate` as what it is: a list of challenges, each with a list of parameters (RFC 9110 §11.6.1).

/// Whether a challenge of this scheme has this parameter with this value. Names count without regard to case; a text that is no such list ends where it is none.
#[must_use]
pub fn challenges(header: &str, scheme: &str, name: &str, value: &str) -> bool {
    let mut rest = header;
    let mut is_scheme = false;
    loop {
        rest = rest.trim_start_matches([',', ' ', '\t']);
        let Some((word, after)) = token(rest) else {
            return false;
        };
        let behind = after.trim_start_matches([' ', '\t']);
        let Some(given) = behind.strip_prefix('=') else {
            // A scheme: a blank and its first parameter, a comma, or nothing comes behind it.
            if !after.is_empty() && !after.starts_with([' ', '\t', ',']) {
                return false;
            }
            is_scheme = word.eq_ignore_ascii_case(scheme);
            rest = after;
            continue;
        };
        if is_padding(given) {
            rest = given.trim_start_matches('=');
            continue;
        }
        let Some((text, after)) = text(given.trim_start_matches([' ', '\t'])) else {
            return false;
        };
        if is_scheme && word.eq_ignore_ascii_case(name) && text == value {
            return true;
        }
        rest = after;
    }
}

/// Whether `=` was the end of a `token68`, as in `Negotiate YII=`. `text` stands behind it.
fn is_padding(text: &str) -> bool {
    let rest = text.trim_start_matches(['=', ' ', '\t']);
    rest.is_empty() || rest.starts_with(',')
}

/// RFC 9110 §5.6.2, and the characters of a `token68` (§11.2).
fn token(text: &str) -> Option<(&str, &str)> {
    let is_part = |char: char| char.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~/".contains(char);
    let end = text.find(|char| !is_part(char)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at_checked(end))?
}

/// A token, or a quoted string (§5.6.4).
fn text(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        return token(text).map(|(word, rest)| (word.to_owned(), rest));
    };
    let mut out = String::new();
    let mut is_escaped = false;
    for (at, char) in quoted.char_indices() {
        if is_escaped {
            out.push(char);
            is_escaped = false;
        } else if char == '\\' {
            is_escaped = true;
        } else if char == '"' {
            return Some((out, quoted.get(at + 1..)?));
        } else {
            out.push(char);
        }
    }
    None
}
