//! `cargo xtask demo`: the demo page, the package and the reference backend on one port.

use anyhow::{Result, bail};
use std::ffi::OsString;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use crate::backend;
use crate::build::{self, Packer};
use crate::project::Project;
use crate::setup::{self, Need};
use xtask::run::Cmd;

pub(crate) const PORT: u16 = 8787;
/// How many ports after the wanted one are tried.
const TRIES: u16 = 50;

/// `nodes`: of how many the backend is; one by itself has neither Redis nor a proxy.
pub(crate) fn demo(project: &Project, wanted: Option<u16>, nodes: usize) -> Result<()> {
    if nodes == 0 {
        bail!("`--nodes` has to be at least 1");
    }
    if nodes > 1 {
        setup::ensure(project, &[Need::Nodes])?;
    }
    let features: &[&str] = if nodes > 1 { &["redis"] } else { &[] };
    let server = backend::build(project, features)?;
    build::build_by(project, Packer::Built)?;
    let port = free_port(wanted.unwrap_or(PORT))?;
    if nodes > 1 {
        return Cmd::new("cargo")
            .args(["run", "--package=hallpass-cluster", "--"])
            .arg(server)
            .args([nodes.to_string(), port.to_string()])
            .args(pages(project))
            .dir(&project.root)
            .become_it();
    }
    let database = project.target.join("demo/hallpass.sqlite");
    fs::create_dir_all(project.target.join("demo"))?;
    println!("The demo page and its backend; Ctrl-C ends them.");
    // The backend prints the address when it listens.
    Cmd::new(server)
        .args(["--faults", "--port", &port.to_string()])
        .arg("--database")
        .arg(database)
        // Both names of this machine, so that the page can show what a foreign origin gets.
        .args(["--origin", &format!("http://127.0.0.1:{port}")])
        .args(["--origin", &format!("http://localhost:{port}")])
        .args(pages(project))
        .dir(&project.root)
        .become_it()
}

/// What is served beside the API.
fn pages(project: &Project) -> [OsString; 4] {
    let served = |prefix: &str, folder: &Path| {
        let mut argument = OsString::from(format!("{prefix}="));
        argument.push(folder);
        argument
    };
    [
        "--static".into(),
        served("/", &project.root.join("www")),
        "--static".into(),
        served("/pkg", &project.root.join("pkg")),
    ]
}

pub(crate) fn free_port(wanted: u16) -> Result<u16> {
    for port in wanted..=wanted.saturating_add(TRIES) {
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            if port != wanted {
                println!("Port {wanted} is taken, so it is {port}.");
            }
            return Ok(port);
        }
    }
    bail!("no free port from {wanted} on")
}
