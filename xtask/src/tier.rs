//! How much is tested: every promise once, or in all its breadth.

/// The variable by which a test program learns of it.
pub(crate) const VARIABLE: &str = "HALLPASS_TIER";

/// CONTRIBUTING.md says which test stands in which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tier {
    /// Every promise once, at the level that shows it.
    #[default]
    Short,
    /// All modes, engines, bundlers and seeds.
    All,
}

impl Tier {
    /// What the environment says.
    pub(crate) fn from_env() -> Self {
        match std::env::var(VARIABLE).as_deref() {
            Ok("all") => Self::All,
            _ => Self::Short,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::All => "all",
        }
    }
}
