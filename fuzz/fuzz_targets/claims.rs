//! `targets/src/claims.rs`, by libFuzzer.

#![no_main]

use hallpass_fuzz_targets::claims::check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| check(input));
