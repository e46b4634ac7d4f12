//! What a test has done last, for the report of its failure.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many are remembered.
const KEPT: usize = 12;
/// No more of a script is shown.
const WIDTH: usize = 140;

/// The last steps of a test. The last of all was under way when it failed.
#[derive(Debug)]
pub(crate) struct Steps(Mutex<State>);

#[derive(Debug)]
struct State {
    begin: Instant,
    last: VecDeque<(Duration, String)>,
}

impl Steps {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(State {
            begin: Instant::now(),
            last: VecDeque::new(),
        }))
    }

    /// Another test begins.
    pub(crate) fn begin(&self) {
        let mut state = self.state();
        state.begin = Instant::now();
        state.last.clear();
    }

    /// Something is about to be done.
    pub(crate) fn note(&self, what: &str) {
        let mut state = self.state();
        let at = state.begin.elapsed();
        if state.last.len() == KEPT {
            state.last.pop_front();
        }
        state.last.push_back((at, on_one_line(what)));
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, what) in &self.state().last {
            writeln!(f, "  {:>7.3} s {what}", at.as_secs_f64())?;
        }
        Ok(())
    }
}

fn on_one_line(what: &str) -> String {
    let line = what.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
