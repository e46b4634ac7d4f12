//! What was left out to compile sooner, and is asked for all the same.

use std::io;

/// The cargo feature of this crate that a configuration needs, and that it was built without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingFeature(pub &'static str);

impl std::fmt::Display for MissingFeature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let feature = self.0;
        write!(
            f,
            "built without {feature}: build it with `cargo build --package hallpass-server --features {feature}`"
        )
    }
}

impl std::error::Error for MissingFeature {}

impl From<MissingFeature> for io::Error {
    fn from(missing: MissingFeature) -> Self {
        Self::new(io::ErrorKind::Unsupported, missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_starts_a_backend_can_tell_which_feature_it_lacks() {
        let error = io::Error::from(MissingFeature("redis"));
        assert_eq!(error.kind(), io::ErrorKind::Unsupported);
        assert!(error.to_string().contains("--features redis"));
        let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
        assert_eq!(cause, Some(&MissingFeature("redis")));
    }
}
