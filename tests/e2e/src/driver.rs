//! The WebDriver program and the one session in it.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::backend::free_port;
use crate::engine::{Build, Engine};
use crate::memory::Memory;
use crate::names;

/// A driver that runs, with a browser that it started.
pub struct Driver {
    engine: Engine,
    build: Build,
    client: Client,
    process: Process,
}

/// How long the driver, and then the browser, may take to start and to end.
const PATIENCE: Duration = Duration::from_secs(45);
/// How much of what the driver wrote stands in an error, in bytes.
const LAST_WORDS: usize = 2_000;
/// How long one that was killed may go on.
const LAST_BREATH: Duration = Duration::from_secs(2);

impl Driver {
    /// Starts the driver on a free port, and a browser by it.
    pub(crate) async fn start(engine: Engine, build: Build, leftovers: &Leftovers) -> Result<Self> {
        let program = engine.driver()?;
        let folder = TempDir::with_prefix("hallpass-e2e-")?;
        let profile = folder.path().join("profile");
        std::fs::create_dir(&profile)?;
        let capabilities = engine.capabilities(build, &profile)?;
        let words = folder.path().join("driver.log");
        let log = std::fs::File::create(&words)?;
        let port = free_port()?;
        let mut command = Command::new(&program);
        if engine == Engine::Webkit {
            // Its capability `sslProxy` wants a proxy that speaks TLS itself.
            let proxy = format!("http://127.0.0.1:{}", names::serve().await?);
            command
                .env("https_proxy", proxy)
                .env("no_proxy", "localhost,127.0.0.1");
        }
        command
            .args(engine.driver_args(port))
            // A profile that the driver makes itself goes with the folder.
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let process = leftovers
            .start(command, folder)
            .with_context(|| format!("cannot start {}", program.display()))?;
        match connect(&process, port, capabilities).await {
            Ok(client) => Ok(Self {
                engine,
                build,
                client,
                process,
            }),
            Err(error) => {
                let words = last_words(&words);
                process.end();
                Err(error.context(format!("{} does not serve{words}", program.display())))
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

    /// How much is around it.
    pub(crate) fn build(&self) -> Build {
        self.build
    }

    /// The memory of the driver and the browser.
    pub fn memory(&self) -> Memory {
        Memory::of(self.process.id)
    }

    /// Ends the driver and the browser. Nothing is left running.
    pub async fn stop(self) {
        // Where there are groups of processes, theirs is ended at once; a browser that is asked takes seconds.
        if cfg!(not(unix)) {
            let _ = timeout(PATIENCE, self.client.close()).await;
        }
        self.process.end();
    }
}

/// The end of what the driver and the browser wrote.
fn last_words(log: &Path) -> String {
    let all = std::fs::read(log).unwrap_or_default();
    let end = all.len().saturating_sub(LAST_WORDS);
    match String::from_utf8_lossy(all.get(end..).unwrap_or_default()).trim() {
        "" => String::new(),
        words => format!(" (it wrote: {words})"),
    }
}

async fn connect(
    process: &Process,
    port: u16,
    capabilities: fantoccini::wd::Capabilities,
) -> Result<Client> {
    let address = format!("http://127.0.0.1:{port}");
    let start = Instant::now();
    while std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if let Some(status) = process.status()? {
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
    driver: Child,
    /// With all files of the driver and the browser.
    folder: TempDir,
}

/// A driver among the leftovers.
struct Process {
    id: u32,
    leftovers: Leftovers,
}

impl Leftovers {
    /// A driver, in a group of processes of its own, to which the browser will belong.
    fn start(&self, mut command: Command, folder: TempDir) -> Result<Process> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        // Under the lock, so that none is started past `end_for_good`.
        let mut all = self.all();
        let driver = command.spawn()?;
        let id = driver.id();
        all.push(Leftover { driver, folder });
        Ok(Process {
            id,
            leftovers: self.clone(),
        })
    }

    /// Ends all that there is.
    pub(crate) fn end(&self) {
        self.all().drain(..).for_each(Leftover::end);
    }

    /// Ends all that there is, and then this process. Whoever wants to start a driver waits in vain.
    pub(crate) fn end_for_good(&self, code: i32) -> ! {
        let mut all = self.all();
        all.drain(..).for_each(Leftover::end);
        std::process::exit(code)
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Leftover>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Process {
    /// If it has ended.
    fn status(&self) -> Result<Option<ExitStatus>> {
        let mut all = self.leftovers.all();
        let own = all.iter_mut().find(|one| one.driver.id() == self.id);
        own.map_or(Ok(None), |one| Ok(one.driver.try_wait()?))
    }

    fn end(&self) {
        let mut all = self.leftovers.all();
        let own = all.extract_if(.., |one| one.driver.id() == self.id);
        own.for_each(Leftover::end);
    }
}

impl Leftover {
    /// Ends the processes and removes the files.
    fn end(mut self) {
        // The group is that of the driver. This process has only the driver itself to wait for.
        let group = format!("-{}", self.driver.id());
        let _ = Command::new("kill")
            .args(["-KILL", "--", &group])
            .stderr(Stdio::null())
            .status();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        // Whoever is not quite dead may still make files, until there is no folder.
        let start = Instant::now();
        while let Err(error) = std::fs::remove_dir_all(self.folder.path()) {
            if start.elapsed() > LAST_BREATH {
                eprintln!("cannot remove the browser's files: {error}");
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}
