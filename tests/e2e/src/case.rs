//! What one test has: its mode, its client at the backends, its tabs.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, bail};
use hallpass_server::{Config, Rule, Running, Settings};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::backend::{Backends, Requests};
use crate::engine::{Engine, Feature};
use crate::memory::Memory;
use crate::mode::Mode;
use crate::page::Page;
use crate::plan::Tier;

/// One test in one mode.
pub struct Case {
    /// The mode it is run for.
    pub mode: Mode,
    /// Its name at the backends.
    pub client: String,
    /// Its first tab, at the test page.
    pub page: Page,
    /// What the browser holds.
    pub memory: Memory,
    /// The backends of the run.
    pub backends: Arc<Backends>,
    engine: Engine,
    tier: Tier,
    more_pages: Mutex<Vec<Page>>,
    more_backends: Mutex<Vec<Arc<Running>>>,
}

/// How long something may take that will happen.
const PATIENCE: Duration = Duration::from_secs(15);
/// So many of the last requests are in a report.
const SHOWN: usize = 40;

impl Case {
    /// Begins a test at the test page, with no cookies and nothing stored.
    pub(crate) async fn begin(
        mode: Mode,
        client: String,
        page: Page,
        memory: Memory,
        backends: Arc<Backends>,
        (engine, tier): (Engine, Tier),
    ) -> Result<Self> {
        let case = Self {
            mode,
            client,
            page,
            memory,
            backends,
            engine,
            tier,
            more_pages: Mutex::default(),
            more_backends: Mutex::default(),
        };
        case.page.begin();
        case.page.goto(&case.url()).await?;
        case.page.clear().await?;
        Ok(case)
    }

    /// Whether the engine has this, for tests that can do without.
    pub fn has(&self, feature: Feature) -> bool {
        self.engine.has(feature)
    }

    /// The engine that it runs in, for tests of what engines do differently.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// A number that makes a test longer and proves no more: `few`, and `many` where everything runs.
    pub fn few_or_many<T>(&self, few: T, many: T) -> T {
        match self.tier {
            Tier::Short => few,
            Tier::All => many,
        }
    }

    /// The test page, below the client's prefix: there its script sees the client's cookies.
    pub fn url(&self) -> String {
        self.url_at(&self.backends.main)
    }

    /// The test page, served by another backend.
    pub fn url_at(&self, backend: &Running) -> String {
        let Self { client, mode, .. } = self;
        format!(
            "{}/c/{client}/page.html?mode={}",
            backend.base_url(),
            mode.name()
        )
    }

    /// The prefix of this test at the foreign origin: `http://…/c/<client>`.
    pub fn foreign(&self) -> String {
        format!("{}/c/{}", self.backends.foreign.base_url(), self.client)
    }

    // In the page.

    /// Runs the body of an async function in the first tab and gives what it returned.
    pub async fn run<T: DeserializeOwned>(&self, body: &str) -> Result<T> {
        self.page.run(body, json!({})).await
    }

    /// The same with arguments, which the body sees as `args`.
    pub async fn run_with<T: DeserializeOwned>(&self, args: Value, body: &str) -> Result<T> {
        self.page.run(body, args).await
    }

    /// Makes the client in the first tab, with options beside the mode's own.
    pub async fn start(&self, options: Value) -> Result<()> {
        self.page.run("await start(args)", options).await
    }

    /// Makes the client in the first tab and signs Ada in. The log begins after that, as do the changes.
    pub async fn signed_in(&self, options: Value) -> Result<()> {
        self.page
            .run::<()>(
                "await start(args); await auth.login(ada); changes.length = 0;",
                options,
            )
            .await?;
        self.clear_log()
    }

    /// Another tab at the test page, closed at the end.
    pub async fn tab(&self) -> Result<Page> {
        let page = self.page.open_tab().await?;
        lock(&self.more_pages).push(page.clone());
        page.goto(&self.url()).await?;
        Ok(page)
    }

    /// Closes such a tab before the end.
    pub async fn close(&self, tab: &Page) -> Result<()> {
        lock(&self.more_pages).retain(|page| !page.is(tab));
        tab.close().await
    }

    // At the backends.

    /// Another backend, ended with the test.
    pub async fn backend(&self, config: Config) -> Result<Arc<Running>> {
        let backend = Arc::new(hallpass_server::start(config).await?);
        lock(&self.more_backends).push(backend.clone());
        Ok(backend)
    }

    /// What arrived at the main backend.
    pub fn log(&self) -> Requests {
        Requests(self.backends.main.log(&self.client))
    }

    /// What arrived at the foreign backend.
    pub fn foreign_log(&self) -> Requests {
        Requests(self.backends.foreign.log(&self.client))
    }

    /// Forgets what arrived so far.
    pub fn clear_log(&self) -> Result<()> {
        self.backends.main.clear_log(&self.client)?;
        Ok(self.backends.foreign.clear_log(&self.client)?)
    }

    /// Sets the main backend's faults, in place of those before.
    pub fn faults(&self, rules: impl IntoIterator<Item = Rule>) -> Result<()> {
        Ok(self
            .backends
            .main
            .set_rules(&self.client, rules.into_iter().collect())?)
    }

    /// Changes settings of the main backend.
    pub fn settings(&self, settings: &Settings) -> Result<()> {
        Ok(self.backends.main.settings(&self.client, settings)?)
    }

    /// From now on the main backend refuses every access token issued so far.
    pub async fn expire(&self) -> Result<()> {
        Ok(self.backends.main.expire(&self.client).await?)
    }

    /// Ends every session and token family.
    pub async fn revoke(&self) -> Result<()> {
        Ok(self.backends.main.revoke(&self.client).await?)
    }

    /// Waits until the log of the main backend is as wanted.
    pub async fn until_log(&self, what: &str, is: impl Fn(&Requests) -> bool) -> Result<Requests> {
        self.until_log_of(|| self.log(), what, is).await
    }

    /// Waits until a log is as wanted.
    pub async fn until_log_of(
        &self,
        log: impl Fn() -> Requests,
        what: &str,
        is: impl Fn(&Requests) -> bool,
    ) -> Result<Requests> {
        self.page
            .steps()
            .note(&format!("wait in the log for {what}"));
        let end = Instant::now() + PATIENCE;
        loop {
            let log = log();
            if is(&log) {
                return Ok(log);
            }
            if Instant::now() > end {
                bail!("waited in vain for this in the log: {what}");
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    // The end.

    /// What there is to know after a failure.
    pub(crate) async fn report(&self) -> String {
        let mut report = format!("--- the last steps\n{}", self.page.steps());
        let more_pages = lock(&self.more_pages).clone();
        for (number, page) in std::iter::once(&self.page).chain(&more_pages).enumerate() {
            let told = page.run::<String>(TELL, json!({})).await;
            let told = told.unwrap_or_else(|error| format!("{error:#}"));
            report.push_str(&format!("--- tab {number}: {told}\n"));
        }
        report.push_str(&format!("--- main backend\n{}", self.log().last(SHOWN)));
        let foreign = self.foreign_log();
        if foreign.count() > 0 {
            report.push_str(&format!("--- foreign backend\n{}", foreign.last(SHOWN)));
        }
        let more_backends = lock(&self.more_backends).clone();
        for backend in more_backends {
            // A page without prefix is the client `default`.
            let log = Requests([backend.log(&self.client), backend.log("default")].concat());
            report.push_str(&format!("--- {}\n{}", backend.base_url(), log.last(SHOWN)));
        }
        report
    }

    /// Leaves nothing behind for the next test.
    pub(crate) async fn end(self) -> Result<()> {
        let more_pages = std::mem::take(&mut *lock(&self.more_pages));
        for page in more_pages {
            page.close().await?;
        }
        self.backends.main.reset(&self.client).await?;
        self.backends.foreign.reset(&self.client).await?;
        Ok(())
    }
}

const TELL: &str = "
const lines = [location.href];
const time = (ms) => new Date(ms).toISOString().slice(14, 23);
for (const line of globalThis.consoleLines ?? []) lines.push(`  console: ${line}`);
for (const change of globalThis.changes ?? []) lines.push(`  change: ${JSON.stringify(change)}`);
for (const { time: at, event, detail, value } of globalThis.auth?.journal() ?? [])
  lines.push(`  journal: ${time(at)} ${event} ${detail ?? ''} ${value ?? ''}`);
// The demo page shows its own.
const error = document.querySelector('[data-testid=error]');
if (error?.innerText) lines.push(`  error: ${error.innerText}`);
const shown = document.querySelector('[data-testid=journal]');
if (shown) lines.push(`  journal, newest first: ${shown.innerText.replaceAll('\\n', ' ')}`);
return lines.join('\\n');";

/// Nothing is done under these locks that could fail half way.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
