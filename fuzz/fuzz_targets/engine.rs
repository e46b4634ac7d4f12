//! `targets/src/engine.rs`, by libFuzzer.

#![no_main]

use hallpass_fuzz_targets::engine::check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| check(input));
