//! What differs between browser engines: programs, start options, and what a test may ask for by name.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

/// The variable that chooses the engine.
const ENGINE: &str = "HALLPASS_ENGINE";

/// A browser engine, in a stock browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Chromium or Chrome, by chromedriver.
    Chromium,
    /// Firefox, by geckodriver.
    Firefox,
    /// WebKitGTK's MiniBrowser, by WebKitWebDriver.
    Webkit,
}

/// How much is built around an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Build {
    /// A stock browser.
    Browser,
    /// Only what a page needs: no windows, no profile of a person. A page costs a half.
    Shell,
}

/// What not every engine can do. A test that needs it is reported as ignored where it is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// The host names of tests lead to this machine by plain http too, not by https only.
    HttpByName,
    /// Cookies of an API on another site are kept and sent.
    ThirdPartyCookies,
    /// A `Request` takes a `ReadableStream` as its body.
    RequestStreams,
    /// The driver passes commands of the DevTools protocol on.
    DevTools,
    /// `Authorization`, once dropped at a redirect to another origin, does not come back at the next redirect (Fetch §4.4).
    AuthorizationStaysDropped,
    /// A `Request` copies bytes and parameters when it is made (Fetch, "extract a body").
    CopiedBodies,
    /// Answers are kept in the HTTP cache.
    HttpCache,
    /// Of several headers `WWW-Authenticate` in one answer a page sees each.
    SeveralChallenges,
    /// What its processes hold can be read from outside.
    ProcessMemory,
}

impl Feature {
    /// What an engine that lacks it has not.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::HttpByName => "test host names over plain http",
            Self::ThirdPartyCookies => "cookies of other sites",
            Self::RequestStreams => "streaming request bodies",
            Self::DevTools => "DevTools protocol in its driver",
            Self::AuthorizationStaysDropped => {
                "Authorization that stays dropped at a second redirect"
            }
            Self::CopiedBodies => "copy of a body when a Request is made",
            Self::HttpCache => "HTTP cache",
            Self::SeveralChallenges => "several WWW-Authenticate headers in one answer",
            Self::ProcessMemory => "memory of its processes that can be read",
        }
    }
}

/// A program that is needed: the variable that names it, and what it is called otherwise.
struct Program {
    variable: &'static str,
    names: &'static [&'static str],
}

impl Engine {
    /// Where a test runs that comes out alike in every engine.
    pub(crate) const ONE: Self = Self::Chromium;

    /// The engine that the environment asks for; Chromium by default.
    pub fn from_env() -> Result<Self> {
        match env::var(ENGINE).as_deref() {
            Err(_) | Ok("" | "chromium") => Ok(Self::Chromium),
            Ok("firefox") => Ok(Self::Firefox),
            Ok("webkit") => Ok(Self::Webkit),
            Ok(other) => bail!("{ENGINE} is {other:?}, and must be chromium, firefox or webkit"),
        }
    }

    /// As the environment names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        }
    }

    /// Whether tests that need this can run.
    pub fn has(self, feature: Feature) -> bool {
        match (self, feature) {
            (_, Feature::ProcessMemory) => cfg!(target_os = "linux"),
            (Self::Chromium, _) => true,
            (
                Self::Firefox,
                Feature::HttpByName
                | Feature::ThirdPartyCookies
                | Feature::CopiedBodies
                | Feature::HttpCache,
            ) => true,
            (Self::Webkit, Feature::AuthorizationStaysDropped | Feature::SeveralChallenges) => true,
            (Self::Firefox | Self::Webkit, _) => false,
        }
    }

    /// What there is of the engine for tests that can do with this much.
    pub(crate) fn build(self, wanted: Build) -> Build {
        match wanted {
            Build::Shell if self.shell_program().is_some() => Build::Shell,
            _ => Build::Browser,
        }
    }

    /// The program that drives the browser.
    pub(crate) fn driver(self) -> Result<PathBuf> {
        self.driver_program().find()
    }

    /// Where the driver listens.
    pub(crate) fn driver_args(self, port: u16) -> Vec<String> {
        match self {
            Self::Chromium | Self::Webkit => vec![format!("--port={port}")],
            Self::Firefox => vec!["--port".to_owned(), port.to_string()],
        }
    }

    /// The capabilities of a new session (WebDriver §7). `profile` is an empty folder.
    pub(crate) fn capabilities(self, build: Build, profile: &Path) -> Result<Map<String, Value>> {
        let shell = self.shell_program().filter(|_| build == Build::Shell);
        let browser = match &shell {
            Some(shell) => shell.clone(),
            None => self.browser_program().find()?,
        };
        let own = match self {
            Self::Chromium => json!({
                // By another name chromedriver waits for a window that the shell does not open.
                "browserName": if shell.is_some() { "chrome-headless-shell" } else { "chrome" },
                "goog:chromeOptions": { "binary": browser, "args": [
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--host-resolver-rules=MAP *.test 127.0.0.1,MAP *.example.com 127.0.0.1,MAP *.example.org 127.0.0.1",
                    format!("--user-data-dir={}", profile.display()),
                ] },
            }),
            // geckodriver makes a fresh profile of its own.
            Self::Firefox => json!({ "moz:firefoxOptions": {
                "binary": browser,
                "args": ["-headless"],
                "prefs": { "network.dns.localDomains": TEST_HOSTS.join(",") },
            } }),
            // An automation session of WebKit keeps nothing.
            Self::Webkit => json!({
                "browserName": "MiniBrowser",
                "webkitgtk:browserOptions": { "binary": browser, "args": ["--automation"] },
            }),
        };
        let mut capabilities = match own {
            Value::Object(own) => own,
            _ => Map::new(),
        };
        capabilities.insert("acceptInsecureCerts".to_owned(), json!(true));
        capabilities.insert(
            "timeouts".to_owned(),
            json!({ "script": LONGEST_SCRIPT_MS, "pageLoad": 20_000, "implicit": 0 }),
        );
        Ok(capabilities)
    }

    /// The engine in its shell, where there is one. A browser that is named stands for all tests, unless its shell is named too.
    fn shell_program(self) -> Option<PathBuf> {
        const SHELL: Program = Program {
            variable: "CHROME_HEADLESS_SHELL",
            names: &["chromium-headless-shell", "chrome-headless-shell"],
        };
        let is_named = |program: &Program| env::var_os(program.variable).is_some();
        if self != Self::Chromium || (is_named(&self.browser_program()) && !is_named(&SHELL)) {
            return None;
        }
        SHELL.find().ok()
    }

    fn driver_program(self) -> Program {
        match self {
            Self::Chromium => Program {
                variable: "CHROMEDRIVER",
                names: &["chromedriver"],
            },
            Self::Firefox => Program {
                variable: "GECKODRIVER",
                names: &["geckodriver"],
            },
            Self::Webkit => Program {
                variable: "WEBKITDRIVER",
                names: &["WebKitWebDriver"],
            },
        }
    }

    fn browser_program(self) -> Program {
        match self {
            Self::Chromium => Program {
                variable: "CHROME",
                names: &[
                    "chromium",
                    "google-chrome",
                    "google-chrome-stable",
                    "chrome",
                ],
            },
            Self::Firefox => Program {
                variable: "FIREFOX",
                names: &["firefox-esr", "firefox"],
            },
            Self::Webkit => Program {
                variable: "WEBKIT",
                names: &[
                    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
                    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
                    "MiniBrowser",
                ],
            },
        }
    }
}

/// WebKit counts this by a timer of the page. By its odd number `pages/page.js` knows that timer.
const LONGEST_SCRIPT_MS: u64 = 30_011;

/// The host names that tests use, for engines that want each of them named.
const TEST_HOSTS: [&str; 7] = [
    "app.example.com",
    "api.example.com",
    "api.example.org",
    "app.shop.test",
    "api.bank.test",
    "api.bank.test.evil.test",
    "bank.test",
];

impl Program {
    /// A set variable decides alone.
    fn find(&self) -> Result<PathBuf> {
        if let Some(named) = env::var_os(self.variable) {
            let named = PathBuf::from(named);
            if named.is_file() {
                return Ok(named);
            }
            bail!(
                "{} is {}, where there is no file",
                self.variable,
                named.display()
            );
        }
        let folders = env::var_os("PATH").unwrap_or_default();
        let found = self
            .names
            .iter()
            .flat_map(|name| env::split_paths(&folders).map(move |folder| folder.join(name)))
            .find(|path| path.is_file());
        found.ok_or_else(|| {
            anyhow::anyhow!(
                "found no {} on PATH; install it (`cargo xtask e2e` does where it can) or name it in {}",
                self.names.join(" or "),
                self.variable
            )
        })
    }
}
