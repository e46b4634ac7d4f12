//! Child processes.

use anyhow::{Context, Result, bail};
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a step may be silent before it says that it is still at work.
const PATIENCE: Duration = Duration::from_secs(20);

/// A command to run: its failure is an error that names it.
pub(crate) struct Cmd {
    inner: Command,
}

impl Cmd {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            inner: Command::new(program),
        }
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.inner.arg(arg);
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.inner.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.inner.env(name, value);
        self
    }

    pub(crate) fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.inner.current_dir(dir);
        self
    }

    /// Runs with this terminal's streams.
    pub(crate) fn run(self) -> Result<()> {
        self.run_allowing(&[])
    }

    /// The same, where these exit codes are no failure.
    pub(crate) fn run_allowing(mut self, codes: &[i32]) -> Result<()> {
        let status = self.inner.status().with_context(|| self.unstarted())?;
        let is_known = status.code().is_some_and(|code| codes.contains(&code));
        if !status.success() && !is_known {
            bail!("`{}` failed ({status})", self.shown());
        }
        Ok(())
    }

    /// Runs in place of this process, so that a signal meant for it arrives there.
    #[cfg(unix)]
    pub(crate) fn become_it(mut self) -> Result<()> {
        use std::os::unix::process::CommandExt as _;
        let error = self.inner.exec();
        Err(error).with_context(|| self.unstarted())
    }

    #[cfg(not(unix))]
    pub(crate) fn become_it(self) -> Result<()> {
        self.run()
    }

    /// Runs quietly; the output is shown only with a failure.
    pub(crate) fn quiet(self) -> Result<()> {
        self.stdout().map(drop)
    }

    /// Runs and gives what it printed.
    pub(crate) fn stdout(self) -> Result<String> {
        self.input("")
    }

    /// Runs quietly and gives what it said beside its output, which a failure shows as well.
    pub(crate) fn stderr(mut self) -> Result<String> {
        let output = self
            .inner
            .stdin(Stdio::null())
            .output()
            .with_context(|| self.unstarted())?;
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        if !output.status.success() {
            bail!("`{}` failed ({})\n{stderr}", self.shown(), output.status);
        }
        Ok(stderr)
    }

    /// Runs with `text` as its input and gives what it printed. The text has to fit into a pipe.
    pub(crate) fn input(mut self, text: &str) -> Result<String> {
        let mut child = self
            .inner
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| self.unstarted())?;
        if let Some(mut stdin) = child.stdin.take()
            && let Err(error) = stdin.write_all(text.as_bytes())
            && error.kind() != ErrorKind::BrokenPipe
        {
            return Err(error.into());
        }
        let output = child.wait_with_output()?;
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr);
            bail!(
                "`{}` failed ({})\n{stdout}{stderr}",
                self.shown(),
                output.status
            );
        }
        Ok(stdout)
    }

    /// Runs and shows the output line by line as it comes, to `read` as well. Where nothing comes for
    /// long, a line says that `name` is still at work.
    pub(crate) fn tee(mut self, name: &str, mut read: impl FnMut(&str)) -> Result<()> {
        let start = Instant::now();
        let mut child = self
            .inner
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| self.unstarted())?;
        let stdout = child.stdout.take().context("the child has no output")?;
        let (sender, lines) = mpsc::channel();
        let reader = thread::spawn(move || {
            for line in BufReader::new(stdout).split(b'\n') {
                let Ok(line) = line else { break };
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        loop {
            match lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    let line = String::from_utf8_lossy(&line);
                    println!("{line}");
                    read(&line);
                }
                Err(RecvTimeoutError::Timeout) => {
                    println!("   … {name}, {} s so far", start.elapsed().as_secs());
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let _ = reader.join();
        let status = child.wait()?;
        if !status.success() {
            bail!("`{}` failed ({status})", self.shown());
        }
        Ok(())
    }

    fn unstarted(&self) -> String {
        format!("cannot start `{}`", self.inner.get_program().display())
    }

    fn shown(&self) -> String {
        let words: Vec<OsString> = std::iter::once(self.inner.get_program())
            .chain(self.inner.get_args())
            .map(OsStr::to_owned)
            .collect();
        words.join(OsStr::new(" ")).display().to_string()
    }
}

/// Whether a program of this name can be started from `PATH`.
pub(crate) fn on_path(name: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(name).is_file()))
}
