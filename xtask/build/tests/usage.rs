//! The program as `cargo xtask` calls it. With a test of its own it is built together with all tests.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use std::process::Command;

fn told(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_hallpass-build"))
        .args(arguments)
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    (output.status.success(), errors)
}

#[test]
fn it_says_how_it_is_used() {
    let unknown = ["root", "scratch", "wrap"];
    let too_few = ["root", "scratch", "package", "a.wasm"];
    for arguments in [&[][..], &unknown, &too_few] {
        let (passed, errors) = told(arguments);
        assert!(
            !passed && errors.contains("hallpass-build ROOT SCRATCH package"),
            "{errors}"
        );
    }
}

#[test]
fn a_module_that_is_not_there_is_named() {
    let (passed, errors) = told(&[
        ".",
        ".",
        "package",
        "/nowhere/a.wasm",
        "/nowhere/b.wasm",
        "/nowhere/c.wasm",
    ]);
    assert!(!passed && errors.starts_with("error: "), "{errors}");
}
