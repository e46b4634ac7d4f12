//! What a simulated life is like: its kind says what may be in it, and its seed what is.

use hallpass::core::{Endpoint, Mode, Options};

use crate::chance::Chance;
use crate::site::{Form, Names};
use crate::world::jwt_stored;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Tokens in `localStorage`.
    Jwt,
    /// The refresh token in a cookie.
    Hybrid,
    /// The same, and each new access token is told to the other tabs.
    Shared,
    /// Tokens in a store that answers late, fails once or does not answer.
    SlowStore,
    /// The same where a cookie carries the session and the store holds notes only: a store of the app's own.
    SlowNotes,
    /// A session cookie and `me`, which is late or fails now and then; a server that ends sessions.
    Session,
    /// The same, and the backend's own pages log in and out past every engine.
    SessionPages,
    /// The same pages beside a refresh token in a cookie.
    HybridPages,
    /// Endpoints that name people in different ways, and people who change their address. `me` in every mode.
    Names,
    /// A lease in the place of Web Locks.
    Lease,
    /// Pages that lie in the back/forward cache while their requests go on.
    Bfcache,
    /// All of it.
    Wild,
}

/// How many tabs, and for how long: most lives are short, so that many are lived, and some are long and crowded.
fn extent(seed: u64) -> (usize, u64) {
    match seed % 5_000 {
        4_999 => (50, 2 * 3_600_000),
        number if number % 50 == 49 => (12, 30 * 60_000),
        _ => (6, 6 * 60_000),
    }
}

/// How long an access token lives, in seconds. With the long one, nothing is renewed by itself during a life.
const SHORT_TOKEN: i64 = 60;
const LONG_TOKEN: i64 = 900;

/// A living owner renews its lease so often that this is left of it at least when the owner goes.
pub const LEASE: (u64, u64) = (3_000, 5_000);

#[derive(Clone, Debug)]
pub struct Life {
    pub kind: Kind,
    pub seed: u64,
    pub mode: Mode,
    pub shares_tokens: bool,
    pub most_tabs: usize,
    pub ms: u64,
    /// Of access tokens, in seconds.
    pub token_life: i64,
    /// It is full for a while.
    pub store_fills: bool,
    /// Reads and writes are answered later.
    pub store_is_slow: bool,
    /// A read or write fails, and the next one does not.
    pub store_fails: bool,
    /// A read or write is never answered.
    pub store_hangs: bool,
    /// The backend's own pages log in and out.
    pub has_own_pages: bool,
    /// A logout is answered by a redirect, which an engine gets to know as a failure of the network.
    pub logout_redirects: bool,
    pub server_ends_sessions: bool,
    pub asks_me: bool,
    pub me_fails: bool,
    pub names: Names,
    pub addresses_change: bool,
    pub has_lease: bool,
    pub has_bfcache: bool,
}

impl Life {
    pub fn new(kind: Kind, seed: u64) -> Life {
        let (most_tabs, ms) = extent(seed);
        let mut chance = Chance::new(seed ^ 0x5EED);
        // The first numbers of seeds that are close are close.
        for _ in 0..4 {
            let _ = chance.number();
        }
        let mode = match kind {
            Kind::Jwt | Kind::SlowStore => Mode::Jwt,
            Kind::Hybrid | Kind::Shared | Kind::HybridPages => Mode::Hybrid,
            Kind::Session | Kind::SessionPages => Mode::Session,
            Kind::Bfcache | Kind::SlowNotes => chance.pick(&[Mode::Session, Mode::Hybrid]),
            Kind::Lease => chance.pick(&[Mode::Hybrid, Mode::Jwt]),
            Kind::Names | Kind::Wild => chance.pick(&[Mode::Session, Mode::Hybrid, Mode::Jwt]),
        };
        let is_session = mode == Mode::Session;
        let is = |kinds: &[Kind]| kinds.contains(&kind);
        // A trait that some kinds always have, and a wild life half of the time.
        let mut may = |kinds: &[Kind]| is(kinds) || (kind == Kind::Wild && chance.one_in(2));
        let store_is_slow = may(&[Kind::SlowStore]) && mode == Mode::Jwt || kind == Kind::SlowNotes;
        let has_own_pages = may(&[Kind::SessionPages, Kind::HybridPages]) && mode != Mode::Jwt;
        let has_names = may(&[Kind::Names]);
        let has_lease = may(&[Kind::Lease]);
        let has_bfcache = may(&[Kind::Bfcache]);
        let server_ends_sessions = may(&[Kind::Session, Kind::SessionPages]) && is_session;
        let mut names = if has_names {
            Names::any(&mut chance, mode)
        } else {
            Names::plain()
        };
        if is_session && !has_names && chance.one_in(2) {
            names.login = Some(Form::Sub);
        }
        // Where nothing in an answer tells whose it is, nobody can find out what happened on other pages.
        let has_own_pages = has_own_pages && (is_session || names.refresh_tells());
        let asks_me = is_session || has_names;
        let is_old = is(&[Kind::Jwt, Kind::Hybrid, Kind::Shared]);
        let has_long_tokens = !is_old && !has_own_pages && chance.one_in(3);
        Life {
            kind,
            seed,
            mode,
            shares_tokens: kind == Kind::Shared
                || (kind == Kind::Wild && mode == Mode::Hybrid && chance.one_in(3)),
            most_tabs,
            ms,
            token_life: if has_long_tokens {
                LONG_TOKEN
            } else {
                SHORT_TOKEN
            },
            store_fills: is_old && seed % 10 == 3,
            store_is_slow,
            store_fails: store_is_slow && chance.one_in(3),
            store_hangs: store_is_slow && chance.one_in(6),
            has_own_pages,
            logout_redirects: has_own_pages && chance.one_in(2),
            server_ends_sessions: server_ends_sessions && chance.one_in(3),
            asks_me,
            me_fails: asks_me && chance.one_in(2),
            addresses_change: has_names,
            names,
            has_lease,
            has_bfcache,
        }
    }

    pub fn is_old(&self) -> bool {
        [Kind::Jwt, Kind::Hybrid, Kind::Shared].contains(&self.kind)
    }

    pub fn options(&self) -> Options {
        let mut options = match self.mode {
            Mode::Jwt => jwt_stored(),
            mode => Options::new(mode),
        };
        options.share_across_tabs = self.shares_tokens;
        if self.asks_me {
            options.me = Endpoint::At("/auth/me".into());
        }
        options
    }
}

impl Names {
    /// Everything that a person is known by is the `sub` of the token, or of the session's user.
    pub fn plain() -> Names {
        Names {
            is_opaque: false,
            login: None,
            refresh: None,
            me: Form::Sub,
        }
    }

    /// One way for each endpoint, of those in which the same person can be told to be the same: by the token's `sub`, or by an
    /// identifier that all answers have.
    fn any(chance: &mut Chance, mode: Mode) -> Names {
        let is_opaque = mode != Mode::Session && chance.one_in(3);
        let forms: &[Form] = if mode != Mode::Session && !is_opaque {
            &[Form::Sub, Form::IdNumber, Form::IdText, Form::Pk]
        } else if chance.one_in(4) {
            &[Form::Pk]
        } else {
            &[Form::IdNumber, Form::IdText]
        };
        let some = |chance: &mut Chance, times| {
            let form = chance.pick(forms);
            (!chance.one_in(times)).then_some(form)
        };
        Names {
            is_opaque,
            login: some(chance, 4),
            refresh: some(chance, 2).filter(|_| chance.one_in(2)),
            me: chance.pick(forms),
        }
    }

    /// Whether the answer to a refresh says whose session it is.
    fn refresh_tells(&self) -> bool {
        !self.is_opaque || self.refresh.is_some()
    }
}
