//! What comes with the Rust toolchain.

use std::path::Path;

use super::{Missing, say};
use xtask::run::{Cmd, on_path};

const WASM: &str = "wasm32-unknown-unknown";

pub(super) fn wasm_target() -> Result<(), Missing> {
    if !has_wasm_target() {
        rustup(
            &format!("the Rust target {WASM}"),
            &["target", "add", WASM],
            "libstd-rust-dev-wasm32",
        )?;
    }
    if has_std_source() {
        return Ok(());
    }
    rustup(
        "the source of the Rust standard library",
        &["component", "add", "rust-src"],
        "rust-src",
    )
}

/// The build of the package compiles the standard library too.
fn has_std_source() -> bool {
    Cmd::new("rustc")
        .args(["--print", "sysroot"])
        .stdout()
        .is_ok_and(|root| {
            Path::new(root.trim())
                .join("lib/rustlib/src/rust/library/Cargo.lock")
                .is_file()
        })
}

fn has_wasm_target() -> bool {
    Cmd::new("rustc")
        .args(["--print", "target-libdir", "--target", WASM])
        .stdout()
        .is_ok_and(|dir| Path::new(dir.trim()).is_dir())
}

/// A cargo subcommand that is a component of the toolchain.
pub(super) fn component(name: &str, program: &str) -> Result<(), Missing> {
    // With rustup the program is on PATH always, and only says that it is not installed.
    if Cmd::new(program).arg("--version").stdout().is_ok() {
        return Ok(());
    }
    let package = if name == "clippy" {
        "rust-clippy"
    } else {
        name
    };
    rustup(
        &format!("the Rust component {name}"),
        &["component", "add", name],
        package,
    )
}

pub(super) fn coverage() -> Result<(), Missing> {
    let has_llvm = Cmd::new("rustc")
        .args(["--print", "target-libdir"])
        .stdout()
        .is_ok_and(|dir| {
            Path::new(dir.trim())
                .with_file_name("bin")
                .join("llvm-cov")
                .is_file()
        });
    if !has_llvm {
        rustup(
            "the Rust component llvm-tools",
            &["component", "add", "llvm-tools"],
            "llvm",
        )?;
    }
    if on_path("cargo-llvm-cov") {
        return Ok(());
    }
    let install = ["install", "--locked", "cargo-llvm-cov"];
    say(&format!("cargo {}", install.join(" ")));
    Cmd::new("cargo")
        .args(install)
        .run()
        .map_err(|_| Missing::new("cargo-llvm-cov", format!("cargo {}", install.join(" "))))
}

/// Built from source in minutes, for one command that takes hours: not without being asked to.
pub(super) fn mutants() -> Result<(), Missing> {
    if on_path("cargo-mutants") {
        return Ok(());
    }
    Err(Missing::new(
        "cargo-mutants",
        "cargo install --locked cargo-mutants",
    ))
}

/// Asks rustup; a Rust from the distribution has its own package for the same thing.
fn rustup(what: &str, args: &[&str], debian: &str) -> Result<(), Missing> {
    let command = format!("rustup {}", args.join(" "));
    if !on_path("rustup") {
        return Err(Missing::new(
            format!("{what} (and there is no rustup to add it)"),
            format!(
                "{command}   after installing rustup from https://rustup.rs, or apt-get install {debian}"
            ),
        ));
    }
    say(&command);
    Cmd::new("rustup")
        .args(args)
        .run()
        .map_err(|_| Missing::new(what, command))
}
