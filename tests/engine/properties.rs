//! Whatever happens, in whatever order.

use proptest::prelude::*;

use crate::world::{World, cases, jwt_stored};
use hallpass::core::{
    Body, CallId, CsrfSource, Endpoint, FetchAnswer, Input, Message, Mode, Options, PageEvent,
    RequestId, Secret, Status, StoreFailure, Word,
};

#[derive(Clone, Debug)]
enum Step {
    Login,
    Logout,
    Refresh,
    Token,
    Ready,
    Fetch(bool, u8),
    ByPass(usize, u16),
    Api(usize, u16, bool),
    Gone(usize),
    Answer(usize, u8),
    Drop(usize),
    Time(u32),
    Jump(i32),
    Message(u8),
    SignedInElsewhere,
    Page(u8),
    StoreFails(bool),
    LockWaits(bool),
    Nonsense(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::Login),
        1 => Just(Step::Logout),
        1 => Just(Step::Refresh),
        1 => Just(Step::Token),
        1 => Just(Step::Ready),
        6 => (any::<bool>(), 0u8..3).prop_map(|(safe, body)| Step::Fetch(safe, body)),
        2 => (any::<usize>(), prop_oneof![Just(401u16), Just(401), Just(403)]).prop_map(|(pass, status)| Step::ByPass(pass, status)),
        6 => (any::<usize>(), prop_oneof![Just(200u16), Just(401), Just(403), Just(419), Just(0)], any::<bool>())
            .prop_map(|(call, status, moved)| Step::Api(call, status, moved)),
        1 => any::<usize>().prop_map(Step::Gone),
        9 => (any::<usize>(), 0u8..9).prop_map(|(request, kind)| Step::Answer(request, kind)),
        1 => any::<usize>().prop_map(Step::Drop),
        5 => (0u32..400_000).prop_map(Step::Time),
        1 => (-4_000_000i32..4_000_000).prop_map(Step::Jump),
        2 => (0u8..4).prop_map(Step::Message),
        1 => Just(Step::SignedInElsewhere),
        2 => (0u8..4).prop_map(Step::Page),
        1 => any::<bool>().prop_map(Step::StoreFails),
        1 => any::<bool>().prop_map(Step::LockWaits),
        1 => (0u8..6).prop_map(Step::Nonsense),
    ]
}

fn options(kind: u8) -> Options {
    let endpoint = Some(Some((
        CsrfSource::Endpoint {
            url: "/csrf".into(),
            field: None,
        },
        "X-CSRF".into(),
    )));
    match kind {
        0 => Options::new(Mode::Session),
        1 => Options {
            csrf: endpoint,
            refresh: "/auth/refresh".into(),
            ..Options::new(Mode::Session)
        },
        2 => Options::new(Mode::Jwt),
        3 => jwt_stored(),
        4 => Options::new(Mode::Hybrid),
        5 => Options {
            me: "/auth/me".into(),
            ..jwt_stored()
        },
        6 => Options {
            me: "/auth/me".into(),
            refresh: Endpoint::Absent,
            ..jwt_stored()
        },
        _ => Options {
            csrf: endpoint,
            me: "/auth/me".into(),
            ..Options::new(Mode::Hybrid)
        },
    }
}

struct Run {
    world: World,
    calls: Vec<CallId>,
    gone: Vec<CallId>,
}

impl Run {
    fn take(&mut self, step: Step) {
        let world = &mut self.world;
        match step {
            Step::Login => self.calls.push(world.login()),
            Step::Logout => self.calls.push(world.logout()),
            Step::Refresh => self.calls.push(world.refresh()),
            Step::Token => self.calls.push(world.token()),
            Step::Ready => self.calls.push(world.ready()),
            Step::Fetch(safe, body) => {
                let body = [Body::Empty, Body::Repeatable, Body::Once][usize::from(body)];
                self.calls.push(world.fetch(safe, body));
            }
            // Such a call may have been out for any time.
            Step::ByPass(pass, status) => {
                if !world.passes.is_empty() {
                    let (pass, _) = world.passes[pass % world.passes.len()];
                    self.calls.push(world.got_by_pass(pass, status));
                }
            }
            Step::Api(call, status, csrf_moved) => self.api(call, status, csrf_moved),
            Step::Gone(index) => {
                if let Some(call) = pick(&self.calls, index) {
                    self.gone.push(call);
                    world.gone(call);
                }
            }
            Step::Answer(index, kind) => self.answer(index, kind),
            Step::Drop(index) => {
                if !world.open.is_empty() {
                    let (request, _) = world.open.remove(index % world.open.len());
                    world.feed(Input::Answered {
                        request,
                        outcome: Err(hallpass::core::Failure::Network),
                    });
                }
            }
            Step::Time(ms) => world.advance(ms.into()),
            Step::Jump(ms) => world.sleep(ms.into()),
            Step::Message(word) => {
                world.message(
                    [
                        Word::SignedIn,
                        Word::LoggedOut,
                        Word::Ended,
                        Word::Refreshed,
                    ][usize::from(word)],
                );
            }
            Step::SignedInElsewhere => {
                let message = Message {
                    login: world.now().wall.0,
                    ..world.message_of(Word::SignedIn)
                };
                world.feed(Input::Message(message));
            }
            Step::Page(event) => {
                let events = [
                    PageEvent::Visible,
                    PageEvent::Restored,
                    PageEvent::Online,
                    PageEvent::StoreChanged,
                ];
                world.feed(Input::Page(events[usize::from(event)]));
            }
            Step::StoreFails(fails) => world.store_fails = fails,
            Step::LockWaits(waits) => {
                world.lock_waits = waits;
                if !waits {
                    world.feed(Input::LockGranted { waited: false });
                }
            }
            Step::Nonsense(kind) => self.nonsense(kind),
        }
        self.look();
    }

    /// Answers the call whose request is out, if there is one.
    fn api(&mut self, index: usize, status: u16, csrf_moved: bool) {
        if let Some(call) = pick(&self.out(), index) {
            self.world.api_with(
                call,
                FetchAnswer {
                    status,
                    is_foreign: false,
                    means_signed_out: None,
                    csrf_moved,
                    csrf_refused: false,
                    wants_step_up: false,
                },
            );
        }
    }

    fn out(&self) -> Vec<CallId> {
        let calls = self.calls.iter().copied();
        calls.filter(|call| self.is_out(*call)).collect()
    }

    fn is_out(&self, call: CallId) -> bool {
        self.world.waits(call)
            && !self.gone.contains(&call)
            && !self.world.sendings(call).is_empty()
    }

    fn answer(&mut self, index: usize, kind: u8) {
        let world = &mut self.world;
        if world.open.is_empty() {
            return;
        }
        let (request, http) = world.open.remove(index % world.open.len());
        let good = if http.url.ends_with("/auth/me") {
            r#"{"user":{"sub":"ada"}}"#.into()
        } else if http.url.ends_with("/csrf") {
            format!(r#"{{"token":"t{}"}}"#, world.mono)
        } else {
            world.tokens(300, &format!("r{}", request.0))
        };
        let (status, body) = match kind {
            0..=3 => (200, good.as_str()),
            4 => (401, ""),
            5 => (503, ""),
            6 => (200, "<html>"),
            7 => (403, r#"{"error":"csrf_failed"}"#),
            _ => (429, "{}"),
        };
        let mut answer = world.plain(status, body);
        answer.csrf_moved = kind == 7;
        world.feed(Input::Answered {
            request,
            outcome: Ok(answer),
        });
    }

    /// What no shell should say.
    fn nonsense(&mut self, kind: u8) {
        let world = &mut self.world;
        match kind {
            0 => world.feed(Input::LockGranted { waited: false }),
            1 => world.feed(Input::Saved(Err(StoreFailure))),
            2 => world.feed(Input::Loaded(Ok(Some(Secret::new("hallpass/1 {}".into()))))),
            3 => {
                let answer = world.plain(200, "{}");
                world.feed(Input::Answered {
                    request: RequestId(9_999),
                    outcome: Ok(answer),
                });
            }
            4 => world.gone(CallId(9_999)),
            _ => world.feed(Input::Tick),
        }
    }

    fn look(&mut self) {
        let world = &self.world;
        let refreshes = world
            .open
            .iter()
            .filter(|(_, http)| http.url.ends_with("/auth/refresh"))
            .count();
        // One that timed out may still be on its way; two that count never are.
        assert!(refreshes <= 1 || world.mono > 15_000);
        for (_, http) in &world.open {
            assert!(http.url.starts_with("https://app.test/"), "{}", http.url);
        }
        if world.status() != Status::SignedIn {
            assert!(world.snapshot().user.is_none() && world.snapshot().expires_at.is_none());
        }
    }

    /// The lock is free, and the APIs answer.
    fn go_on(&mut self, ms: u64) {
        self.world.lock_waits = false;
        self.world.feed(Input::LockGranted { waited: false });
        for call in self.out() {
            self.world.api(call, 200);
        }
        self.world.advance(ms);
    }

    fn nobody_waits(&self) {
        for call in &self.calls {
            let is_settled = self.world.try_outcome(*call).is_some();
            assert!(
                is_settled || self.gone.contains(call),
                "{call:?} waits: {:?}",
                self.world.journal()
            );
        }
    }

    /// Where the server answers at once, nobody is left waiting until some timer runs out.
    fn finish_soon(mut self) {
        for _ in 0..20 {
            while !self.world.open.is_empty() {
                self.answer(0, 0);
            }
            self.go_on(500);
        }
        self.nobody_waits();
    }

    /// Lets everything come to its end: nobody may be left waiting.
    fn finish(mut self) {
        for _ in 0..50 {
            self.world.open.clear();
            self.go_on(20_000);
        }
        self.nobody_waits();
        let mut before = None;
        for change in &self.world.changes {
            assert_ne!(before, Some(&change.snapshot), "told of no change");
            before = Some(&change.snapshot);
        }
    }
}

fn pick(calls: &[CallId], index: usize) -> Option<CallId> {
    (!calls.is_empty()).then(|| calls[index % calls.len()])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(4_000), max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn every_caller_is_answered_once_and_nothing_panics(
        kind in 0u8..8,
        steps in proptest::collection::vec(step(), 1..60),
    ) {
        let mut run = Run { world: World::new(options(kind)), calls: Vec::new(), gone: Vec::new() };
        for step in steps {
            run.take(step);
        }
        run.finish();
    }

    #[test]
    fn who_waits_is_answered_soon_where_the_server_answers(
        kind in 0u8..8,
        steps in proptest::collection::vec(step(), 1..30),
    ) {
        let mut run = Run { world: World::new(options(kind)), calls: Vec::new(), gone: Vec::new() };
        for step in steps {
            run.take(step);
        }
        run.finish_soon();
    }

    #[test]
    fn nothing_of_a_session_is_stored_after_its_logout(steps in proptest::collection::vec(step(), 0..40)) {
        let mut world = World::signed_in(jwt_stored());
        world.make_due();
        let mut run = Run { world, calls: Vec::new(), gone: Vec::new() };
        run.world.logout();
        for step in steps {
            if !matches!(step, Step::Login | Step::StoreFails(_)) {
                run.take(step);
                prop_assert_eq!(run.world.status(), Status::SignedOut);
                prop_assert_eq!(&run.world.store, &None);
            }
        }
    }
}
