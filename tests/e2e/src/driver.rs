//! The WebDriver program and the one session in it.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::backend::free_port;
use crate::engine::Engine;
use crate::memory::Memory;
use crate::names;

/// A driver that runs, with a browser that it started.
pub struct Driver {
    engine: Engine,
    client: Client,
    process: Child,
    profile: TempDir,
}

/// How long the driver, and then the browser, may take to start and to end.
const PATIENCE: Duration = Duration::from_secs(30);

impl Driver {
    /// Starts the driver on a free port, and a browser by it.
    pub async fn start(engine: Engine) -> Result<Self> {
        let program = engine.driver()?;
        let profile = TempDir::with_prefix("hallpass-e2e-")?;
        let capabilities = engine.capabilities(profile.path())?;
        let port = free_port()?;
        let mut command = Command::new(&program);
        if engine == Engine::Webkit {
            // Its capability `sslProxy` wants a proxy that speaks TLS itself.
            let proxy = format!("http://127.0.0.1:{}", names::serve().await?);
            command
                .env("https_proxy", proxy)
                .env("no_proxy", "localhost,127.0.0.1");
        }
        let mut process = command
            .args(engine.driver_args(port))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let connected = connect(&mut process, port, capabilities).await;
        match connected {
            Ok(client) => Ok(Self {
                engine,
                client,
                process,
                profile,
            }),
            Err(error) => {
                end(&mut process);
                Err(error.context(format!("{} does not serve", program.display())))
            }
        }
    }

    /// The session.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The memory of the driver and the browser.
    pub fn memory(&self) -> Memory {
        Memory::of(self.process.id())
    }

    /// Ends the browser, then the driver. Nothing is left running.
    pub async fn stop(mut self) {
        let browser = self.browser_process();
        let closed = timeout(PATIENCE, self.client.close()).await;
        if !matches!(closed, Ok(Ok(())))
            && let Some(id) = browser
        {
            // The driver did not do it. It knows the one that it started, and so do we.
            kill(id);
        }
        end(&mut self.process);
        // A browser that writes until its last breath may do so after the folder was emptied.
        if let Err(error) = self.profile.close() {
            eprintln!("cannot remove the browser's profile: {error}");
        }
    }

    fn browser_process(&self) -> Option<u64> {
        let name = self.engine.process_id()?;
        self.client.capabilities()?.get(name)?.as_u64()
    }
}

async fn connect(
    process: &mut Child,
    port: u16,
    capabilities: fantoccini::wd::Capabilities,
) -> Result<Client> {
    let address = format!("http://127.0.0.1:{port}");
    let start = Instant::now();
    while std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if let Some(status) = process.try_wait()? {
            bail!("it ended at once, {status}");
        }
        if start.elapsed() > PATIENCE {
            bail!("it does not listen after {} s", PATIENCE.as_secs());
        }
        sleep(Duration::from_millis(20)).await;
    }
    timeout(
        PATIENCE,
        ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&address),
    )
    .await
    .context("the browser does not start")?
    .context("no session")
}

/// What runs and lies about by our doing: of each driver what would be left if this process ended at once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leftovers(Arc<Mutex<Vec<Leftover>>>);

#[derive(Debug)]
struct Leftover {
    driver: u32,
    /// If the driver tells it.
    browser: Option<u64>,
    profile: PathBuf,
}

impl Leftovers {
    /// A driver that has begun.
    pub(crate) fn add(&self, driver: &Driver) {
        self.all().push(Leftover {
            driver: driver.process.id(),
            browser: driver.browser_process(),
            profile: driver.profile.path().to_owned(),
        });
    }

    /// One that ends as it should.
    pub(crate) fn forget(&self, driver: &Driver) {
        let id = driver.process.id();
        self.all().retain(|leftover| leftover.driver != id);
    }

    /// Ends the processes and removes the files, as well as it goes in a hurry.
    pub(crate) fn remove(&self) {
        let all = self.all();
        for leftover in all.iter() {
            leftover.browser.into_iter().for_each(kill);
            kill(leftover.driver.into());
        }
        // The browsers may be writing still.
        std::thread::sleep(Duration::from_millis(300));
        for leftover in all.iter() {
            let _ = std::fs::remove_dir_all(&leftover.profile);
        }
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Leftover>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn kill(id: u64) {
    let _ = Command::new("kill").arg(id.to_string()).status();
}

fn end(process: &mut Child) {
    let _ = process.kill();
    let _ = process.wait();
}
