//! `targets/src/token_answers.rs`, by libFuzzer.

#![no_main]

use hallpass_fuzz_targets::token_answers::check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| check(input));
