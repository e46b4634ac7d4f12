//! How far an exploration goes.

use std::fmt;

/// What is explored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Tokens in `localStorage`.
    Jwt,
    /// The refresh token in a cookie.
    Hybrid,
    /// Tokens in `localStorage`, each read and write of which is answered later.
    Slow,
    /// A session in a cookie, and `me`.
    Session,
}

/// How often what may happen: all that happens by itself happens in every order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bounds {
    pub tabs: usize,
    /// Times that the access token ends.
    pub expiries: u8,
    /// Crashes, each followed by another tab at any time.
    pub crashes: u8,
    /// Answers that never come.
    pub lost: u8,
    /// Requests that never arrive.
    pub dropped: u8,
    /// Answers of 503.
    pub busy: u8,
    /// Deadlines that pass while what they wait for is under way: of the lock, a refresh, a logout, a login.
    pub late: u8,
    /// Sessions that the server ends.
    pub revoked: u8,
    /// Writes that the store refuses.
    pub full: u8,
    pub logouts: u8,
    /// As somebody else.
    pub logins: u8,
    /// As the same person.
    pub relogins: u8,
    /// Reads that are never answered. From then on that tab's store answers nothing.
    pub hangs: u8,
    /// Reads that come before a write which was asked for earlier, and the other way round.
    pub overtakes: u8,
    /// Reads of which the store looks first and answers later.
    pub looks: u8,
    /// What is written stands there at once, and is answered later like a read.
    pub lands_at_once: bool,
    /// A token that has ended is renewed when it is called for, and not before.
    pub is_lazy: bool,
    /// Somebody else who signs in by a page of the backend, past every engine: a tab goes there.
    pub page_logins: u8,
    /// The same, of a logout.
    pub page_logouts: u8,
    /// Callers who want a token.
    pub calls: u8,
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} tabs", self.tabs)?;
        let counts = [
            ("expiries", self.expiries),
            ("crashes", self.crashes),
            ("lost", self.lost),
            ("dropped", self.dropped),
            ("busy", self.busy),
            ("late", self.late),
            ("revoked", self.revoked),
            ("full", self.full),
            ("logouts", self.logouts),
            ("logins", self.logins),
            ("relogins", self.relogins),
            ("hangs", self.hangs),
            ("overtakes", self.overtakes),
            ("looks", self.looks),
            ("lands at once", u8::from(self.lands_at_once)),
            ("lazy", u8::from(self.is_lazy)),
            ("page logins", self.page_logins),
            ("page logouts", self.page_logouts),
            ("calls", self.calls),
        ];
        for (name, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
            write!(f, ", {count} {name}")?;
        }
        Ok(())
    }
}

const NONE: Bounds = Bounds {
    tabs: 3,
    expiries: 1,
    crashes: 0,
    lost: 0,
    dropped: 0,
    busy: 0,
    late: 0,
    revoked: 0,
    full: 0,
    logouts: 0,
    logins: 0,
    relogins: 0,
    hangs: 0,
    overtakes: 0,
    looks: 0,
    lands_at_once: false,
    is_lazy: false,
    page_logins: 0,
    page_logouts: 0,
    calls: 0,
};

/// Of `cargo test` and the short tier, of `HALLPASS_TIER=all`, or of a long run by hand: `HALLPASS_MODEL=deep`.
pub fn chosen() -> Vec<Bounds> {
    let two = Bounds { tabs: 2, ..NONE };
    let mut chosen = vec![
        Bounds {
            lost: 1,
            late: 1,
            calls: 1,
            ..two
        },
        Bounds {
            revoked: 1,
            calls: 1,
            ..two
        },
        Bounds { full: 1, ..two },
        Bounds {
            busy: 1,
            dropped: 1,
            calls: 1,
            ..two
        },
        Bounds {
            crashes: 1,
            lost: 1,
            ..two
        },
        Bounds { logouts: 1, ..two },
        Bounds { logins: 1, ..two },
    ];
    if !is_broad() {
        return chosen;
    }
    chosen.extend([
        Bounds {
            logouts: 1,
            logins: 1,
            ..two
        },
        Bounds {
            expiries: 0,
            logouts: 1,
            logins: 1,
            ..NONE
        },
        Bounds {
            expiries: 2,
            ..NONE
        },
        Bounds {
            crashes: 1,
            lost: 1,
            ..NONE
        },
        Bounds { late: 1, ..NONE },
        Bounds { revoked: 1, ..NONE },
        Bounds { full: 1, ..NONE },
        Bounds {
            dropped: 1,
            busy: 1,
            ..NONE
        },
    ]);
    if is_deep() {
        chosen.extend([
            Bounds {
                expiries: 2,
                calls: 1,
                ..NONE
            },
            Bounds {
                expiries: 2,
                crashes: 1,
                lost: 1,
                dropped: 1,
                late: 1,
                ..two
            },
            Bounds {
                logouts: 1,
                logins: 1,
                lost: 1,
                ..two
            },
            Bounds {
                logouts: 1,
                crashes: 1,
                late: 1,
                ..two
            },
            Bounds {
                full: 1,
                calls: 1,
                ..NONE
            },
            Bounds {
                revoked: 1,
                calls: 1,
                ..NONE
            },
        ]);
    }
    chosen
}

/// What is renewed when a caller wants it: one tab does it, while anything happens in the other.
const LAZY: Bounds = Bounds {
    tabs: 2,
    calls: 1,
    is_lazy: true,
    ..NONE
};
/// The same, where what is written stands there at once.
const PROMPT: Bounds = Bounds {
    lands_at_once: true,
    ..LAZY
};
/// No token ends.
const STILL: Bounds = Bounds {
    tabs: 2,
    expiries: 0,
    ..NONE
};

/// The same, of a store that answers later: of each step it makes several.
pub fn slow() -> Vec<Bounds> {
    let mut chosen = vec![
        Bounds { hangs: 1, ..LAZY },
        Bounds {
            logins: 1,
            ..PROMPT
        },
        Bounds {
            tabs: 2,
            calls: 1,
            ..NONE
        },
        Bounds {
            logouts: 1,
            lands_at_once: true,
            ..STILL
        },
        Bounds { logins: 1, ..STILL },
    ];
    if is_broad() {
        chosen.extend([
            Bounds {
                logouts: 1,
                logins: 1,
                lands_at_once: true,
                ..STILL
            },
            Bounds {
                logins: 1,
                hangs: 1,
                ..PROMPT
            },
            Bounds {
                relogins: 1,
                hangs: 1,
                ..PROMPT
            },
            Bounds {
                logouts: 1,
                ..PROMPT
            },
            Bounds {
                logins: 1,
                looks: 1,
                ..PROMPT
            },
            Bounds {
                logins: 1,
                overtakes: 1,
                ..PROMPT
            },
        ]);
    }
    if is_deep() {
        chosen.push(Bounds {
            tabs: 2,
            hangs: 1,
            ..NONE
        });
    }
    chosen
}

/// The same, of a session in a cookie, which no engine sees the end of.
pub fn session() -> Vec<Bounds> {
    let mut chosen = vec![
        Bounds {
            logins: 1,
            calls: 1,
            dropped: 1,
            ..STILL
        },
        Bounds {
            logouts: 1,
            lost: 1,
            dropped: 1,
            ..STILL
        },
        Bounds {
            page_logins: 1,
            calls: 1,
            busy: 1,
            dropped: 1,
            ..STILL
        },
        Bounds {
            page_logins: 1,
            logins: 1,
            ..STILL
        },
        Bounds {
            page_logins: 1,
            relogins: 1,
            ..STILL
        },
        Bounds {
            page_logouts: 1,
            calls: 1,
            busy: 1,
            dropped: 1,
            ..STILL
        },
        Bounds {
            page_logouts: 1,
            logins: 1,
            busy: 1,
            ..STILL
        },
        Bounds {
            revoked: 1,
            calls: 1,
            ..STILL
        },
    ];
    if is_broad() {
        chosen.extend([
            Bounds {
                logouts: 1,
                crashes: 1,
                lost: 1,
                dropped: 1,
                ..STILL
            },
            Bounds {
                page_logins: 1,
                page_logouts: 1,
                busy: 1,
                ..STILL
            },
            Bounds {
                page_logins: 1,
                logouts: 1,
                dropped: 1,
                ..STILL
            },
            Bounds {
                page_logins: 1,
                logouts: 1,
                lost: 1,
                ..STILL
            },
            Bounds {
                logins: 1,
                late: 1,
                ..STILL
            },
            Bounds {
                logouts: 1,
                late: 1,
                ..STILL
            },
            Bounds {
                tabs: 3,
                logins: 1,
                ..STILL
            },
            Bounds {
                tabs: 3,
                page_logins: 1,
                ..STILL
            },
        ]);
    }
    chosen
}

/// In these some property does not hold.
pub fn open() -> Vec<(Kind, Bounds)> {
    vec![
        // A write of a tab that has not heard of a login or logout yet lands after it.
        (Kind::Slow, Bounds { logouts: 1, ..LAZY }),
        (Kind::Slow, Bounds { logins: 1, ..LAZY }),
        // A read overtakes the write of a login or logout in its own tab.
        (
            Kind::Slow,
            Bounds {
                logins: 1,
                relogins: 1,
                overtakes: 1,
                ..STILL
            },
        ),
        // A tab whose store does not answer writes what a logout took away.
        (
            Kind::Slow,
            Bounds {
                logouts: 1,
                hangs: 1,
                ..PROMPT
            },
        ),
        // A login ends as superseded, and its cookie is the one that counts.
        (
            Kind::Session,
            Bounds {
                logins: 1,
                relogins: 1,
                ..STILL
            },
        ),
        // A logout ends a newer session than its tab shows, after the other tab has looked.
        (
            Kind::Session,
            Bounds {
                logins: 1,
                logouts: 1,
                ..STILL
            },
        ),
    ]
}

fn is_broad() -> bool {
    is_deep() || std::env::var("HALLPASS_TIER").is_ok_and(|value| value == "all")
}

fn is_deep() -> bool {
    std::env::var("HALLPASS_MODEL").is_ok_and(|value| value == "deep")
}
