//! `targets/src/sign_in.rs`, by libFuzzer.

#![no_main]

use hallpass_fuzz_targets::sign_in::check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| check(input));
