//! The one clock: server time, told from a monotonic clock and an offset.
//!
//! Every time that comes in is one a JavaScript `Date` can hold (±8.64e15 ms), so
//! that sums are far from overflow; arithmetic that saturates is large in WebAssembly.

/// Milliseconds of a clock that never goes back (`performance.now()`), from any start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mono(pub u64);

/// Milliseconds since 1970 by this device's clock, which may be wrong and may jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wall(pub i64);

/// Milliseconds since 1970 by the server's clock, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerTime(pub i64);

/// Both clocks of the device, read at the moment of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Now {
    /// Monotonic time.
    pub mono: Mono,
    /// Wall-clock time.
    pub wall: Wall,
}

impl Mono {
    /// This moment `ms` later.
    #[must_use]
    pub fn after(self, ms: u64) -> Mono {
        Mono(self.0.wrapping_add(ms))
    }

    fn signed(self) -> i64 {
        self.0.cast_signed()
    }
}

impl ServerTime {
    /// This moment `ms` later (or earlier, if negative).
    #[must_use]
    pub fn after(self, ms: i64) -> ServerTime {
        ServerTime(self.0.wrapping_add(ms))
    }

    /// Milliseconds from `earlier` to this.
    #[must_use]
    pub fn since(self, earlier: ServerTime) -> i64 {
        self.0.wrapping_sub(earlier.0)
    }
}

/// A difference between the two clocks of the device below this is drift, not a jump.
const JUMP_MS: i64 = 2_000;
/// Both clocks are read in whole milliseconds, one after the other.
const FLICKER_MS: i64 = 50;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Clock {
    /// Server time minus monotonic time.
    offset: i64,
    /// Wall time minus monotonic time when last looked at.
    wall_offset: i64,
    /// The same, but still while it only flickers: times that are shown must not.
    steady_offset: i64,
}

impl Clock {
    /// Until the server is heard, its clock is taken to agree with the device's.
    pub(crate) fn new(now: Now) -> Clock {
        let wall_offset = now.wall.0.wrapping_sub(now.mono.signed());
        Clock {
            offset: wall_offset,
            wall_offset,
            steady_offset: wall_offset,
        }
    }

    pub(crate) fn server(&self, now: Now) -> ServerTime {
        ServerTime(now.mono.signed().wrapping_add(self.offset))
    }

    /// Takes notice of a jump between wall and monotonic time, and returns its length.
    ///
    /// A jump forward may be a sleep through which the monotonic clock stood
    /// still, or somebody set the clock. Which, nobody can tell; taking it for
    /// a sleep costs one early refresh at most, and that brings the true time.
    pub(crate) fn observe(&mut self, now: Now) -> Option<i64> {
        let wall_offset = now.wall.0.wrapping_sub(now.mono.signed());
        let jump = wall_offset.wrapping_sub(self.wall_offset);
        self.wall_offset = wall_offset;
        if wall_offset.wrapping_sub(self.steady_offset).wrapping_abs() >= FLICKER_MS {
            self.steady_offset = wall_offset;
        }
        if jump.wrapping_abs() <= JUMP_MS {
            return None;
        }
        if jump > 0 {
            self.offset = self.offset.wrapping_add(jump);
        }
        Some(jump)
    }

    /// The server said `told` (a time in whole seconds) in answer to a request sent at `sent`.
    pub(crate) fn sync(&mut self, told: ServerTime, sent: Mono, now: Now) {
        let midpoint = sent.0.midpoint(now.mono.0);
        // Cut to whole seconds by the server: half a second is the best guess of what was lost.
        self.offset = told
            .0
            .wrapping_add(500)
            .wrapping_sub(Mono(midpoint).signed());
    }

    /// Server time minus wall time, to keep with a stored session.
    pub(crate) fn skew(&self, now: Now) -> i64 {
        self.server(now).0.wrapping_sub(now.wall.0)
    }

    /// Takes over the skew that was kept with a stored session. Times are shown then as who wrote it down has them, to the millisecond.
    pub(crate) fn adopt_skew(&mut self, skew: i64) {
        self.offset = self.steady_offset.wrapping_add(skew);
    }

    /// `time` as this device's clock will show it.
    pub(crate) fn to_wall(&self, time: ServerTime) -> Wall {
        let mono = time.0.wrapping_sub(self.offset);
        Wall(mono.wrapping_add(self.steady_offset))
    }

    /// When the monotonic clock will show `time`.
    pub(crate) fn to_mono(&self, time: ServerTime) -> Mono {
        Mono(time.0.wrapping_sub(self.offset).max(0).cast_unsigned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(mono: u64, wall: i64) -> Now {
        Now {
            mono: Mono(mono),
            wall: Wall(wall),
        }
    }

    #[test]
    fn a_wall_clock_set_back_does_not_move_server_time() {
        let mut clock = Clock::new(at(0, 1_000_000));
        let later = at(10_000, 1_010_000 - 3_600_000);
        assert_eq!(clock.observe(later), Some(-3_600_000));
        assert_eq!(clock.server(later), ServerTime(1_010_000));
    }

    #[test]
    fn a_sleep_moves_server_time_on() {
        let mut clock = Clock::new(at(0, 1_000_000));
        let woken = at(10, 1_000_010 + 3_600_000);
        assert_eq!(clock.observe(woken), Some(3_600_000));
        assert_eq!(clock.server(woken), ServerTime(4_600_010));
        assert_eq!(clock.observe(woken), None, "a jump is told once");
    }

    #[test]
    fn drift_is_no_jump() {
        let mut clock = Clock::new(at(0, 0));
        for second in 1..100 {
            assert_eq!(
                clock.observe(at(second * 1_000, second as i64 * 1_001)),
                None
            );
        }
    }

    #[test]
    fn the_offset_is_taken_at_the_midpoint_of_the_request() {
        let mut clock = Clock::new(at(0, 0));
        clock.sync(ServerTime(50_000), Mono(1_000), at(3_000, 3_000));
        assert_eq!(clock.server(at(2_000, 2_000)), ServerTime(50_500));
        assert_eq!(clock.to_mono(ServerTime(50_500)), Mono(2_000));
        assert_eq!(clock.to_wall(ServerTime(50_500)), Wall(2_000));
    }

    #[test]
    fn no_time_panics() {
        let mut clock = Clock::new(at(u64::MAX, i64::MIN));
        clock.observe(at(0, i64::MAX));
        clock.sync(ServerTime(i64::MAX), Mono(u64::MAX), at(u64::MAX, 0));
        clock.adopt_skew(i64::MIN);
        let _ = (
            clock.server(at(u64::MAX, 0)),
            clock.to_mono(ServerTime(i64::MAX)),
        );
        let _ = Mono(u64::MAX).after(1);
    }
}
