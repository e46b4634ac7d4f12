//! Where tests are performed: browsers, each with backends of its own.

use std::cell::RefCell;
use std::fs;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use futures_util::FutureExt as _;
use tokio::runtime::Runtime;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::backend::Backends;
use crate::case::Case;
use crate::driver::{Driver, Leftovers};
use crate::durations::Durations;
use crate::engine::{Build, Engine};
use crate::page::{Browser, Page};
use crate::plan::Tier;
use crate::suite::{Test, asked_rounds};

/// No test needs that long; one that takes it hangs.
const LONGEST_TEST: Duration = Duration::from_secs(60);
/// A browser that is there says so sooner.
const LONGEST_ANSWER: Duration = Duration::from_secs(10);
/// How often a browser that does not start is tried again.
const STARTS: u32 = 3;
/// No round needs that long.
const LONGEST_ROUND: Duration = Duration::from_secs(10);

/// Where tests are performed. A browser is started when a test finds none at rest.
pub(crate) struct Stage {
    engine: Engine,
    tier: Tier,
    pictures: PathBuf,
    runtime: Runtime,
    at_rest: Mutex<AtRest>,
    /// What to end if this run is ended.
    leftovers: Leftovers,
    pub(crate) durations: Durations,
}

/// The worlds that no test is in.
#[derive(Default)]
struct AtRest {
    worlds: Vec<World>,
    /// Why a browser did not start: none is started after that.
    broken: Option<String>,
}

struct World {
    driver: Driver,
    page: Page,
    backends: Arc<Backends>,
}

impl World {
    async fn make(engine: Engine, build: Build, leftovers: &Leftovers) -> Result<Self> {
        let backends = Arc::new(Backends::start().await?);
        let driver = Driver::start(engine, build, leftovers).await?;
        let page = Browser::new(driver.client().clone()).first_page().await?;
        Ok(Self {
            driver,
            page,
            backends,
        })
    }

    /// Whether its browser answers.
    async fn is_alive(&self) -> bool {
        // Not in a tab: the one that the session is at may be closed.
        let answer = timeout(LONGEST_ANSWER, self.driver.client().windows());
        matches!(answer.await, Ok(Ok(_)))
    }
}

impl Stage {
    pub(crate) fn new(engine: Engine, tier: Tier, pictures: PathBuf) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let leftovers = Leftovers::default();
        hear_panics();
        end_on_signal(&runtime, leftovers.clone());
        Ok(Self {
            engine,
            tier,
            pictures,
            runtime,
            at_rest: Mutex::default(),
            leftovers,
            durations: Durations::new(),
        })
    }

    /// Runs a test so often, and tells of each time that it failed.
    pub(crate) fn perform(&self, test: &Test, times: u32) -> Result<(), String> {
        self.runtime.block_on(async {
            let mut failures = Vec::new();
            for time in 1..=times {
                if let Err(failure) = self.perform_once(test).await {
                    failures.push(match times {
                        1 => failure,
                        _ => format!("at time {time} of {times}: {failure}"),
                    });
                }
            }
            if failures.is_empty() {
                return Ok(());
            }
            Err(failures.join("\n"))
        })
    }

    async fn perform_once(&self, test: &Test) -> Result<(), String> {
        let mut world = self.take(test.build).await?;
        let mut outcome = self.perform_in(&world, test).await;
        if outcome.is_err() && !world.is_alive().await {
            // A crash is no word on what was tested: WebKitGTK's engine has been seen to end by a segmentation fault of its own. If it was
            // the test's doing, it will again.
            eprintln!("the browser is gone; {} once more in another", test.name);
            world.driver.stop().await;
            world = self.take(test.build).await?;
            outcome = self.perform_in(&world, test).await;
        }
        self.at_rest.lock().await.worlds.push(world);
        outcome
    }

    /// A world for this test alone.
    async fn take(&self, build: Build) -> Result<World, String> {
        let mut at_rest = self.at_rest.lock().await;
        let fits = |world: &World| world.driver.build() == build;
        if let Some(place) = at_rest.worlds.iter().position(fits) {
            return Ok(at_rest.worlds.swap_remove(place));
        }
        // Tests come sorted by it: one of the other build has done its work.
        if let Some(other) = at_rest.worlds.pop() {
            other.driver.stop().await;
        }
        if let Some(broken) = &at_rest.broken {
            return Err(broken.clone());
        }
        // One after the other, under the lock: browsers that start at once are in each other's way.
        let mut error = String::new();
        for time in 1..=STARTS {
            match World::make(self.engine, build, &self.leftovers).await {
                Ok(world) => return Ok(world),
                Err(reason) => error = format!("{reason:#}"),
            }
            // A browser that does not start is no word on what is tested.
            eprintln!("start {time} of {STARTS} of a browser failed: {error}");
        }
        at_rest.broken = Some(error.clone());
        Err(error)
    }

    async fn perform_in(&self, world: &World, test: &Test) -> Result<(), String> {
        let begin = Instant::now();
        let case = Case::begin(
            test.mode,
            test.client.clone(),
            world.page.clone(),
            world.driver.memory(),
            world.backends.clone(),
            (self.engine, self.tier),
        )
        .await
        .map_err(|error| format!("it cannot begin: {error:#}"))?;
        let outcome = match outcome(test, &case).await {
            Ok(()) => Ok(()),
            Err(error) => Err(format!(
                "{error:#}\n{}{}",
                case.report().await,
                self.picture(test, &case.page).await
            )),
        };
        let ended = case.end().await;
        self.durations.add(&test.name, begin.elapsed());
        outcome.and(ended.map_err(|error| format!("it cannot end: {error:#}")))
    }

    /// Saves a screenshot, and tells where it is.
    async fn picture(&self, test: &Test, page: &Page) -> String {
        let engine = self.engine.name();
        let path = self
            .pictures
            .join(format!("{engine}.{}.png", test.name.replace("::", ".")));
        let saved = async {
            fs::create_dir_all(&self.pictures)?;
            anyhow::Ok(fs::write(&path, page.screenshot().await?)?)
        };
        match saved.await {
            Ok(()) => format!("--- screenshot: {}\n", path.display()),
            Err(error) => format!("--- no screenshot: {error:#}\n"),
        }
    }

    /// Ends the browsers.
    pub(crate) fn close(&self) {
        self.runtime.block_on(async {
            let worlds = std::mem::take(&mut self.at_rest.lock().await.worlds);
            for world in worlds {
                world.driver.stop().await;
            }
        });
        self.leftovers.end();
    }
}

/// From now on a run that is ended from outside leaves nothing running either.
#[cfg(unix)]
fn end_on_signal(runtime: &Runtime, leftovers: Leftovers) {
    use tokio::signal::unix::{SignalKind, signal};
    let _guard = runtime.enter();
    let signals = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
        signal(SignalKind::hangup()),
    );
    let (Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)) = signals else {
        return;
    };
    runtime.spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
        leftovers.end_for_good(130)
    });
}

#[cfg(not(unix))]
fn end_on_signal(_: &Runtime, _: Leftovers) {}

async fn outcome(test: &Test, case: &Case) -> Result<()> {
    let ended = AssertUnwindSafe((test.function)(case)).catch_unwind();
    let longest = LONGEST_TEST + LONGEST_ROUND * asked_rounds().unwrap_or(0);
    match timeout(longest, ended).await {
        Err(_) => Err(anyhow!("not done after {} s", longest.as_secs())),
        Ok(Ok(result)) => result,
        // The hook has heard it.
        Ok(Err(_)) => Err(anyhow!("{}", LAST_PANIC.take())),
    }
}

thread_local! {
    /// What the last failed assertion of the test on this thread said, and where.
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A failure is told once, at the end, with all that belongs to it.
fn hear_panics() {
    std::panic::set_hook(Box::new(|panic| LAST_PANIC.set(panic.to_string())));
}
