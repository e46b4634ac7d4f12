//! A store that answers later. By itself it does what it was asked in that order; now and then it does not.

use std::collections::VecDeque;

use hallpass::core::{Input, Secret};

use crate::system::State;

/// What a tab has asked of its store.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Job {
    /// Some: it has looked, and has not said yet what it saw.
    Read(Option<Option<String>>),
    Write(Option<String>),
    /// It stands there already, and is to be said so.
    Wrote,
}

#[derive(Clone, Debug, Default)]
pub struct Slow {
    pub jobs: VecDeque<Job>,
    /// It answers nothing any more.
    pub hangs: bool,
}

impl Slow {
    /// An answer will come.
    pub fn is_busy(&self) -> bool {
        !self.jobs.is_empty() && !self.hangs
    }

    fn first(&self, is_it: fn(&Job) -> bool) -> Option<usize> {
        let place = self.jobs.iter().position(is_it);
        place.filter(|_| !self.hangs)
    }

    /// The oldest read.
    pub fn read(&self) -> Option<usize> {
        self.first(|job| matches!(job, Job::Read(_)))
    }

    pub fn write(&self) -> Option<usize> {
        self.first(|job| matches!(job, Job::Write(_) | Job::Wrote))
    }

    /// What comes before its turn: the oldest read or write, whichever is not the oldest of all.
    pub fn overtaker(&self) -> Option<usize> {
        self.read().max(self.write()).filter(|place| *place > 0)
    }

    /// Its turn has come, and it has not looked yet.
    pub fn may_look(&self) -> bool {
        !self.hangs && self.jobs.front() == Some(&Job::Read(None))
    }
}

impl State {
    pub fn ask_store(&mut self, place: usize, job: Job) {
        let job = match job {
            Job::Write(value) if self.lands_at_once => {
                self.write(place, value);
                Job::Wrote
            }
            job => job,
        };
        let slow = &mut self.tab(place).slow;
        slow.jobs.push_back(job);
        if slow.hangs {
            self.lose_writes(place);
        }
    }

    pub fn look(&mut self, place: usize) {
        let seen = self.store.clone();
        self.tab(place).slow.jobs[0] = Job::Read(Some(seen));
    }

    /// Does it, and says so.
    pub fn do_job(&mut self, place: usize, number: usize) {
        let input = match self.tab(place).slow.jobs.remove(number).unwrap() {
            Job::Read(seen) => {
                let text = seen.unwrap_or_else(|| self.store.clone());
                Input::Loaded(Ok(text.map(Secret::new)))
            }
            Job::Write(value) => {
                self.write(place, value);
                Input::Saved(Ok(()))
            }
            Job::Wrote => Input::Saved(Ok(())),
        };
        self.feed(place, input);
    }

    pub fn hang(&mut self, place: usize) {
        self.tab(place).slow.hangs = true;
        self.lose_writes(place);
    }

    /// What was to be written down may be missing.
    fn lose_writes(&mut self, place: usize) {
        let jobs = std::mem::take(&mut self.tab(place).slow.jobs);
        self.was_full |= jobs
            .iter()
            .any(|job| matches!(job, Job::Write(value) if *value != self.store));
    }
}
