//! `targets/src/compact_jws.rs`, by libFuzzer.

#![no_main]

use hallpass_fuzz_targets::compact_jws::check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| check(input));
