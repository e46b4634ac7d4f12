//! From functions to a test run: names, filter, browser, report.

use std::collections::BTreeSet;
use std::env;
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;

use anyhow::Result;
use futures_util::future::BoxFuture;
use libtest_mimic::{Arguments, Trial};

use crate::case::Case;
use crate::engine::{Build, Engine, Feature};
use crate::mode::Mode;
use crate::plan::{Plan, Tier};
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
pub struct Suite {
    tier: Tier,
    engine: Engine,
    tests: Vec<Test>,
}

pub(crate) struct Test {
    pub(crate) name: String,
    /// At the backends.
    pub(crate) client: String,
    pub(crate) mode: Mode,
    pub(crate) build: Build,
    pub(crate) function: Function,
    pub(crate) plan: Plan,
}

impl Suite {
    /// Those of a tier in an engine, none yet.
    fn new(tier: Tier, engine: Engine) -> Self {
        Self {
            tier,
            engine,
            tests: Vec::new(),
        }
    }

    /// Adds a test once for each mode that it has to run in. `module` is that of `module_path!()`.
    pub fn add(&mut self, module: &str, name: &str, plan: Plan, function: Function) {
        let module = module.split_once("::").map_or(module, |(_, module)| module);
        for mode in plan.modes(self.tier, self.engine) {
            let name = format!("{module}::{name}::{}", mode.name());
            self.tests.push(Test {
                name,
                client: format!("t{}", self.tests.len()),
                mode,
                build: self.engine.build(plan.build(self.tier)),
                function,
                plan,
            });
        }
    }
}

/// Runs the tests that the command line asks for of those that `add` adds, as libtest would. Screenshots of failures go to
/// `pictures`.
pub fn run(add: impl FnOnce(&mut Suite), pictures: PathBuf) -> ExitCode {
    match try_run(add, pictures) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn try_run(add: impl FnOnce(&mut Suite), pictures: PathBuf) -> Result<ExitCode> {
    let mut arguments = Arguments::from_args();
    let browsers = number(BROWSERS).unwrap_or(USUAL_BROWSERS).max(1);
    arguments.test_threads = Some(browsers);
    let times = number(REPEAT).unwrap_or(1).max(1);
    let engine = Engine::from_env()?;
    if !arguments.list {
        // Once, and not in each test.
        engine.driver()?;
    }
    let tier = Tier::from_env()?;
    let mut suite = Suite::new(tier, engine);
    add(&mut suite);
    // So that a browser is changed for its shell once.
    suite.tests.sort_by_key(|test| test.build);
    let stage = Arc::new(Stage::new(engine, tier, pictures)?);
    let lacks = |feature: &&Feature| !engine.has(**feature);
    let needs = suite.tests.iter().flat_map(|test| test.plan.needs);
    let lacking: BTreeSet<&str> = needs.filter(lacks).map(|feature| feature.words()).collect();
    let trials = suite.tests.into_iter().map(|test| {
        let is_out = test.plan.needs.iter().any(|feature| lacks(&feature));
        let stage = stage.clone();
        let name = test.name.clone();
        Trial::test(name, move || Ok(stage.perform(&test, times)?)).with_ignored_flag(is_out)
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    stage.close();
    if !arguments.list {
        stage.durations.tell(engine.name(), browsers);
        for words in lacking {
            println!("skipped because: {} has no {words}", engine.name());
        }
    }
    Ok(conclusion.exit_code())
}

/// Adds functions of this module to a suite, each with what decides how it comes out:
/// `tests!(suite; by_engine(Mode::ALL) => first, second; by_core(Mode::JWT).all(Mode::ALL) => third)`.
#[macro_export]
macro_rules! tests {
    ($suite:expr; $($plan:expr => $($name:ident),+);+ $(;)?) => {
        $($($suite.add(module_path!(), stringify!($name), $plan, |case| Box::pin($name(case)));)+)+
    };
}
