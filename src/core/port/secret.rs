use std::fmt;

/// A token, password or CSRF value. It cannot be printed or compared, and is overwritten when it is dropped.
#[derive(Clone, Hash)]
pub struct Secret(String);

impl Secret {
    /// Takes the value in.
    #[must_use]
    pub fn new(value: String) -> Secret {
        Secret(value)
    }

    /// The value itself: only for the request or the store that it is meant for.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Secret {
    /// Whether both are the same. Only for what this client holds already: it takes longer, the more is alike.
    pub(crate) fn is(&self, other: &Secret) -> bool {
        self.0 == other.0
    }
}

/// The npm package's allocator overwrites whatever it gets back.
#[cfg(not(feature = "js"))]
impl Drop for Secret {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print() {
        assert_eq!(format!("{:?}", Secret::new("hunter2".into())), "Secret");
    }
}
