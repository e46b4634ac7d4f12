//! Steps that are run side by side, each a `cargo xtask` command of its own, which a person can run again by itself.
//!
//! One of them may be compiling, which keeps both processors busy but for its ends, and others run beside it.

mod counts;
mod step;
mod table;

use anyhow::Result;
use std::num::NonZero;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use crate::project::Project;
use step::{Ended, Running};
use table::Row;

pub(crate) use step::Step;

/// How often it is looked whether a step has ended.
const ROUND: Duration = Duration::from_millis(50);

/// How long nothing may be told.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs all steps that can be run, also after one has failed, then prints one table. Whether all passed.
pub(crate) fn run(project: &Project, steps: Vec<Step>) -> Result<bool> {
    let begin = Instant::now();
    let logs = project.scratch("logs")?;
    let mut run = Run {
        logs,
        waiting: steps,
        running: Vec::new(),
        ended: Vec::new(),
    };
    let told = run.all();
    run.stop();
    table::print(&run.ended, &run.waiting, begin.elapsed());
    told?;
    Ok(run.waiting.is_empty() && run.ended.iter().all(Row::is_ok))
}

struct Run {
    logs: PathBuf,
    /// In the order in which they are wanted.
    waiting: Vec<Step>,
    running: Vec<Running>,
    ended: Vec<Row>,
}

impl Run {
    fn all(&mut self) -> Result<()> {
        let mut told = Instant::now();
        loop {
            while let Some(place) = self.next() {
                let step = self.waiting.remove(place);
                println!("── {}: {}", step.name, step.by_hand());
                self.running.push(Running::start(step, &self.logs)?);
                told = Instant::now();
            }
            if self.running.is_empty() {
                return Ok(());
            }
            thread::sleep(ROUND);
            let mut place = 0;
            while let Some(running) = self.running.get_mut(place) {
                let Some(ended) = running.look()? else {
                    place += 1;
                    continue;
                };
                let Ended { row, failure } = self.running.swap_remove(place).end(ended)?;
                println!("{}", row.line());
                if let Some(failure) = failure {
                    println!("{failure}");
                }
                self.ended.push(row);
                told = Instant::now();
            }
            if told.elapsed() > PATIENCE {
                let lines: Vec<String> = self.running.iter().map(Running::progress).collect();
                println!("   … {}", lines.join("; "));
                told = Instant::now();
            }
        }
    }

    /// The first that may start now.
    fn next(&self) -> Option<usize> {
        let compiles = self.running.iter().any(|running| running.step().compiles);
        let places = thread::available_parallelism()
            .map_or(1, NonZero::get)
            .max(2);
        if self.running.len() >= places {
            return None;
        }
        let is_done = |name: &&str| {
            self.ended
                .iter()
                .any(|row| row.name == *name && row.is_ok())
        };
        let may_start =
            |step: &Step| !(step.compiles && compiles) && step.after.iter().all(is_done);
        self.waiting.iter().position(may_start)
    }

    /// Ends what an error here left running.
    fn stop(&mut self) {
        for running in &mut self.running {
            running.kill();
        }
    }
}
