//! A child that listens.

use std::ffi::{OsStr, OsString};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::AppendFsync;

/// Redis reads its file first, and a node asks the store for its keys.
const LONGEST_START: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
}

impl Process {
    /// Starts `program` and waits until it takes connections on `port`.
    pub(crate) fn start(
        name: impl Into<String>,
        program: impl AsRef<OsStr>,
        arguments: impl IntoIterator<Item = OsString>,
        port: u16,
    ) -> Result<Self> {
        let program = program.as_ref();
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            // Addresses and banners, which are not those that people shall open.
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut process = Self {
            name: name.into(),
            child,
        };
        let end = Instant::now() + LONGEST_START;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Some(status) = process.child.try_wait()? {
                bail!(
                    "{} ended instead of listening on port {port} ({status})",
                    process.name
                );
            }
            if Instant::now() > end {
                bail!("{} does not listen on port {port}", process.name);
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(process)
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    pub(crate) fn kill(mut self) -> Result<()> {
        self.end()
            .with_context(|| format!("cannot kill {}", self.name))
    }

    fn end(&mut self) -> std::io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

pub(crate) fn redis(port: u16, folder: &Path, fsync: AppendFsync) -> Result<Process> {
    let port_text = port.to_string();
    let arguments = [
        "--bind",
        "127.0.0.1",
        "--port",
        &port_text,
        "--save",
        "",
        "--appendonly",
        "yes",
        "--appendfsync",
        fsync.name(),
        "--dir",
    ];
    let arguments = arguments
        .map(OsString::from)
        .into_iter()
        .chain([folder.into()]);
    Process::start("Redis", "redis-server", arguments, port)
}
