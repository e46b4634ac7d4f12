//! `targets/src/stored_records.rs`, by libFuzzer.

#![no_main]

use hallpass_fuzz_targets::stored_records::check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| check(input));
