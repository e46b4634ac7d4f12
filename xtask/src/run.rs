//! Child processes.

use anyhow::{Context, Result, bail};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A command to run: its failure is an error that names it.
#[derive(Debug)]
pub struct Cmd {
    inner: Command,
}

impl Cmd {
    /// `program` is a path, or a name on `PATH`.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            inner: Command::new(program),
        }
    }

    /// One word.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.inner.arg(arg);
        self
    }

    /// Several words.
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.inner.args(args);
        self
    }

    /// A variable of its environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.inner.env(name, value);
        self
    }

    /// Where it runs.
    pub fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.inner.current_dir(dir);
        self
    }

    /// Runs with this terminal's streams.
    pub fn run(self) -> Result<()> {
        self.run_allowing(&[])
    }

    /// The same, where these exit codes are no failure.
    pub fn run_allowing(mut self, codes: &[i32]) -> Result<()> {
        let status = self.inner.status().with_context(|| self.unstarted())?;
        let is_known = status.code().is_some_and(|code| codes.contains(&code));
        if !status.success() && !is_known {
            bail!("`{}` failed ({status})", self.shown());
        }
        Ok(())
    }

    /// Runs in place of this process, so that a signal meant for it arrives there.
    #[cfg(unix)]
    pub fn become_it(mut self) -> Result<()> {
        use std::os::unix::process::CommandExt as _;
        let error = self.inner.exec();
        Err(error).with_context(|| self.unstarted())
    }

    #[cfg(not(unix))]
    pub fn become_it(self) -> Result<()> {
        self.run()
    }

    /// Runs quietly; the output is shown only with a failure.
    pub fn quiet(self) -> Result<()> {
        self.stdout().map(drop)
    }

    /// Runs and gives what it printed.
    pub fn stdout(self) -> Result<String> {
        self.input("")
    }

    /// Runs and gives whether it passed and what it printed; what it says beside that goes to this terminal.
    ///
    /// # Errors
    /// If it does not start.
    pub fn told(mut self) -> Result<(bool, String)> {
        let output = self
            .inner
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| self.unstarted())?;
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok((output.status.success(), told))
    }

    /// Runs quietly and gives what it said beside its output, which a failure shows as well.
    pub fn stderr(mut self) -> Result<String> {
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
    pub fn input(mut self, text: &str) -> Result<String> {
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

    /// Starts it with its output, of both kinds, in `log`.
    ///
    /// # Errors
    /// If it does not start.
    pub fn start_into(mut self, log: File) -> Result<Child> {
        let errors = log.try_clone()?;
        let started = self
            .inner
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn();
        started.with_context(|| self.unstarted())
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
pub fn on_path(name: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(name).is_file()))
}

/// Ends a process and all that it has started, children first.
pub fn kill_tree(id: u32) {
    let told = Cmd::new("ps").args(["-e", "-o", "pid=,ppid="]).stdout();
    let told = told.unwrap_or_default();
    let pairs: Vec<(u32, u32)> = told
        .lines()
        .filter_map(|line| {
            let mut numbers = line.split_whitespace();
            Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
        })
        .collect();
    let mut found = vec![id];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        let children = pairs.iter().filter(|(_, of)| *of == parent);
        found.extend(children.map(|(child, _)| *child));
        next += 1;
    }
    for id in found.iter().rev() {
        // One that has ended meanwhile needs no end.
        let _ = Cmd::new("kill").arg(id.to_string()).quiet();
    }
}
