//! `targets/src/configuration.rs`, by libFuzzer.

#![no_main]

use hallpass_fuzz_targets::configuration::check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| check(input));
