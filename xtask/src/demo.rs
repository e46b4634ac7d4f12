//! `cargo xtask demo`: the demo page, the package and the reference backend on one port.

use anyhow::{Result, bail};
use std::fs;
use std::net::{Ipv4Addr, TcpListener};

use crate::build;
use crate::project::Project;
use crate::run::Cmd;

const PORT: u16 = 8787;
/// How many ports after the wanted one are tried.
const TRIES: u16 = 50;

pub(crate) fn demo(project: &Project, wanted: Option<u16>) -> Result<()> {
    build::build(project)?;
    // A program of its own, so that no other command has to compile the backend.
    Cmd::new("cargo")
        .args(["build", "--package=hallpass-server"])
        .dir(&project.root)
        .run()?;
    let database = project.target.join("demo/hallpass.sqlite");
    fs::create_dir_all(project.target.join("demo"))?;
    let port = free_port(wanted.unwrap_or(PORT))?;
    println!("The demo page and its backend; Ctrl-C ends them.");
    // The backend prints the address when it listens.
    Cmd::new(project.target.join("debug/hallpass-server"))
        .args(["--faults", "--port", &port.to_string()])
        .arg("--database")
        .arg(database)
        // Both names of this machine, so that the page can show what a foreign origin gets.
        .args(["--origin", &format!("http://127.0.0.1:{port}")])
        .args(["--origin", &format!("http://localhost:{port}")])
        .arg("--static")
        .arg(format!("/={}", project.root.join("www").display()))
        .arg("--static")
        .arg(format!("/pkg={}", project.root.join("pkg").display()))
        .dir(&project.root)
        .become_it()
}

fn free_port(wanted: u16) -> Result<u16> {
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
