//! What decides how a test comes out: so it is known where it has to run.
//!
//! `HALLPASS_TIER=all` runs every test in every mode in which it holds, in whatever engine. Without that, each promise is proved
//! once where that is enough.

use std::env;

use anyhow::{Result, bail};

use crate::engine::{Build, Engine, Feature};
use crate::mode::Mode;

/// The variable that chooses how much runs.
const TIER: &str = "HALLPASS_TIER";

/// How much of the tests runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// What a change needs to be shown to break nothing.
    Short,
    /// Everything.
    All,
}

impl Tier {
    /// The tier that the environment asks for; the short one by default.
    pub fn from_env() -> Result<Self> {
        match env::var(TIER).as_deref() {
            Err(_) | Ok("" | "short") => Ok(Self::Short),
            Ok("all") => Ok(Self::All),
            Ok(other) => bail!("{TIER} is {other:?}, and must be short or all"),
        }
    }
}

/// Where a test runs.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// In each engine.
    each: &'static [Mode],
    /// In one.
    one: &'static [Mode],
    /// In each engine, where everything runs.
    all: &'static [Mode],
    pub(crate) needs: &'static [Feature],
    /// Never in the engine's shell.
    in_browser: bool,
}

/// The engine does: storage, locks, channels, cookies, redirects, what `fetch` does, what becomes of a tab. Runs in each engine.
pub const fn by_engine(modes: &'static [Mode]) -> Plan {
    Plan {
        each: modes,
        one: &[],
        all: &[],
        needs: &[],
        in_browser: false,
    }
}

/// The core or the package does, alike in whatever engine. Runs in one.
pub const fn by_core(modes: &'static [Mode]) -> Plan {
    Plan {
        each: &[],
        one: modes,
        ..by_engine(&[])
    }
}

impl Plan {
    /// And in one engine in these modes.
    #[must_use]
    pub const fn and_by_core(self, modes: &'static [Mode]) -> Plan {
        Plan { one: modes, ..self }
    }

    /// It holds in these modes, which run with all tests.
    #[must_use]
    pub const fn all(self, modes: &'static [Mode]) -> Plan {
        Plan { all: modes, ..self }
    }

    /// It is ignored in an engine that lacks one of these.
    #[must_use]
    pub const fn needs(self, needs: &'static [Feature]) -> Plan {
        Plan { needs, ..self }
    }

    /// What is around the engine decides too: whose cookies are kept, what becomes of a page that is hidden, left or frozen.
    #[must_use]
    pub const fn in_browser(self) -> Plan {
        Plan {
            in_browser: true,
            ..self
        }
    }

    /// How much of a browser it runs in, where there is a choice.
    pub(crate) fn build(&self, tier: Tier) -> Build {
        match tier {
            Tier::Short if !self.in_browser => Build::Shell,
            _ => Build::Browser,
        }
    }

    /// The modes in which it runs, each once.
    pub(crate) fn modes(&self, tier: Tier, engine: Engine) -> Vec<Mode> {
        let one: &[Mode] = match (tier, engine) {
            (Tier::All, _) | (_, Engine::ONE) => self.one,
            _ => &[],
        };
        let all: &[Mode] = match tier {
            Tier::All => self.all,
            Tier::Short => &[],
        };
        let mut modes = Vec::new();
        for &mode in self.each.iter().chain(one).chain(all) {
            if !modes.contains(&mode) {
                modes.push(mode);
            }
        }
        modes
    }
}
