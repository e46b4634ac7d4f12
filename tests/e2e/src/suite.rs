//! From functions to a test run: names, filter, browser, report.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;

use anyhow::Result;
use futures_util::future::BoxFuture;
use libtest_mimic::{Arguments, Trial};

use crate::case::Case;
use crate::engine::{Engine, Feature};
use crate::mode::Mode;
use crate::stage::Stage;

/// A test as a function.
pub type Function = for<'a> fn(&'a Case) -> BoxFuture<'a, Result<()>>;

/// How many rounds a test goes that goes in rounds. By hand one may want more than the few of CI.
const ROUNDS: &str = "HALLPASS_ROUNDS";
/// How many browsers run at once.
const BROWSERS: &str = "HALLPASS_BROWSERS";
const USUAL_BROWSERS: usize = 2;

/// How often each test runs: to find one that fails now and then.
const REPEAT: &str = "HALLPASS_REPEAT";

fn number<T: FromStr>(variable: &str) -> Option<T> {
    env::var(variable).ok()?.parse().ok()
}

pub(crate) fn asked_rounds() -> Option<u32> {
    number(ROUNDS)
}

/// The rounds that the environment asks for; a few otherwise.
pub fn rounds(few: u32) -> u32 {
    asked_rounds().unwrap_or(few)
}

/// The tests of a run.
#[derive(Default)]
pub struct Suite {
    tests: Vec<Test>,
}

pub(crate) struct Test {
    pub(crate) name: String,
    /// At the backends.
    pub(crate) client: String,
    pub(crate) mode: Mode,
    pub(crate) function: Function,
    /// Whether nothing else may run beside it.
    pub(crate) is_alone: bool,
    needs: &'static [Feature],
}

impl Suite {
    /// Adds a test once for each mode. `module` is that of `module_path!()`.
    pub fn add(
        &mut self,
        module: &str,
        name: &str,
        modes: &[Mode],
        needs: &'static [Feature],
        function: Function,
    ) {
        let module = module.split_once("::").map_or(module, |(_, module)| module);
        for &mode in modes {
            let name = format!("{module}::{name}::{}", mode.name());
            self.tests.push(Test {
                name,
                client: format!("t{}", self.tests.len()),
                mode,
                function,
                is_alone: false,
                needs,
            });
        }
    }
}

/// Runs the tests that the command line asks for, as libtest would. Screenshots of failures go to `pictures`.
pub fn run(suite: Suite, pictures: PathBuf) -> ExitCode {
    match try_run(suite, pictures) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn try_run(suite: Suite, pictures: PathBuf) -> Result<ExitCode> {
    let mut arguments = Arguments::from_args();
    let browsers = number(BROWSERS).unwrap_or(USUAL_BROWSERS).max(1);
    arguments.test_threads = Some(browsers);
    let times = number(REPEAT).unwrap_or(1).max(1);
    let engine = Engine::from_env()?;
    if !arguments.list {
        // Once, and not in each test.
        engine.driver()?;
    }
    let stage = Arc::new(Stage::new(engine, pictures)?);
    let trials = suite.tests.into_iter().map(|test| {
        let is_out = test.needs.iter().any(|feature| !engine.has(*feature));
        let stage = stage.clone();
        let name = test.name.clone();
        Trial::test(name, move || Ok(stage.perform(&test, times)?)).with_ignored_flag(is_out)
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    stage.close();
    if !arguments.list {
        stage.durations.tell(engine.name(), browsers);
    }
    Ok(conclusion.exit_code())
}

/// Adds functions of this module to a suite: `tests!(suite; Mode::ALL => first, second; Mode::JWT => third)`.
/// After the modes, features may be asked for: `Mode::JWT, &[Feature::TestHosts] => fourth`.
#[macro_export]
macro_rules! tests {
    (@add $suite:expr, $modes:expr, $needs:expr, $($name:ident),+) => {
        $($suite.add(module_path!(), stringify!($name), $modes, $needs, |case| Box::pin($name(case)));)+
    };
    ($suite:expr;) => {};
    ($suite:expr; $modes:expr => $($name:ident),+ $(; $($rest:tt)*)?) => {
        $crate::tests!(@add $suite, $modes, &[], $($name),+);
        $($crate::tests!($suite; $($rest)*);)?
    };
    ($suite:expr; $modes:expr, $needs:expr => $($name:ident),+ $(; $($rest:tt)*)?) => {
        $crate::tests!(@add $suite, $modes, $needs, $($name),+);
        $($crate::tests!($suite; $($rest)*);)?
    };
}
