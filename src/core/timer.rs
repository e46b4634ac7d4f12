//! Every point in time the engine waits for.

use super::clock::Mono;

/// What a timer is for. Timers are hints: the deadline behind each decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Timer {
    /// The access token comes within the leeway of its end.
    Due,
    /// The store has not answered the first read.
    Load,
    /// The lock between tabs has not been granted.
    LockWait,
    /// The refresh endpoint has not answered, or the store has not written what it gave.
    Refresh,
    /// After a failed refresh or restore, the next attempt may start.
    Cooldown,
    /// The login endpoint has not answered.
    Login,
    /// The logout endpoint has not answered.
    Logout,
    /// The `me` endpoint has not answered.
    Me,
    /// The CSRF endpoint has not answered.
    Csrf,
    /// The store was found empty; the word that explains it may still be on its way.
    Cleared,
}

#[cfg(not(target_arch = "wasm32"))]
impl Timer {
    pub(super) fn name(self) -> &'static str {
        match self {
            Timer::Due => "due",
            Timer::Load => "load",
            Timer::LockWait => "lock",
            Timer::Refresh => "refresh",
            Timer::Cooldown => "cooldown",
            Timer::Login => "login",
            Timer::Logout => "logout",
            Timer::Me => "me",
            Timer::Csrf => "csrf",
            Timer::Cleared => "look",
        }
    }
}

/// In the order of their numbers.
const ALL: [Timer; 10] = [
    Timer::Due,
    Timer::Load,
    Timer::LockWait,
    Timer::Refresh,
    Timer::Cooldown,
    Timer::Login,
    Timer::Logout,
    Timer::Me,
    Timer::Csrf,
    Timer::Cleared,
];

#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Timers([Option<Mono>; ALL.len()]);

impl Timers {
    pub(super) fn set(&mut self, timer: Timer, at: Mono) {
        self.put(timer, Some(at));
    }

    pub(super) fn clear(&mut self, timer: Timer) {
        self.put(timer, None);
    }

    pub(super) fn clear_all_but(&mut self, kept: Timer) {
        let at = self.0.get(kept as usize).copied().flatten();
        *self = Timers::default();
        self.put(kept, at);
    }

    pub(super) fn next(&self) -> Option<Mono> {
        self.0.iter().flatten().min().copied()
    }

    /// Those that run, the next one first.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn in_order(&self) -> impl Iterator<Item = Timer> {
        let mut running: Vec<_> = self
            .0
            .iter()
            .zip(ALL)
            .filter_map(|(slot, timer)| Some((slot.as_ref()?, timer)))
            .collect();
        running.sort_by_key(|(at, _)| **at);
        running.into_iter().map(|(_, timer)| timer)
    }

    /// Takes out one timer that has run off.
    pub(super) fn take_expired(&mut self, now: Mono) -> Option<Timer> {
        for (slot, timer) in self.0.iter_mut().zip(&ALL) {
            if slot.is_some_and(|at| at <= now) {
                *slot = None;
                return Some(*timer);
            }
        }
        None
    }

    fn put(&mut self, timer: Timer, at: Option<Mono>) {
        if let Some(slot) = self.0.get_mut(timer as usize) {
            *slot = at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_deadline_comes_first_and_each_expires_once() {
        let mut timers = Timers::default();
        timers.set(Timer::Due, Mono(20));
        timers.set(Timer::Csrf, Mono(10));
        assert_eq!(timers.next(), Some(Mono(10)));
        assert_eq!(timers.take_expired(Mono(9)), None);
        assert_eq!(timers.take_expired(Mono(30)), Some(Timer::Due));
        assert_eq!(timers.take_expired(Mono(30)), Some(Timer::Csrf));
        assert_eq!(timers.take_expired(Mono(30)), None);
        assert_eq!(timers.next(), None);
    }
}
