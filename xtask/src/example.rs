//! `cargo xtask example NAME`: an app of `examples/` and the backend that it calls.

use anyhow::{Context as _, Result, bail};
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};

use crate::backend;
use crate::build::{self, Packer};
use crate::project::Project;
use crate::rust_examples::{self, FRAMEWORKS};
use xtask::run::{self, Cmd};

/// Where the apps look for the backend: it stands in their `vite.config.js` or `proxy.conf.json`.
const PORT: u16 = 8787;

/// Runs it until Ctrl-C.
pub(crate) fn example(project: &Project, name: Option<&str>) -> Result<()> {
    let folder = project.root.join("examples");
    if let Some(name) = name.filter(|name| FRAMEWORKS.contains(name)) {
        return rust_examples::serve(project, name);
    }
    let known = names(&folder)?;
    let Some(name) = name.filter(|name| known.iter().any(|one| one == name)) else {
        let (known, more) = (known.join(", "), FRAMEWORKS.join(", "));
        bail!("name one of the examples: {known}, {more}");
    };
    if TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)).is_err() {
        bail!(
            "port {PORT} is taken, and the examples look for the backend there: end what listens"
        );
    }
    let server = backend::build(project, &[])?;
    build::build_by(project, Packer::Built)?;
    let app = folder.join(name);
    Cmd::new("npm")
        .args(["install", "--no-package-lock"])
        .dir(&app)
        .run()?;
    fs::create_dir_all(project.target.join("example"))?;
    let log = project.target.join("example/backend.log");
    let mut backend = Cmd::new(server)
        .args(["--port", &PORT.to_string()])
        .start_into(File::create(&log).with_context(|| log.display().to_string())?)?;
    println!("The backend listens; sign in as ada@example.com, correct horse. Ctrl-C ends both.");
    let ended = Cmd::new("npm").args(["run", "dev"]).dir(&app).run();
    run::kill_tree(backend.id());
    backend.wait()?;
    ended
}

/// Those that npm runs.
fn names(folder: &std::path::Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        if entry.path().join("package.json").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}
