//! The reference backend as it is deployed: nodes over one Redis, behind nginx, which asks them in turn and keeps no one at
//! the same node. Each is a process of its own, so that it can die as processes do.

mod process;
mod proxy;

use std::ffi::OsString;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use process::Process;

/// What the nodes share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// Redis, with an append-only file.
    Redis(AppendFsync),
    /// A file.
    Sqlite,
}

/// When Redis has written down what it did, `appendfsync` of its configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppendFsync {
    /// Before it answers, so that it can be killed.
    Always,
    /// Every second, as is usual.
    EverySecond,
}

impl AppendFsync {
    fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::EverySecond => "everysec",
        }
    }
}

/// What to start.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The backend's program.
    pub server: PathBuf,
    /// How many of it.
    pub nodes: usize,
    /// What they share.
    pub store: Store,
    /// Where nginx listens; `None` takes a free port.
    pub port: Option<u16>,
    /// What each node is told beside its port, its store, its issuer and the origin of its pages.
    pub arguments: Vec<OsString>,
}

/// Nodes, their store and their proxy. Dropping it ends them.
#[derive(Debug)]
pub struct Cluster {
    setup: Setup,
    redis_port: u16,
    // In the order in which they end.
    proxy: Proxy,
    nodes: Vec<Node>,
    redis: Option<Process>,
    /// What the store has written down, and nginx's files.
    folder: TempDir,
}

/// nginx before some of the nodes. Dropping it ends it.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    process: Process,
}

impl Proxy {
    fn start(port: u16, nodes: &[u16], folder: &Path) -> Result<Self> {
        let process = proxy::start(port, nodes, folder)?;
        Ok(Self { port, process })
    }

    /// Where it listens, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

#[derive(Debug)]
struct Node {
    port: u16,
    /// What this one is told beside what all are.
    arguments: Vec<OsString>,
    process: Option<Process>,
}

impl Node {
    fn new(arguments: Vec<OsString>) -> Result<Self> {
        Ok(Self {
            port: free_port()?,
            arguments,
            process: None,
        })
    }
}

impl Cluster {
    /// Starts all, and waits until each takes connections.
    ///
    /// # Errors
    ///
    /// A program is missing, or ends instead of listening.
    pub fn start(setup: Setup) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let redis_port = free_port()?;
        let redis = start_redis(setup.store, redis_port, folder.path())?;
        let port = match setup.port {
            Some(port) => port,
            None => free_port()?,
        };
        let mut nodes = Vec::new();
        for _ in 0..setup.nodes {
            nodes.push(Node::new(Vec::new())?);
        }
        let ports: Vec<u16> = nodes.iter().map(|node| node.port).collect();
        let proxy = Proxy::start(port, &ports, folder.path())?;
        let mut cluster = Self {
            setup,
            redis_port,
            proxy,
            nodes,
            redis,
            folder,
        };
        for number in 0..cluster.nodes.len() {
            cluster.start_node(number)?;
        }
        Ok(cluster)
    }

    /// Starts a further node, which is told `arguments` too, and gives its number. The proxy does not know of it.
    ///
    /// # Errors
    ///
    /// It ends instead of listening.
    pub fn add_node(&mut self, arguments: Vec<OsString>) -> Result<usize> {
        let number = self.nodes.len();
        self.nodes.push(Node::new(arguments)?);
        self.start_node(number)?;
        Ok(number)
    }

    /// Starts a further proxy, before some of the nodes.
    ///
    /// # Errors
    ///
    /// It ends instead of listening.
    pub fn proxy(&self, nodes: &[usize]) -> Result<Proxy> {
        let known = nodes.iter().filter_map(|number| self.nodes.get(*number));
        let ports: Vec<u16> = known.map(|node| node.port).collect();
        let port = free_port()?;
        let folder = self.folder.path().join(port.to_string());
        std::fs::create_dir(&folder)?;
        Proxy::start(port, &ports, &folder)
    }

    /// The store, as the backend's `--store` takes it.
    ///
    /// # Errors
    ///
    /// Its folder has a name that is no text.
    pub fn store(&self) -> Result<String> {
        Ok(match self.setup.store {
            Store::Redis(_) => {
                format!("redis://127.0.0.1:{}", self.redis_port)
            }
            Store::Sqlite => {
                let file = self.folder.path().join("nodes.sqlite");
                format!("sqlite:{}", as_text(&file)?)
            }
        })
    }

    /// The process of Redis, if it is the store and lives.
    pub fn redis_id(&self) -> Option<u32> {
        self.redis.as_ref().map(Process::id)
    }

    /// Where pages find it, without a slash at the end.
    pub fn base_url(&self) -> String {
        self.proxy.base_url()
    }

    /// How many nodes there are, dead ones included.
    pub fn nodes(&self) -> usize {
        self.nodes.len()
    }

    /// The process of a node that lives.
    pub fn node_id(&self, number: usize) -> Option<u32> {
        self.nodes.get(number)?.process.as_ref().map(Process::id)
    }

    /// Ends a node as a crash does: in the middle of what it is at.
    ///
    /// # Errors
    ///
    /// The system refuses.
    pub fn kill_node(&mut self, number: usize) -> Result<()> {
        match self
            .nodes
            .get_mut(number)
            .and_then(|node| node.process.take())
        {
            Some(process) => process.kill(),
            None => Ok(()),
        }
    }

    /// Starts a node that is not there, and waits until it takes connections.
    ///
    /// # Errors
    ///
    /// It ends instead of listening.
    pub fn start_node(&mut self, number: usize) -> Result<()> {
        // Of all nodes the same, or tokens of one would be refused by the others.
        let issuer = self.base_url();
        let store = self.store()?;
        let node = self
            .nodes
            .get_mut(number)
            .context("there is no such node")?;
        if node.process.is_some() {
            return Ok(());
        }
        let port = node.port.to_string();
        let arguments = [
            "--port",
            &port,
            "--proxies",
            "1",
            "--store",
            &store,
            "--issuer",
            &issuer,
            "--origin",
            &issuer,
        ]
        .map(OsString::from)
        .into_iter()
        .chain(self.setup.arguments.iter().cloned())
        .chain(node.arguments.iter().cloned());
        let name = format!("node {number}");
        node.process = Some(Process::start(
            name,
            &self.setup.server,
            arguments,
            node.port,
        )?);
        Ok(())
    }

    /// Starts the nodes that have ended by themselves, and gives their numbers.
    ///
    /// # Errors
    ///
    /// One ends again instead of listening.
    pub fn revive(&mut self) -> Result<Vec<usize>> {
        let mut revived = Vec::new();
        for number in 0..self.nodes.len() {
            let process = self
                .nodes
                .get_mut(number)
                .and_then(|node| node.process.as_mut());
            if process.is_some_and(Process::has_ended) {
                self.kill_node(number)?;
                self.start_node(number)?;
                revived.push(number);
            }
        }
        Ok(revived)
    }

    /// Ends Redis as a crash does. With [`AppendFsync::Always`] what it has answered for is on disk.
    ///
    /// # Errors
    ///
    /// The system refuses.
    pub fn kill_redis(&mut self) -> Result<()> {
        self.redis.take().map_or(Ok(()), Process::kill)
    }

    /// Starts Redis again, with what it has on disk.
    ///
    /// # Errors
    ///
    /// It ends instead of listening.
    pub fn start_redis(&mut self) -> Result<()> {
        if self.redis.is_none() {
            self.redis = start_redis(self.setup.store, self.redis_port, self.folder.path())?;
        }
        Ok(())
    }
}

/// Nothing, if the store is none.
fn start_redis(store: Store, port: u16, folder: &Path) -> Result<Option<Process>> {
    match store {
        Store::Redis(fsync) => process::redis(port, folder, fsync).map(Some),
        Store::Sqlite => Ok(None),
    }
}

fn as_text(path: &Path) -> Result<&str> {
    path.to_str()
        .context("the folder for temporary files has a name that is no text")
}

/// A port of the loopback. The system hands them out in turn, so nobody else gets this one before it is used.
///
/// # Errors
///
/// There is none.
pub fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}
