//! How long tests took.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many of the slowest are told.
const TOLD: usize = 20;

/// The duration of each test that ran.
#[derive(Debug)]
pub(crate) struct Durations {
    begin: Instant,
    tests: Mutex<Vec<(Duration, String)>>,
}

impl Durations {
    pub(crate) fn new() -> Self {
        Self {
            begin: Instant::now(),
            tests: Mutex::default(),
        }
    }

    pub(crate) fn add(&self, name: &str, duration: Duration) {
        self.tests().push((duration, name.to_owned()));
    }

    /// One line for the whole, and one for each of the slowest: `slowest:   12.34 s module::name::mode`.
    pub(crate) fn tell(&self, engine: &str, browsers: usize) {
        let mut tests = self.tests();
        tests.sort_by(|one, other| other.cmp(one));
        let all: Duration = tests.iter().map(|(duration, _)| *duration).sum();
        println!(
            "total: {engine}, {} tests in {:.1} s, {:.1} s in tests, {browsers} at once",
            tests.len(),
            self.begin.elapsed().as_secs_f64(),
            all.as_secs_f64(),
        );
        for (duration, name) in tests.iter().take(TOLD) {
            println!("slowest: {:>7.2} s {name}", duration.as_secs_f64());
        }
    }

    fn tests(&self) -> std::sync::MutexGuard<'_, Vec<(Duration, String)>> {
        self.tests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
