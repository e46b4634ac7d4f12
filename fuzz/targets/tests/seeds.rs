//! Every seed of `fuzz/corpus` once, without libFuzzer.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failing test may panic"
)]

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use hallpass_fuzz_targets as targets;

/// Each file in the folder of this name; those that break something are named.
fn replay(name: &str, check: impl Fn(&[u8]) + std::panic::RefUnwindSafe) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../corpus")
        .join(name);
    let mut seeds: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    seeds.sort();
    assert!(seeds.len() > 10, "the seeds of {name} are gone");
    let breaks = |seed: &&std::path::PathBuf| {
        let bytes = fs::read(seed).unwrap();
        catch_unwind(|| check(&bytes)).is_err()
    };
    let found: Vec<_> = seeds.iter().filter(breaks).collect();
    assert!(found.is_empty(), "{found:?}");
}

/// As libFuzzer hands it over: what is no text is passed over.
fn of_text(check: fn(&str)) -> impl Fn(&[u8]) + std::panic::RefUnwindSafe {
    move |bytes| {
        if let Ok(text) = str::from_utf8(bytes) {
            check(text);
        }
    }
}

#[test]
fn answers() {
    replay("answers", of_text(targets::answers::check));
}

#[test]
fn channel_messages() {
    replay("channel_messages", targets::channel_messages::check);
}

#[test]
fn claims() {
    replay("claims", of_text(targets::claims::check));
}

#[test]
fn compact_jws() {
    replay("compact_jws", of_text(targets::compact_jws::check));
}

#[test]
fn configuration() {
    replay("configuration", of_text(targets::configuration::check));
}

#[test]
fn engine() {
    replay("engine", targets::engine::check);
}

#[test]
fn sign_in() {
    replay("sign_in", of_text(targets::sign_in::check));
}

#[test]
fn stored_records() {
    replay("stored_records", of_text(targets::stored_records::check));
}

#[test]
fn token_answers() {
    replay("token_answers", of_text(targets::token_answers::check));
}

#[test]
fn www_authenticate() {
    replay(
        "www_authenticate",
        of_text(targets::www_authenticate::check),
    );
}

#[test]
fn each_target_is_here() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz_targets");
    let here = include_str!("seeds.rs");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            here.contains(&format!("fn {name}()")),
            "{name} is not replayed"
        );
    }
}
