//! A Redis of a test's own.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// Runs until it is dropped, in a folder that goes with it.
pub struct Redis {
    port: u16,
    folder: PathBuf,
    process: Mutex<Child>,
}

impl Redis {
    pub async fn start() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("hallpass-redis-{}-{count}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        // The system hands out ports in turn, so nobody else gets this one before it is used.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let process = Mutex::new(launch(port, &folder));
        let redis = Self {
            port,
            folder,
            process,
        };
        redis.ready().await;
        redis
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Where its data is, once it was stopped.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// It keeps its connections and answers nobody.
    pub fn pause(&self) {
        self.signal("STOP");
    }

    pub fn resume(&self) {
        self.signal("CONT");
    }

    /// Ends it; [`Redis::start_again`] finds its data.
    pub async fn stop(&self) {
        let mut stream = self.connect().await.expect("a connection");
        stream
            .write_all(b"SHUTDOWN SAVE\r\n")
            .await
            .expect("it is told");
        // Nothing comes but the end.
        let _ = stream.read_to_end(&mut Vec::new()).await;
        self.process().wait().expect("it ends");
    }

    pub async fn start_again(&self) {
        *self.process() = launch(self.port, &self.folder);
        self.ready().await;
    }

    /// What it answers to a command of one line: the strings of a list, or the one value.
    pub async fn command(&self, line: &str) -> Vec<String> {
        let mut stream = BufReader::new(self.connect().await.expect("a connection"));
        stream
            .write_all(format!("{line}\r\n").as_bytes())
            .await
            .expect("it is told");
        let mut answer = Vec::new();
        let mut left = 1;
        while left > 0 {
            let mut line = String::new();
            stream.read_line(&mut line).await.expect("an answer");
            let (kind, rest) = line.trim_end().split_at_checked(1).expect("a line");
            left -= 1;
            match kind {
                "*" => left += rest.parse::<usize>().expect("a length"),
                "$" => {
                    let mut line = String::new();
                    stream.read_line(&mut line).await.expect("a string");
                    answer.push(line.trim_end().to_owned());
                }
                _ => answer.push(rest.to_owned()),
            }
        }
        answer
    }

    async fn ready(&self) {
        for _ in 0..1_000 {
            if self.connect().await.is_ok() && self.command("PING").await == ["PONG"] {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("redis-server does not answer");
    }

    async fn connect(&self) -> std::io::Result<TcpStream> {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await
    }

    fn signal(&self, name: &str) {
        let pid = self.process().id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &pid])
            .status();
        assert!(sent.expect("kill runs").success());
    }

    fn process(&self) -> std::sync::MutexGuard<'_, Child> {
        self.process.lock().expect("no test panicked here")
    }
}

fn launch(port: u16, folder: &Path) -> Child {
    let started = Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args([
            "--save",
            "",
            "--appendonly",
            "no",
            "--rdbcompression",
            "no",
            "--dir",
        ])
        .arg(folder)
        .stdout(Stdio::null())
        .spawn();
    started.expect("redis-server is needed: apt-get install redis-server")
}

impl Drop for Redis {
    fn drop(&mut self) {
        if let Ok(process) = self.process.get_mut() {
            let _ = process.kill();
            let _ = process.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
