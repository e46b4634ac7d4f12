//! From functions to a test run: names, filter, browser, report.

use std::env;
use std::fs;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::backend::Backends;
use crate::case::Case;
use crate::driver::{Driver, Leftovers};
use crate::engine::{Engine, Feature};
use crate::mode::Mode;
use crate::page::{Browser, Page};

/// A test as a function.
pub type Function = for<'a> fn(&'a Case) -> BoxFuture<'a, Result<()>>;

/// No test needs that long; one that takes it hangs.
const LONGEST_TEST: Duration = Duration::from_secs(60);
/// A browser that is there says so sooner.
const LONGEST_ANSWER: Duration = Duration::from_secs(10);

/// How many rounds a test goes that goes in rounds. By hand one may want more than the few of CI.
const ROUNDS: &str = "HALLPASS_ROUNDS";
/// No round needs that long.
const LONGEST_ROUND: Duration = Duration::from_secs(10);

fn asked_rounds() -> Option<u32> {
    env::var(ROUNDS).ok()?.parse().ok()
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

struct Test {
    name: String,
    mode: Mode,
    needs: &'static [Feature],
    function: Function,
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
                mode,
                needs,
                function,
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
    // There is one browser, and it is at one tab at a time.
    arguments.test_threads = Some(1);
    let engine = Engine::from_env()?;
    if !arguments.list {
        // Once, and not in each test.
        engine.driver()?;
    }
    let stage = Arc::new(Stage {
        engine,
        pictures,
        runtime: tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?,
        world: Mutex::new(None),
        leftovers: Arc::default(),
    });
    let trials = suite.tests.into_iter().enumerate().map(|(number, test)| {
        let is_out = test.needs.iter().any(|feature| !engine.has(*feature));
        let stage = stage.clone();
        let name = test.name.clone();
        Trial::test(name, move || stage.perform(number, &test)).with_ignored_flag(is_out)
    });
    hear_panics();
    stage.runtime.spawn(end_on_signal(stage.leftovers.clone()));
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    stage.close();
    Ok(conclusion.exit_code())
}

/// Where tests are performed. The world is made for the first of them.
struct Stage {
    engine: Engine,
    pictures: PathBuf,
    runtime: Runtime,
    /// A browser that did not start is not started again.
    world: Mutex<Option<Result<World>>>,
    /// What to end if this run is ended.
    leftovers: Arc<Mutex<Leftovers>>,
}

struct World {
    driver: Driver,
    page: Page,
    backends: Arc<Backends>,
}

impl World {
    async fn make(engine: Engine) -> Result<Self> {
        let backends = Arc::new(Backends::start().await?);
        let driver = Driver::start(engine).await?;
        let page = Browser::new(driver.client().clone()).first_page().await?;
        Ok(Self {
            driver,
            page,
            backends,
        })
    }
}

impl Stage {
    fn perform(&self, number: usize, test: &Test) -> Result<(), Failed> {
        self.runtime.block_on(async {
            let mut world = self.world.lock().await;
            let outcome = self.perform_in(&mut world, number, test).await;
            if outcome.is_ok() || has_browser(&world).await {
                return outcome;
            }
            // A crash is no word on what was tested: WebKitGTK's engine has been seen to end by a segmentation fault of its own. If it was
            // the test's doing, it will again.
            eprintln!("the browser is gone; {} once more in another", test.name);
            if let Some(Ok(world)) = world.take() {
                world.driver.stop().await;
            }
            self.perform_in(&mut world, number, test).await
        })
    }

    async fn perform_in(
        &self,
        world: &mut Option<Result<World>>,
        number: usize,
        test: &Test,
    ) -> Result<(), Failed> {
        if world.is_none() {
            let made = World::make(self.engine).await;
            if let Ok(made) = &made {
                *self.leftovers.lock().await = made.driver.leftovers();
            }
            *world = Some(made);
        }
        let world = match world.as_ref() {
            Some(Ok(world)) => world,
            Some(Err(error)) => return Err(Failed::from(format!("{error:#}"))),
            None => return Err(Failed::from("there is no browser")),
        };
        let client = format!("t{number}");
        let case = Case::begin(
            test.mode,
            client,
            world.page.clone(),
            world.driver.memory(),
            world.backends.clone(),
            self.engine,
        )
        .await
        .map_err(failed)?;
        let outcome = match outcome(test, &case).await {
            Ok(()) => Ok(()),
            Err(error) => Err(Failed::from(format!(
                "{error:#}\n{}{}",
                case.report().await,
                self.picture(test, &case.page).await
            ))),
        };
        case.end().await.map_err(failed)?;
        outcome
    }

    /// Saves a screenshot, and tells where it is.
    async fn picture(&self, test: &Test, page: &Page) -> String {
        let path = self
            .pictures
            .join(format!("{}.png", test.name.replace("::", ".")));
        let saved = async {
            fs::create_dir_all(&self.pictures)?;
            anyhow::Ok(fs::write(&path, page.screenshot().await?)?)
        };
        match saved.await {
            Ok(()) => format!("--- screenshot: {}\n", path.display()),
            Err(error) => format!("--- no screenshot: {error:#}\n"),
        }
    }

    fn close(&self) {
        self.runtime.block_on(async {
            if let Some(Ok(world)) = self.world.lock().await.take() {
                world.driver.stop().await;
            }
        });
    }
}

/// Whether there is one that answers, or none could be started.
async fn has_browser(world: &Option<Result<World>>) -> bool {
    let Some(Ok(world)) = world else {
        return true;
    };
    let client = world.driver.client();
    let answer = timeout(LONGEST_ANSWER, client.execute("return 1;", Vec::new()));
    matches!(answer.await, Ok(Ok(_)))
}

/// A run that is ended from outside leaves nothing running either.
async fn end_on_signal(leftovers: Arc<Mutex<Leftovers>>) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let signals = (
            signal(SignalKind::terminate()),
            signal(SignalKind::interrupt()),
            signal(SignalKind::hangup()),
        );
        let (Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)) = signals else {
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
        leftovers.lock().await.remove();
        std::process::exit(130);
    }
    #[cfg(not(unix))]
    drop(leftovers);
}

async fn outcome(test: &Test, case: &Case) -> Result<()> {
    let ended = AssertUnwindSafe((test.function)(case)).catch_unwind();
    let longest = LONGEST_TEST + LONGEST_ROUND * asked_rounds().unwrap_or(0);
    match timeout(longest, ended).await {
        Err(_) => Err(anyhow!("not done after {} s", longest.as_secs())),
        Ok(Ok(result)) => result,
        // The hook has heard it.
        Ok(Err(_)) => Err(anyhow!("{}", std::mem::take(&mut *last_panic()))),
    }
}

/// What the last failed assertion said, and where. One test runs at a time.
fn last_panic() -> std::sync::MutexGuard<'static, String> {
    static LAST: std::sync::Mutex<String> = std::sync::Mutex::new(String::new());
    LAST.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A failure is told once, at the end, with all that belongs to it.
fn hear_panics() {
    std::panic::set_hook(Box::new(|panic| *last_panic() = panic.to_string()));
}

fn failed(error: anyhow::Error) -> Failed {
    Failed::from(format!("{error:#}"))
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
