//! `cargo xtask demo --nodes N`: the backend as several nodes, until Ctrl-C.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use hallpass_cluster::{AppendFsync, Cluster, Setup, Store};

/// How often it is looked whether a node has ended.
const ROUND: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let [server, nodes, port, arguments @ ..] = arguments.as_slice() else {
        bail!("hallpass-cluster SERVER NODES PORT [what each node is told]");
    };
    let number = |text: &OsString| {
        let text = text.to_string_lossy();
        text.parse::<u16>()
            .with_context(|| format!("`{text}` is no number"))
    };
    serve(Setup {
        server: PathBuf::from(server),
        nodes: number(nodes)?.into(),
        store: Store::Redis(AppendFsync::Always),
        port: Some(number(port)?),
        arguments: arguments.to_vec(),
    })
}

/// A node that ends before is started again, as whatever runs nodes would.
fn serve(setup: Setup) -> Result<()> {
    let (ending, ended) = mpsc::channel();
    let tell = move || {
        let _ = ending.send(());
    };
    ctrlc::set_handler(tell).context("cannot wait for Ctrl-C")?;
    let mut cluster = Cluster::start(setup)?;
    println!(
        "The demo page and its backend: nginx before {} nodes over one Redis; Ctrl-C ends them.",
        cluster.nodes()
    );
    for number in 0..cluster.nodes() {
        say(&cluster, number, "is");
    }
    println!("{}", cluster.base_url());
    while ended.recv_timeout(ROUND).is_err() {
        for number in cluster.revive()? {
            say(&cluster, number, "had ended; now it is");
        }
    }
    Ok(())
}

fn say(cluster: &Cluster, number: usize, verb: &str) {
    let id = cluster.node_id(number).unwrap_or_default();
    println!("  node {number} {verb} process {id}: kill -9 {id} ends it");
}
