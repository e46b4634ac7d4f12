//! A tab of the browser, and JavaScript run in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use fantoccini::wd::{WebDriverCompatibleCommand, WindowHandle};
use fantoccini::{Client, Locator};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::sleep;
use url::{ParseError, Url};

use crate::steps::Steps;

/// The browser's session. Commands go to one tab at a time.
pub struct Browser {
    client: Client,
    current: Mutex<Option<WindowHandle>>,
    steps: Steps,
    /// How many tabs this test has had.
    tabs: AtomicUsize,
}

impl Browser {
    /// Takes the session over.
    pub fn new(client: Client) -> Arc<Self> {
        Arc::new(Self {
            client,
            current: Mutex::new(None),
            steps: Steps::new(),
            tabs: AtomicUsize::new(1),
        })
    }

    /// The tab that the session is at.
    pub async fn first_page(self: &Arc<Self>) -> Result<Page> {
        let window = self.client.window().await?;
        Ok(Page {
            browser: self.clone(),
            window,
            number: 0,
        })
    }
}

/// One tab.
#[derive(Clone)]
pub struct Page {
    browser: Arc<Browser>,
    window: WindowHandle,
    /// In the order of their opening.
    number: usize,
}

/// How long a text may take that will appear.
const PATIENCE: Duration = Duration::from_secs(15);

/// What the wrapper around a script answers: JSON as text, so that no engine's own conversion gets in between.
#[derive(Deserialize)]
enum Answer {
    #[serde(rename = "ok")]
    Value(Value),
    #[serde(rename = "error")]
    Error(String),
}

impl Page {
    /// A test begins with this tab alone.
    pub(crate) fn begin(&self) {
        self.browser.steps.begin();
        self.browser.tabs.store(1, Ordering::Relaxed);
    }

    /// What was done last in any tab.
    pub(crate) fn steps(&self) -> &Steps {
        &self.browser.steps
    }

    /// Something is about to be done here.
    fn note(&self, what: &str) {
        let Self { number, .. } = self;
        self.browser.steps.note(&format!("tab {number}: {what}"));
    }

    /// Another tab.
    pub async fn open_tab(&self) -> Result<Self> {
        let number = self.browser.tabs.fetch_add(1, Ordering::Relaxed);
        self.note(&format!("open tab {number}"));
        let client = self.client().await?;
        let window = client.new_window(true).await?.handle;
        Ok(Self {
            browser: self.browser.clone(),
            window,
            number,
        })
    }

    /// The window that a script of this tab has opened, the only other one.
    pub async fn opened(&self) -> Result<Self> {
        self.note("wait for a window");
        let window = persist(|| {
            async {
                let windows = self.client().await?.windows().await?;
                let other = windows.into_iter().find(|window| *window != self.window);
                other.context("no window was opened")
            }
            .boxed()
        })
        .await?;
        let number = self.browser.tabs.fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            browser: self.browser.clone(),
            window,
            number,
        })
    }

    /// How many tabs and windows there are beside this one.
    pub async fn others(&self) -> Result<usize> {
        Ok(self.client().await?.windows().await?.len() - 1)
    }

    /// Loads a page and waits until it is loaded.
    pub async fn goto(&self, url: &str) -> Result<()> {
        self.note(&format!("go to {url}"));
        Ok(self.client().await?.goto(url).await?)
    }

    /// Loads the page again, as the reload button does.
    pub async fn reload(&self) -> Result<()> {
        self.note("load again");
        Ok(self.client().await?.refresh().await?)
    }

    /// Goes back in the tab's history, as the back button does.
    pub async fn back(&self) -> Result<()> {
        self.note("go back");
        Ok(self.client().await?.back().await?)
    }

    /// Sends a command of the DevTools protocol. Needs [`Feature::DevTools`](crate::Feature::DevTools).
    pub async fn devtools(&self, command: &'static str, params: Value) -> Result<Value> {
        self.note(command);
        let command = DevTools { command, params };
        Ok(self.client().await?.issue_cmd(command).await?)
    }

    /// Whether this is the same tab.
    pub fn is(&self, other: &Page) -> bool {
        self.window == other.window
    }

    /// Runs the body of an async function with `args` in scope, and gives what it returned.
    /// What it throws is the error here.
    pub async fn run<T: DeserializeOwned>(&self, body: &str, args: Value) -> Result<T> {
        self.note(body);
        let script = format!("{PROLOGUE}{body}{EPILOGUE}");
        let answer = self
            .client()
            .await?
            .execute_async(&script, vec![args])
            .await;
        let answer = answer.with_context(|| format!("the script did not end:\n{body}"))?;
        let text = answer
            .as_str()
            .ok_or_else(|| anyhow!("the script answered {answer}"))?;
        match serde_json::from_str(text)? {
            Answer::Value(value) => serde_json::from_value(value.clone())
                .with_context(|| format!("the script returned {value}")),
            Answer::Error(error) => bail!("the script threw {error}\n{body}"),
        }
    }

    /// The element with this `data-testid`.
    pub async fn element(&self, test_id: &str) -> Result<fantoccini::elements::Element> {
        let selector = format!("[data-testid=\"{test_id}\"]");
        let client = self.client().await?;
        client
            .find(Locator::Css(&selector))
            .await
            .with_context(|| format!("no {selector}"))
    }

    /// Clicks the element with this `data-testid`, as a person would: it has to be visible and uncovered.
    pub async fn click(&self, test_id: &str) -> Result<()> {
        self.note(&format!("click {test_id}"));
        // A page that is being loaded or drawn anew may take the element away between the two.
        persist(|| async { Ok(self.element(test_id).await?.click().await?) }.boxed())
            .await
            .with_context(|| format!("cannot click {test_id}"))
    }

    /// Types into the element with this `data-testid`, in place of what is there.
    pub async fn fill(&self, test_id: &str, text: &str) -> Result<()> {
        self.note(&format!("fill {test_id}"));
        let element = self.element(test_id).await?;
        element.clear().await?;
        Ok(element.send_keys(text).await?)
    }

    /// Waits until the visible text of the element with this `data-testid` has `part` in it, and gives the text.
    pub async fn until_text(&self, test_id: &str, part: &str) -> Result<String> {
        self.note(&format!("wait for {part:?} in {test_id}"));
        persist(|| {
            async {
                let text = self.element(test_id).await?.text().await?;
                if !text.contains(part) {
                    bail!("waited in vain for {part:?} in {test_id}; there is {text:?}");
                }
                Ok(text)
            }
            .boxed()
        })
        .await
    }

    /// Removes the cookies that the present page gets, and what its origin has stored.
    pub async fn clear(&self) -> Result<()> {
        self.note("clear");
        self.client().await?.delete_all_cookies().await?;
        // WebKitWebDriver answers before they are gone, and would take those of the next login along.
        persist(|| {
            async {
                let left = self.client().await?.get_all_cookies().await?;
                ensure!(left.is_empty(), "cookies are left: {left:?}");
                Ok(())
            }
            .boxed()
        })
        .await?;
        self.run("localStorage.clear(); sessionStorage.clear();", json!({}))
            .await
    }

    /// A picture of the page as PNG.
    pub async fn screenshot(&self) -> Result<Vec<u8>> {
        Ok(self.client().await?.screenshot().await?)
    }

    /// Closes the tab. It must not be the last one.
    pub async fn close(&self) -> Result<()> {
        self.note("close");
        self.client().await?.close_window().await?;
        *self.browser.current.lock().await = None;
        Ok(())
    }

    /// The session, at this tab.
    async fn client(&self) -> Result<&Client> {
        let mut current = self.browser.current.lock().await;
        if current.as_ref() != Some(&self.window) {
            self.browser
                .client
                .switch_to_window(self.window.clone())
                .await?;
            *current = Some(self.window.clone());
        }
        Ok(&self.browser.client)
    }
}

/// Tries again for a while.
async fn persist<'a, T>(attempt: impl Fn() -> BoxFuture<'a, Result<T>>) -> Result<T> {
    let end = Instant::now() + PATIENCE;
    loop {
        let outcome = attempt().await;
        if outcome.is_ok() || Instant::now() > end {
            return outcome;
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// chromedriver's way to the DevTools protocol.
#[derive(Debug)]
struct DevTools {
    command: &'static str,
    params: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/goog/cdp/execute"))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({ "cmd": self.command, "params": self.params });
        (Method::POST, Some(body.to_string()))
    }
}

/// Firefox runs scripts in a global of their own, where what is built into the language is not the page's.
const PROLOGUE: &str = "const [args, done] = arguments;
const answer = (kind, value) => done(JSON.stringify({ [kind]: value === undefined ? null : value }));
(async () => {
const { Date, Uint8Array } = window;
";
const EPILOGUE: &str = "
})().then(
  (value) => answer('ok', value),
  (error) => answer('error', `${error?.name}: ${error?.message}\\n${error?.stack}`),
);";
