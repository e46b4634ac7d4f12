//! A run that a signal ends while a browser starts leaves no process and no file behind.
//!
//! This program is all of it: the test, the run that is ended, a driver that never gives a session, and its browser.

use std::env;
use std::fs;
use std::io::Read as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use hallpass_e2e::{Mode, Suite, by_core, run};
use libtest_mimic::{Arguments, Trial};
use tempfile::TempDir;

/// Set for the run that is ended: the file in which its driver says that it was asked for a session.
const ASKED: &str = "HALLPASS_TEST_ASKED";
/// The only word of the browser's command line.
const BROWSER: &str = "--browser";
const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> ExitCode {
    let word = env::args().nth(1).unwrap_or_default();
    let asked = env::var_os(ASKED).map(PathBuf::from);
    match (asked, word.strip_prefix("--port=")) {
        (Some(_), None) if word == BROWSER => rest(),
        (Some(asked), Some(port)) => match drive(port, &asked) {
            Ok(()) => rest(),
            Err(_) => ExitCode::FAILURE,
        },
        (Some(_), None) => run(add, env::temp_dir()),
        (None, _) => {
            let name = "a_signal_while_a_browser_starts_leaves_nothing_behind";
            let test = Trial::test(name, || {
                Ok(nothing_is_left().map_err(|error| format!("{error:#}"))?)
            });
            let tests = vec![test.with_ignored_flag(cfg!(not(unix)))];
            libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
        }
    }
}

fn nothing_is_left() -> Result<()> {
    let folder = TempDir::new()?;
    let (asked, files) = (folder.path().join("asked"), folder.path().join("files"));
    fs::create_dir(&files)?;
    let own = env::current_exe()?;
    let mut run = Command::new(&own)
        .env(ASKED, &asked)
        .env("TMPDIR", &files)
        .env("HALLPASS_ENGINE", "chromium")
        .env("HALLPASS_TIER", "short")
        .env("CHROMEDRIVER", &own)
        .env("CHROME", &own)
        .stdout(Stdio::null())
        .spawn()?;
    until("its driver is asked for a session", || {
        Ok(asked.exists().then_some(()))
    })?;
    let processes = fs::read_to_string(&asked)?;
    ensure!(terminate(run.id())?, "there is no run");
    let status = until("it ends", || Ok(run.try_wait()?))?;
    ensure!(status.code() == Some(130), "it ended by {status}");
    for process in processes.split(' ') {
        until("its driver and browser are dead", || {
            Ok(is_dead(process)?.then_some(()))
        })?;
    }
    let left = fs::read_dir(&files)?.count();
    ensure!(left == 0, "{left} files are left");
    Ok(())
}

fn until<T>(what: &str, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(seen) = look()? {
            return Ok(seen);
        }
        thread::sleep(Duration::from_millis(5));
    }
    bail!("waited in vain until {what}")
}

/// Whether there was such a process.
fn terminate(id: u32) -> Result<bool> {
    let id = id.to_string();
    Ok(Command::new("kill")
        .args(["-TERM", &id])
        .status()?
        .success())
}

/// Also if nobody has taken note of it yet.
fn is_dead(id: &str) -> Result<bool> {
    let told = Command::new("ps")
        .args(["-o", "stat=", "-p", id])
        .output()?;
    let state = String::from_utf8(told.stdout)?;
    Ok(state.trim().is_empty() || state.starts_with('Z'))
}

/// The run that is ended.
fn add(suite: &mut Suite) {
    suite.add(module_path!(), "never_begins", by_core(Mode::JWT), |_| {
        Box::pin(async { Ok(()) })
    });
}

/// Starts a browser, and tells of both when it is asked for a session.
fn drive(port: &str, asked: &Path) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.parse()?))?;
    let browser = Command::new(env::current_exe()?).arg(BROWSER).spawn()?;
    loop {
        // Who only looks whether anybody listens says nothing.
        let (mut connection, _) = listener.accept()?;
        if connection.read(&mut [0])? > 0 {
            // Not there before it is whole.
            let draft = asked.with_extension("draft");
            fs::write(&draft, format!("{} {}", process::id(), browser.id()))?;
            fs::rename(draft, asked).context("nobody is told")?;
            // It stays open, and unanswered.
            std::mem::forget(connection);
            return Ok(());
        }
    }
}

/// For ever.
fn rest() -> ! {
    loop {
        thread::park();
    }
}
