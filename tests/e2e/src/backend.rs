//! The reference backends of a run, and what arrived there.

use std::fmt;
use std::path::PathBuf;

use anyhow::Result;
pub use hallpass_cluster::free_port;
use hallpass_server::{Config, LogEntry, PasswordCost, Running, start};

/// The two backends that are always there.
pub struct Backends {
    /// Serves the test page, the package and the API.
    pub main: Running,
    /// Another origin: same host, other port. It lets the page of `main` send and read everything, so that
    /// whatever a browser lets through would arrive, and be seen.
    pub foreign: Running,
}

impl Backends {
    /// Starts both.
    pub async fn start() -> Result<Self> {
        let main = start(config()).await?;
        let foreign = start(Config {
            allowed_origins: vec![main.base_url()],
            ..config()
        })
        .await?;
        Ok(Self { main, foreign })
    }
}

/// A backend for tests, with the test page and the package.
pub fn config() -> Config {
    let project = project();
    // Built by `cargo xtask e2e`, which says where.
    let rust_app = std::env::var_os("HALLPASS_RUST_APP").unwrap_or_default();
    Config {
        faults: true,
        // As strict as the page can be, but for where it may send to.
        csp: Some("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src * data: blob:; img-src data:".to_owned()),
        password_cost: PasswordCost::TESTS,
        static_dirs: vec![
            ("/".to_owned(), project.join("tests/e2e/pages")),
            ("/vectors".to_owned(), project.join("tests/vectors")),
            ("/pkg".to_owned(), project.join("pkg")),
            ("/rust-app".to_owned(), rust_app.into()),
        ],
        ..Config::default()
    }
}

/// The checkout.
pub fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Requests in the order of their arrival.
#[derive(Clone, Debug, Default)]
pub struct Requests(pub Vec<LogEntry>);

impl Requests {
    /// Those to this path, without the client's prefix; preflights left out.
    pub fn to(&self, path: &str) -> Self {
        self.only(|entry| entry.path == path && entry.method != "OPTIONS")
    }

    /// Those that `wanted` says.
    pub fn only(&self, wanted: impl Fn(&LogEntry) -> bool) -> Self {
        Self(
            self.0
                .iter()
                .filter(|entry| wanted(entry))
                .cloned()
                .collect(),
        )
    }

    /// The last so many.
    pub fn last(&self, count: usize) -> Self {
        Self(
            self.0
                .iter()
                .skip(self.0.len().saturating_sub(count))
                .cloned()
                .collect(),
        )
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The statuses that were answered; 0 where the connection was closed, or the answer is still to come.
    pub fn statuses(&self) -> Vec<u16> {
        self.0
            .iter()
            .map(|entry| entry.status.unwrap_or(0))
            .collect()
    }

    /// Each as `POST /path 200`.
    pub fn lines(&self) -> Vec<String> {
        self.0
            .iter()
            .map(|entry| {
                format!(
                    "{} {} {}",
                    entry.method,
                    entry.path,
                    entry.status.unwrap_or(0)
                )
            })
            .collect()
    }

    /// The fingerprints of the `Authorization` headers that came.
    pub fn credentials(&self) -> Vec<String> {
        self.0
            .iter()
            .filter_map(|entry| entry.authorization.clone())
            .collect()
    }
}

impl fmt::Display for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for entry in &self.0 {
            let LogEntry {
                seq,
                time_ms,
                method,
                path,
                cookies,
                csrf,
                ..
            } = entry;
            let status = entry
                .status
                .map_or("-".to_owned(), |status| status.to_string());
            write!(
                f,
                "  {seq:>3} {} {method} {path} {status}",
                time_ms % 1_000_000
            )?;
            if let Some(credential) = &entry.authorization {
                write!(f, " {credential}")?;
            }
            if !cookies.is_empty() {
                write!(f, " cookies={}", cookies.join(","))?;
            }
            if *csrf {
                write!(f, " csrf")?;
            }
            if let Some(note) = entry.note {
                write!(f, " {note:?}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
