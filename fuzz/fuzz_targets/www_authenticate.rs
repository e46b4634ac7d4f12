//! `targets/src/www_authenticate.rs`, by libFuzzer.

#![no_main]

use hallpass_fuzz_targets::www_authenticate::check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| check(input));
