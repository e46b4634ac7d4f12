//! What the browser's processes hold, seen from outside.

use std::collections::HashMap;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// The memory of a process and of all that it has started. Needs [`Feature::ProcessMemory`](crate::Feature::ProcessMemory).
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    root: u32,
}

impl Memory {
    pub(crate) fn of(root: u32) -> Self {
        Self { root }
    }

    /// Does the work, and tells what was held before and at most meanwhile.
    pub async fn used_by<T>(self, work: impl Future<Output = Result<T>>) -> Result<(T, Use)> {
        let before = self.held();
        ensure!(
            before > Bytes(0),
            "the memory of {} cannot be read",
            self.root
        );
        let is_over = Arc::new(AtomicBool::new(false));
        let over = is_over.clone();
        // A thread of its own: looking takes a while.
        let looking = thread::spawn(move || {
            let mut peak = before;
            while !over.load(Ordering::Relaxed) {
                peak = peak.max(self.held());
                thread::sleep(PAUSE);
            }
            peak.max(self.held())
        });
        let outcome = work.await;
        is_over.store(true, Ordering::Relaxed);
        let peak = looking.join().map_err(|_| anyhow!("nobody looked"))?;
        Ok((outcome?, Use { before, peak }))
    }

    /// The sum of their Pss: what several share counts once.
    pub fn held(self) -> Bytes {
        let parents = parents();
        let is_ours = |mut id: u32| {
            while id != self.root {
                match parents.get(&id) {
                    Some(&parent) => id = parent,
                    None => return false,
                }
            }
            true
        };
        let ours = parents.keys().copied().filter(|id| is_ours(*id));
        // One that ended in between holds nothing.
        Bytes(ours.filter_map(|id| pss(id).ok()).sum())
    }
}

/// What some work used.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    /// Held when it began.
    pub before: Bytes,
    /// Held at most.
    pub peak: Bytes,
}

impl Use {
    /// What came on top.
    pub fn growth(self) -> Bytes {
        Bytes(self.peak.0 - self.before.0)
    }
}

impl std::fmt::Display for Use {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}", self.before, self.peak)
    }
}

/// An amount of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

impl std::fmt::Display for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} MB", self.0 / 1_000_000)
    }
}

/// The parent of each process (proc_pid_stat(5)).
fn parents() -> HashMap<u32, u32> {
    let mut parents = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|id| id.parse().ok()) else {
            continue;
        };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // After the name, in which anything may be: state and parent.
        let parent = stat
            .rsplit_once(") ")
            .and_then(|(_, rest)| rest.split(' ').nth(1)?.parse().ok());
        if let Some(parent) = parent {
            parents.insert(id, parent);
        }
    }
    parents
}

fn pss(id: u32) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{id}/smaps_rollup"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    let kib: u64 = number.context("no Pss")?.parse()?;
    Ok(kib * 1024)
}
