//! Stock browsers and their WebDriver programs.

use anyhow::{Context, Result};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::{Missing, debian, say};
use xtask::run::{Cmd, on_path};

/// The engines that the browser tests run in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Chromium,
    Firefox,
    Webkit,
}

/// A browser that is installed, and the program that drives it.
pub(crate) struct Browser {
    pub(crate) browser: PathBuf,
    pub(crate) driver: PathBuf,
}

/// How an engine is found and installed.
pub(crate) struct Recipe {
    pub(crate) browser: Program,
    pub(crate) driver: Program,
    /// Debian's packages.
    packages: &'static [&'static str],
    /// The crate of the driver, where Debian does not package it.
    driver_crate: Option<&'static str>,
    /// For those whose distribution has no such packages (Ubuntu has them as snaps only).
    elsewhere: &'static str,
}

pub(crate) struct Program {
    /// The variable that names it.
    pub(crate) variable: &'static str,
    /// Names on `PATH`, or whole paths.
    names: &'static [&'static str],
}

/// Where the tests look for it too.
pub(crate) const SHELL: Program = Program {
    variable: "CHROME_HEADLESS_SHELL",
    names: &["chromium-headless-shell", "chrome-headless-shell"],
};

impl Engine {
    pub(crate) const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::Webkit];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        }
    }

    pub(crate) fn recipe(self) -> Recipe {
        match self {
            Self::Chromium => Recipe {
                browser: Program {
                    variable: "CHROME",
                    names: &[
                        "chromium",
                        "google-chrome",
                        "google-chrome-stable",
                        "chrome",
                        "chromium-browser",
                    ],
                },
                driver: Program {
                    variable: "CHROMEDRIVER",
                    names: &["chromedriver"],
                },
                packages: &["chromium", "chromium-driver", "chromium-headless-shell"],
                driver_crate: None,
                elsewhere: "npx @puppeteer/browsers install chrome@stable && npx @puppeteer/browsers install chromedriver@stable   then set CHROME and CHROMEDRIVER to the two programs",
            },
            Self::Firefox => Recipe {
                browser: Program {
                    variable: "FIREFOX",
                    names: &["firefox-esr", "firefox"],
                },
                driver: Program {
                    variable: "GECKODRIVER",
                    names: &["geckodriver"],
                },
                packages: &["firefox-esr"],
                driver_crate: Some("geckodriver"),
                elsewhere: "npx @puppeteer/browsers install firefox@stable && cargo install geckodriver   then set FIREFOX to the browser",
            },
            Self::Webkit => Recipe {
                browser: Program {
                    variable: "WEBKIT",
                    names: &[
                        "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
                        "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.0/MiniBrowser",
                        "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
                        "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.0/MiniBrowser",
                        "MiniBrowser",
                    ],
                },
                driver: Program {
                    variable: "WEBKITDRIVER",
                    names: &["WebKitWebDriver"],
                },
                // MiniBrowser has no mode without a display: Xvfb is one that nobody sees.
                packages: &["webkit2gtk-driver", "xvfb", "xauth"],
                driver_crate: None,
                elsewhere: "sudo apt-get install webkit2gtk-driver xvfb xauth",
            },
        }
    }

    /// The browser and its driver; `setup::ensure` has seen to them.
    pub(crate) fn require(self) -> Result<Browser> {
        self.find()
            .with_context(|| format!("{} is not installed", self.name()))
    }

    /// The engine without what only a person needs around it, where there is that: pages are the same, and cost a half.
    /// Who names a browser means that one.
    pub(crate) fn shell(self) -> Option<PathBuf> {
        let is_named = env::var_os(self.recipe().browser.variable).is_some();
        SHELL.find().filter(|_| self == Self::Chromium && !is_named)
    }

    /// The shell, or else the browser.
    pub(crate) fn light(self) -> Result<PathBuf> {
        self.shell().map_or_else(|| Ok(self.require()?.browser), Ok)
    }

    /// Whether its window has to go somewhere, and there is no display.
    pub(crate) fn wants_xvfb(self) -> bool {
        let has = |variable| env::var_os(variable).is_some_and(|value| !value.is_empty());
        self == Self::Webkit && !has("DISPLAY") && !has("WAYLAND_DISPLAY")
    }

    /// The browser and its driver, if both are here.
    fn find(self) -> Option<Browser> {
        if self.wants_xvfb() && !on_path("xvfb-run") {
            return None;
        }
        let recipe = self.recipe();
        Some(Browser {
            browser: recipe.browser.find()?,
            driver: recipe.driver.find()?,
        })
    }
}

impl FromStr for Engine {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|engine| engine.name() == name)
            .ok_or_else(|| format!("`{name}` is none of chromium, firefox, webkit"))
    }
}

impl Program {
    /// A set variable decides alone: a wrong one must not fall back to another browser in silence.
    fn find(&self) -> Option<PathBuf> {
        if let Some(named) = env::var_os(self.variable) {
            return Some(PathBuf::from(named)).filter(|path| path.is_file());
        }
        let path = env::var_os("PATH")?;
        self.names
            .iter()
            .flat_map(|name| env::split_paths(&path).map(move |dir| dir.join(name)))
            .find(|file| file.is_file() && !is_snap_stub(file))
    }
}

impl Program {
    fn check_variable(&self) -> Result<(), Missing> {
        match env::var_os(self.variable).map(PathBuf::from) {
            Some(named) if !named.is_file() => Err(Missing::new(
                format!("{}, which {} names", named.display(), self.variable),
                format!("unset {}   to use what is on PATH", self.variable),
            )),
            _ => Ok(()),
        }
    }
}

/// Ubuntu's `chromium-browser` is a script that asks for the snap: it cannot be driven.
fn is_snap_stub(file: &Path) -> bool {
    fs::read(file).is_ok_and(|bytes| {
        bytes.starts_with(b"#!") && bytes.windows(6).any(|word| word == b"/snap/")
    })
}

pub(super) fn ensure(engine: Engine) -> Result<(), Missing> {
    if engine.find().is_some() {
        return Ok(());
    }
    let recipe = engine.recipe();
    for program in [&recipe.browser, &recipe.driver] {
        program.check_variable()?;
    }
    if install_driver(&recipe) && engine.find().is_some() {
        return Ok(());
    }
    Err(Missing::new(
        format!(
            "{} and its WebDriver program (looked for on PATH and in {} and {})",
            engine.name(),
            recipe.browser.variable,
            recipe.driver.variable
        ),
        if debian::is_here() {
            recipe.on_debian()
        } else {
            recipe.elsewhere.to_owned()
        },
    ))
}

/// Those that hold what is not here; none if a variable names it.
pub(super) fn missing_packages(engine: Engine) -> Vec<&'static str> {
    let recipe = engine.recipe();
    let is_packaged = |program: &&Program| {
        recipe.driver_crate.is_none() || program.variable == recipe.browser.variable
    };
    let programs = [&recipe.browser, &recipe.driver];
    let mut packaged = programs.into_iter().filter(is_packaged);
    let lacks =
        |program: &Program| env::var_os(program.variable).is_none() && program.find().is_none();
    let lacks_display = engine.wants_xvfb() && !on_path("xvfb-run");
    if packaged.any(lacks) || lacks_display {
        return recipe.packages.to_vec();
    }
    Vec::new()
}

/// A driver that no package has. Whether that worked is seen by looking for it again.
fn install_driver(recipe: &Recipe) -> bool {
    let (Some(driver), None) = (recipe.driver_crate, recipe.driver.find()) else {
        return false;
    };
    if recipe.browser.find().is_none() || !debian::can_install() {
        return false;
    }
    say(&format!("cargo install --locked {driver}"));
    let installed = Cmd::new("cargo")
        .args(["install", "--locked", driver])
        .run();
    if let Err(error) = &installed {
        eprintln!("{error:#}");
    }
    installed.is_ok()
}

impl Recipe {
    fn on_debian(&self) -> String {
        let apt = format!("sudo apt-get install {}", self.packages.join(" "));
        match self.driver_crate {
            Some(driver) => format!("{apt} && cargo install --locked {driver}"),
            None => apt,
        }
    }
}
