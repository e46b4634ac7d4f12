//! The world around one engine.

use hallpass::core::{
    Answer, AuthError, Body, CallId, Code, Effect, Engine, Event, Failure, FetchAnswer, FetchFacts,
    HeaderValue, HttpRequest, Input, LoadFailure, Message, Mono, Now, Options, Outcome, Pass,
    RequestId, Secret, ServerTime, Snapshot, Status, StoreFailure, Wall, Watch, Word,
};
use hallpass::core::{Change, Endpoint, Mode, PageEvent, Reason};

#[path = "stored_pass.rs"]
pub mod stored_pass;
#[path = "urls.rs"]
mod urls;

pub use base64_url::jwt;
pub use urls::HostUrls;

/// When the tests begin, by the device's and the server's clock.
pub const BEGIN: i64 = 1_800_000_000_000;

/// How many random cases a property is tried with: all, or in the short tier a quarter of them.
pub fn cases(all: u32) -> u32 {
    let is_broad = std::env::var("HALLPASS_TIER").is_ok_and(|tier| tier == "all");
    if is_broad { all } else { all / 4 }
}

pub struct World {
    pub engine: Engine,
    pub mono: u64,
    /// Wall time minus monotonic time.
    pub wall: i64,
    /// The same at the last input.
    wall_seen: i64,
    /// Server time minus wall time.
    pub skew: i64,
    /// Whether answers tell the time.
    pub tells_date: bool,
    pub open: Vec<(RequestId, HttpRequest)>,
    pub cancelled: Vec<RequestId>,
    pub dispatched: Vec<Dispatched>,
    pub settled: Vec<(CallId, Result<Outcome, AuthError>)>,
    pub changes: Vec<Change>,
    pub told: Vec<Message>,
    last_told: Option<Message>,
    /// Each pass that was given, with the credential that calls went with under it.
    pub passes: Vec<(Pass, Option<String>)>,
    pub store: Option<String>,
    pub store_fails: bool,
    /// What it says of each read.
    pub store_refuses: Option<LoadFailure>,
    pub store_hangs: bool,
    /// It is full.
    pub saves_fail: bool,
    /// It never says that it has written.
    pub saves_hang: bool,
    pub lock_waits: bool,
    pub holds_lock: bool,
    pub saves: u32,
    last_call: u32,
}

pub struct Dispatched {
    pub call: CallId,
    pub headers: Vec<(String, String)>,
    pub include: bool,
    pub refuse_redirects: bool,
    pub watch: Watch,
}

/// The page that the app is on.
pub const PAGE: HostUrls<'static> = HostUrls(Some("https://app.test/page"));

/// Tells the options of a world from others.
pub const STAMP: u32 = 7;

pub fn check(options: Options) -> Result<hallpass::core::Config, AuthError> {
    options.check(&PAGE)
}

pub fn jwt_stored() -> Options {
    Options {
        storage: Some(hallpass::core::StorageKind::Local),
        ..Options::new(Mode::Jwt)
    }
}

impl World {
    /// Before the first input.
    pub fn idle(options: Options) -> World {
        let config = check(options).unwrap().stamped(STAMP);
        let now = Now {
            mono: Mono(0),
            wall: Wall(BEGIN),
        };
        World {
            engine: Engine::new(config, now),
            mono: 0,
            wall: BEGIN,
            wall_seen: BEGIN,
            skew: 0,
            tells_date: true,
            open: Vec::new(),
            cancelled: Vec::new(),
            dispatched: Vec::new(),
            settled: Vec::new(),
            changes: Vec::new(),
            told: Vec::new(),
            last_told: None,
            passes: Vec::new(),
            store: None,
            store_fails: false,
            store_refuses: None,
            store_hangs: false,
            saves_fail: false,
            saves_hang: false,
            lock_waits: false,
            holds_lock: false,
            saves: 0,
            last_call: 0,
        }
    }

    pub fn start(mut self) -> World {
        self.feed(Input::Start { seed: 42 });
        self
    }

    /// A tab that began `mono` ms after the others.
    pub fn begun_at(mono: u64, options: Options) -> World {
        let mut world = World::idle(options);
        world.mono = mono;
        world.start()
    }

    pub fn new(options: Options) -> World {
        World::idle(options).start()
    }

    /// A tab signed in from the store, and what another tab has made of that since, which this one has yet to see.
    pub fn behind() -> (World, World) {
        let mut other = World::signed_in(jwt_stored());
        let mut world = World::idle(jwt_stored());
        world.store = other.store.clone();
        other.make_due();
        let body = other.tokens(300, "r2");
        other.answer("/auth/refresh", 200, &body);
        (world.start(), other)
    }

    /// A tab that began `mono` ms after this one's begin, in which Grace has signed in since. It has a store of its own.
    pub fn of_grace(mono: u64) -> World {
        let mut other = World::begun_at(mono, jwt_stored());
        other.login();
        let body = other.tokens_of("grace", 300, "g1");
        other.answer("/auth/login", 200, &body);
        other
    }

    /// Signed in by JWT, token good for five minutes, nothing recorded yet.
    pub fn signed_in(options: Options) -> World {
        let mut world = World::new(options);
        let call = world.login();
        let body = world.tokens(300, "r1");
        world.answer("/auth/login", 200, &body);
        assert!(world.outcome(call).is_ok(), "{:?}", world.outcome(call));
        world.changes.clear();
        world.told.clear();
        world
    }

    pub fn now(&self) -> Now {
        Now {
            mono: Mono(self.mono),
            wall: Wall(self.wall + self.mono as i64),
        }
    }

    pub fn server_now(&self) -> i64 {
        self.wall + self.mono as i64 + self.skew
    }

    pub fn feed(&mut self, input: Input) {
        self.wall_seen = self.wall;
        let mut inputs = vec![input];
        while let Some(input) = (!inputs.is_empty()).then(|| inputs.remove(0)) {
            for effect in self.engine.handle(self.now(), input) {
                self.carry_out(effect, &mut inputs);
            }
            self.look_at_pass();
        }
    }

    /// A pass is the engine's own answer, given in advance.
    fn look_at_pass(&mut self) {
        let Some((pass, _)) = self.engine.pass() else {
            return;
        };
        let credential = self.engine.credential();
        let value = credential.as_ref().map(|value| value.expose().to_owned());
        match self.passes.iter().find(|(known, _)| *known == pass) {
            Some((_, known)) => assert_eq!(known, &value, "one pass stands for one credential"),
            None => self.passes.push((pass, value)),
        }
        let facts = FetchFacts {
            is_safe: true,
            has_own_credential: false,
            body: Body::Empty,
        };
        let asked = Input::Fetch {
            call: CallId(u32::MAX),
            facts,
            sent_by: None,
        };
        let effects = self.engine.clone().handle(self.now(), asked);
        let [
            Effect::Dispatch {
                headers,
                include_credentials,
                refuse_redirects: false,
                ..
            },
        ] = &effects[..]
        else {
            panic!("under a pass a call comes to {effects:?}");
        };
        let values: Vec<String> = headers.iter().map(|(_, value)| shown(value)).collect();
        let expected: Vec<&str> = credential.iter().map(Secret::expose).collect();
        assert_eq!(values, expected);
        assert_eq!(*include_credentials, credential.is_none());
    }

    fn carry_out(&mut self, effect: Effect, inputs: &mut Vec<Input>) {
        match effect {
            Effect::Send { request, http } => self.open.push((request, http)),
            Effect::Cancel { request } => {
                self.open.retain(|(open, _)| *open != request);
                self.cancelled.push(request);
            }
            Effect::Dispatch {
                call,
                headers,
                include_credentials,
                refuse_redirects,
                watch,
            } => {
                let headers = headers
                    .into_iter()
                    .map(|(name, value)| (name, shown(&value)))
                    .collect();
                self.dispatched.push(Dispatched {
                    call,
                    headers,
                    include: include_credentials,
                    refuse_redirects,
                    watch,
                });
            }
            Effect::Settle { call, outcome } => {
                assert!(
                    self.try_outcome(call).is_none(),
                    "{call:?} is settled twice"
                );
                self.settled.push((call, outcome));
            }
            Effect::Load if self.store_hangs => {}
            Effect::Load => inputs.push(Input::Loaded(if let Some(failure) = self.store_refuses {
                Err(failure)
            } else if self.store_fails {
                Err(LoadFailure::Broken)
            } else {
                Ok(self.store.clone().map(Secret::new))
            })),
            Effect::Save(_) | Effect::Remove if self.store_fails => {
                inputs.push(Input::Saved(Err(StoreFailure)))
            }
            Effect::Save(_) if self.saves_fail => inputs.push(Input::Saved(Err(StoreFailure))),
            Effect::Save(_) | Effect::Remove if self.saves_hang => {}
            Effect::Save(value) => {
                stored_pass::equals_an_engine(self.engine.config(), value.expose());
                self.saves += 1;
                self.store = Some(value.expose().into());
                inputs.push(Input::Saved(Ok(())));
            }
            Effect::Remove => {
                self.store = None;
                inputs.push(Input::Saved(Ok(())));
            }
            Effect::Lock if self.lock_waits => {}
            Effect::Lock => {
                self.holds_lock = true;
                inputs.push(Input::LockGranted { waited: false });
            }
            Effect::Unlock => self.holds_lock = false,
            Effect::Tell(message) => {
                self.last_told = Some(message.clone());
                self.told.push(message);
            }
            Effect::Notify(change) => self.changes.push(change),
        }
    }

    // Time.

    /// Lets `ms` pass, waking the engine when it asks for it.
    pub fn advance(&mut self, ms: u64) {
        let end = self.mono + ms;
        while let Some(Mono(at)) = self.engine.next_deadline().filter(|at| at.0 <= end) {
            self.mono = self.mono.max(at);
            self.feed(Input::Tick);
        }
        self.mono = end;
        self.is_woken_in_time();
        self.feed(Input::Tick);
    }

    /// Whatever is to be done by now, the engine has asked to be woken for, unless the device's clock was set meanwhile.
    fn is_woken_in_time(&self) {
        if self.wall == self.wall_seen {
            let effects = self.engine.clone().handle(self.now(), Input::Tick);
            assert!(effects.is_empty(), "nobody woke it for {effects:?}");
        }
    }

    /// Lets time pass until a request to `path` is out.
    pub fn until(&mut self, path: &str) {
        for _ in 0..1_000 {
            if self.is_open(path) {
                return;
            }
            self.advance(100);
        }
        panic!("no request to {path} in 100 s: {:?}", self.journal());
    }

    /// Lets time pass until the token is due, and tells how long that took.
    pub fn until_due(&mut self) -> u64 {
        let begin = self.mono;
        while !self.is_open("/auth/refresh") {
            let Mono(at) = self.engine.next_deadline().unwrap();
            self.advance(at - self.mono);
        }
        self.mono - begin
    }

    /// The device sleeps: the monotonic clock stands still.
    pub fn sleep(&mut self, ms: i64) {
        self.wall += ms;
        self.feed(Input::Page(PageEvent::Visible));
    }

    // Calls.

    fn call(&mut self, input: impl FnOnce(CallId) -> Input) -> CallId {
        self.last_call += 1;
        let call = CallId(self.last_call);
        self.feed(input(call));
        call
    }

    pub fn login(&mut self) -> CallId {
        self.login_with(r#"{"email":"ada@example.com","password":"correct horse"}"#)
    }

    pub fn login_with(&mut self, body: &str) -> CallId {
        let body = Secret::new(body.into());
        self.call(|call| Input::Login { call, body })
    }

    pub fn logout(&mut self) -> CallId {
        self.call(|call| Input::Logout { call })
    }

    pub fn refresh(&mut self) -> CallId {
        self.call(|call| Input::Refresh { call })
    }

    pub fn token(&mut self) -> CallId {
        self.call(|call| Input::Token { call })
    }

    pub fn ready(&mut self) -> CallId {
        self.call(|call| Input::Ready { call })
    }

    pub fn get(&mut self) -> CallId {
        self.fetch(true, Body::Empty)
    }

    pub fn post(&mut self) -> CallId {
        self.fetch(false, Body::Repeatable)
    }

    pub fn fetch(&mut self, is_safe: bool, body: Body) -> CallId {
        let facts = FetchFacts {
            is_safe,
            has_own_credential: false,
            body,
        };
        self.call(|call| Input::Fetch {
            call,
            facts,
            sent_by: None,
        })
    }

    /// A call that went by the pass of `when`, and was answered with `status`.
    pub fn got_by_pass(&mut self, pass: Pass, status: u16) -> CallId {
        let facts = FetchFacts {
            is_safe: false,
            has_own_credential: false,
            body: Body::Repeatable,
        };
        let call = self.call(|call| Input::Fetch {
            call,
            facts,
            sent_by: Some(pass),
        });
        self.api(call, status);
        call
    }

    pub fn fetch_with_own_credential(&mut self) -> CallId {
        let facts = FetchFacts {
            is_safe: true,
            has_own_credential: true,
            body: Body::Empty,
        };
        self.call(|call| Input::Fetch {
            call,
            facts,
            sent_by: None,
        })
    }

    pub fn gone(&mut self, call: CallId) {
        self.feed(Input::Gone { call });
    }

    pub fn api(&mut self, call: CallId, status: u16) {
        self.api_with(call, api_answer(status));
    }

    pub fn api_with(&mut self, call: CallId, answer: FetchAnswer) {
        self.feed(Input::FetchAnswered { call, answer });
    }

    pub fn message(&mut self, word: Word) {
        let message = self.message_of(word);
        self.feed(Input::Message(message));
    }

    /// As another tab of this one's session says it.
    pub fn message_of(&self, word: Word) -> Message {
        let nobody = Message {
            word,
            login: 0,
            generation: 0,
            subject: 0,
            wait_ms: 0,
            access: None,
        };
        Message {
            word,
            access: None,
            ..self.last_told.clone().unwrap_or(nobody)
        }
    }

    // The backend.

    /// The only open request to `path`.
    pub fn request(&self, path: &str) -> &HttpRequest {
        let mut found = self
            .open
            .iter()
            .filter(|(_, http)| http.url.ends_with(path));
        let (_, http) = found
            .next()
            .unwrap_or_else(|| panic!("no request to {path} is open"));
        assert!(
            found.next().is_none(),
            "several requests to {path} are open"
        );
        http
    }

    pub fn is_open(&self, path: &str) -> bool {
        self.open.iter().any(|(_, http)| http.url.ends_with(path))
    }

    pub fn take(&mut self, path: &str) -> RequestId {
        let _ = self.request(path);
        let place = self
            .open
            .iter()
            .position(|(_, http)| http.url.ends_with(path))
            .unwrap();
        self.open.remove(place).0
    }

    pub fn answer(&mut self, path: &str, status: u16, body: &str) {
        let answer = self.plain(status, body);
        self.answer_with(path, answer);
    }

    pub fn plain(&self, status: u16, body: &str) -> Answer {
        Answer {
            status,
            is_html: body.starts_with('<'),
            date: self
                .tells_date
                .then(|| ServerTime(self.server_now() / 1000 * 1000)),
            retry_after: None,
            retry_after_date: None,
            csrf_moved: false,
            csrf_refused: false,
            body: body.into(),
            untrusted: None,
            said: None,
        }
    }

    pub fn answer_with(&mut self, path: &str, answer: Answer) {
        let request = self.take(path);
        self.feed(Input::Answered {
            request,
            outcome: Ok(answer),
        });
    }

    pub fn fail(&mut self, path: &str) {
        let request = self.take(path);
        self.feed(Input::Answered {
            request,
            outcome: Err(Failure::Network),
        });
    }

    /// A token answer with a JWT for Ada that lives for `seconds`.
    pub fn tokens(&self, seconds: i64, refresh: &str) -> String {
        self.tokens_of("ada", seconds, refresh)
    }

    pub fn tokens_of(&self, sub: &str, seconds: i64, refresh: &str) -> String {
        let iat = self.server_now() / 1000;
        let token = jwt(&format!(
            r#"{{"sub":"{sub}","iat":{iat},"exp":{},"jti":"{refresh}"}}"#,
            iat + seconds
        ));
        format!(
            r#"{{"access_token":"{token}","expires_in":{seconds},"refresh_token":"{refresh}"}}"#
        )
    }

    /// Brings the token within the leeway and answers nothing.
    pub fn make_due(&mut self) {
        self.advance(300_000 - 29_000);
    }

    // What came of it.

    pub fn try_outcome(&self, call: CallId) -> Option<&Result<Outcome, AuthError>> {
        self.settled
            .iter()
            .find(|(settled, _)| *settled == call)
            .map(|(_, outcome)| outcome)
    }

    pub fn outcome(&self, call: CallId) -> &Result<Outcome, AuthError> {
        self.try_outcome(call)
            .unwrap_or_else(|| panic!("{call:?} still waits"))
    }

    pub fn waits(&self, call: CallId) -> bool {
        self.try_outcome(call).is_none()
    }

    pub fn error(&self, call: CallId) -> &AuthError {
        self.outcome(call)
            .as_ref()
            .err()
            .unwrap_or_else(|| panic!("{call:?} succeeded"))
    }

    pub fn code(&self, call: CallId) -> Code {
        self.error(call).code
    }

    pub fn got_answer(&self, call: CallId) -> bool {
        matches!(self.outcome(call), Ok(Outcome::Answer))
    }

    pub fn snapshot(&self) -> &Snapshot {
        self.engine.snapshot()
    }

    pub fn status(&self) -> Status {
        self.snapshot().status
    }

    pub fn reason(&self) -> Option<Reason> {
        self.snapshot().reason
    }

    pub fn subject(&self) -> Option<String> {
        self.snapshot().user.as_ref()?.get("sub")?.as_string()
    }

    pub fn events(&self) -> Vec<Event> {
        self.changes.iter().map(|change| change.event).collect()
    }

    /// How often the call's request went out.
    pub fn sendings(&self, call: CallId) -> Vec<&Dispatched> {
        self.dispatched
            .iter()
            .filter(|dispatched| dispatched.call == call)
            .collect()
    }

    pub fn bearer(&self, call: CallId) -> Option<String> {
        header(&self.sendings(call).last()?.headers, "Authorization")
    }

    pub fn journal(&self) -> Vec<&'static str> {
        self.engine.journal().map(|line| line.event).collect()
    }
}

/// What an API answers, and nothing more is said of it.
pub fn api_answer(status: u16) -> FetchAnswer {
    FetchAnswer {
        status,
        is_foreign: false,
        means_signed_out: None,
        csrf_moved: false,
        csrf_refused: false,
        wants_step_up: false,
    }
}

pub fn header(headers: &[(String, String)], name: &str) -> Option<String> {
    headers
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.clone())
}

pub fn headers_of(http: &HttpRequest) -> Vec<(String, String)> {
    http.headers
        .iter()
        .map(|(name, value)| (name.clone(), shown(value)))
        .collect()
}

pub fn body_of(http: &HttpRequest) -> String {
    http.body
        .as_ref()
        .map(|(body, _)| body.expose().to_owned())
        .unwrap_or_default()
}

fn shown(value: &HeaderValue) -> String {
    match value {
        HeaderValue::Is(secret) => secret.expose().into(),
        HeaderValue::Csrf(source) => format!("{source:?}"),
    }
}

pub fn at(path: &str) -> Endpoint {
    Endpoint::At(path.into())
}

mod base64_url {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    pub fn jwt(claims: &str) -> String {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        [part(r#"{"alg":"ES256"}"#), part(claims), part("signature")].join(".")
    }
}
