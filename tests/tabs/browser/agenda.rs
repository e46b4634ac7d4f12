//! What is to happen, and when.

use std::cmp::Ordering;

use hallpass::core::{Message, Pass};

use super::network::Fate;
use super::tab::TabId;
use crate::site::Reply;

#[derive(Debug)]
pub enum What {
    /// A request reaches the server, and its answer is lost or not.
    Arrive(TabId, u32, Fate),
    Answer(TabId, u32, Option<Box<Reply>>),
    /// The shell has given a request up.
    Aborted(TabId, u32),
    Api(TabId, u32, u16),
    /// The same of a call that went by a pass: whether it was safe, and by which.
    ApiByPass(TabId, u32, u16, bool, Pass),
    /// And when it was said.
    Tell(TabId, Message, u64),
    StoreChanged(TabId),
    /// A slow store reads for a tab, and what it read comes.
    Read(TabId, Option<String>),
    ReadFails(TabId),
    /// A slow store does what a tab, which may be gone by now, wanted written.
    Write(TabId, Option<String>),
    Wrote(TabId, bool),
    /// A slow store looks.
    Look(TabId, u64),
    Grant(TabId, bool),
    /// Those who wait for a lease look at it.
    Poll,
    Wake(TabId),
    /// A shell sees that its lease is another's.
    LeaseLost(TabId),
    /// A frozen tab goes on.
    Thaw(TabId),
    /// It comes back from the back/forward cache.
    Restore(TabId),
    /// A navigation has come to an end.
    Open,
    Act,
}

/// What happens at a time; of one time, in the order that it was planned.
#[derive(Debug)]
pub struct Entry {
    pub at: u64,
    pub place: u64,
    pub what: What,
}

impl Ord for Entry {
    fn cmp(&self, other: &Entry) -> Ordering {
        (self.at, self.place).cmp(&(other.at, other.place))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Entry) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Entry) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Entry {}

impl What {
    /// The tab that has to be awake for it.
    pub fn waits_with(&self) -> Option<TabId> {
        match self {
            What::Answer(tab, ..)
            | What::Aborted(tab, _)
            | What::LeaseLost(tab)
            | What::Api(tab, ..)
            | What::ApiByPass(tab, ..)
            | What::Tell(tab, ..)
            | What::StoreChanged(tab)
            | What::Read(tab, _)
            | What::ReadFails(tab)
            | What::Wrote(tab, _)
            | What::Grant(tab, _)
            | What::Wake(tab) => Some(*tab),
            What::Arrive(..)
            | What::Write(..)
            | What::Look(..)
            | What::Poll
            | What::Thaw(_)
            | What::Restore(_)
            | What::Open
            | What::Act => None,
        }
    }

    /// What waits for a frozen tab; its cookie has been taken already.
    pub fn strip(self) -> What {
        match self {
            What::Answer(tab, request, Some(mut reply)) => {
                reply.cookie = None;
                What::Answer(tab, request, Some(reply))
            }
            other => other,
        }
    }
}
