//! Names of the table as Rust writes them.

/// `refreshToken` as `RefreshToken`.
pub(super) fn variant(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    [&first.to_uppercase(), rest].concat()
}

/// `refreshToken` as `REFRESH_TOKEN`.
pub(super) fn constant(word: &str) -> String {
    let mut name = String::new();
    for char in word.chars() {
        if char.is_uppercase() {
            name.push('_');
        }
        name.extend(char.to_uppercase());
    }
    name
}
