//! What is measured.

use anyhow::{Result, ensure};
use hallpass::core::{Url, Urls};
use hallpass::jwt::Token;
use std::cell::RefCell;
use std::hint::black_box;

use crate::page::{Page, URLS, check, jwt_of, options};

/// One benchmark.
pub(crate) struct Case {
    pub(crate) name: String,
    /// What it does, for the report.
    pub(crate) what: String,
    /// How many calls that is.
    pub(crate) calls: usize,
    make: Box<dyn Fn() -> Result<Routine>>,
}

/// What is measured.
pub(crate) struct Routine {
    pub(crate) kind: Kind,
    /// How much it does.
    expected: usize,
}

/// It tells how much it has done, so that it can be seen to do what it says.
pub(crate) enum Kind {
    /// It leaves things as they were.
    Again(Box<dyn FnMut() -> usize>),
    /// It uses a page up: each time gets a copy.
    Fresh(Box<Page>, Box<dyn FnMut(&mut Page) -> usize>),
}

impl Case {
    fn new(
        name: impl Into<String>,
        what: impl Into<String>,
        make: impl Fn() -> Result<Routine> + 'static,
    ) -> Case {
        Case {
            name: name.into(),
            what: what.into(),
            calls: 1,
            make: Box::new(make),
        }
    }

    fn of(self, calls: usize) -> Case {
        Case { calls, ..self }
    }

    /// Sets up what it needs.
    pub(crate) fn make(&self) -> Result<Routine> {
        (self.make)()
    }
}

/// What a burst may come to: of a page that loads, of a dashboard, and far beyond.
const MANY: [usize; 4] = [10, 100, 1_000, 10_000];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![Case::new("call", "a call with a good token", || call(0))];
    cases.extend(MANY.map(|count| {
        let what = format!("… while {count} others are out");
        Case::new(format!("call-beside-{count}"), what, move || call(count))
    }));
    cases.extend(MANY.map(|count| {
        let what = format!("{count} calls at once, answered in their order");
        Case::new(format!("burst-{count}"), what, move || burst(count)).of(count)
    }));
    cases.extend(MANY.map(|count| {
        let what = format!("a refresh is answered, and lets {count} calls go");
        Case::new(format!("refresh-frees-{count}"), what, move || {
            refresh(count)
        })
        .of(count)
    }));
    cases.extend([
        Case::new("token", "the access token is asked for", token),
        Case::new("restore", "a page starts with a stored session", restore),
        Case::new("login-answer", "a login is answered with tokens", login),
        Case::new(
            "message",
            "another tab has refreshed: its token is taken from the store",
            message,
        ),
        Case::new("options", "options are checked", check_options),
    ]);
    cases.extend(
        [("200", 200), ("1k", 1_024), ("8k", 8_192)].map(|(name, bytes)| {
            let what = format!("a JWT of {bytes} B is decoded");
            Case::new(format!("jwt-{name}"), what, move || jwt(bytes))
        }),
    );
    cases
}

fn call(beside: usize) -> Result<Routine> {
    let mut page = Page::with_calls_out(beside)?;
    again(2, move || {
        let before = page.done;
        let call = page.fetch();
        page.answered(call);
        page.done.dispatched - before.dispatched + page.done.settled - before.settled
    })
}

fn burst(count: usize) -> Result<Routine> {
    fresh(Page::signed_in()?, 2 * count, move |page| {
        let before = page.done;
        let calls: Vec<_> = (0..count).map(|_| page.fetch()).collect();
        for call in calls {
            page.answered(call);
        }
        page.done.dispatched - before.dispatched + page.done.settled - before.settled
    })
}

fn refresh(count: usize) -> Result<Routine> {
    let page = Page::with_calls_waiting(count)?;
    let answer = page.token_answer()?;
    fresh(page, count, move |page| {
        page.answer(answer.clone());
        page.done.dispatched
    })
}

fn token() -> Result<Routine> {
    let mut page = Page::signed_in()?;
    again(1, move || {
        let before = page.done.settled;
        page.token();
        page.done.settled - before
    })
}

fn restore() -> Result<Routine> {
    fresh(Page::with_session()?, 1, |page| {
        page.start();
        page.done.notified
    })
}

fn login() -> Result<Routine> {
    let page = Page::at_login()?;
    let answer = page.token_answer()?;
    fresh(page, 1, move |page| {
        page.answer(answer.clone());
        page.done.settled
    })
}

fn message() -> Result<Routine> {
    let (page, message) = Page::behind()?;
    let before = page.done.notified;
    fresh(page, 1, move |page| {
        page.message(message.clone());
        page.done.notified - before
    })
}

fn check_options() -> Result<Routine> {
    let options = hallpass::core::Options {
        base_url: Some("https://api.test/v1/".into()),
        origins: vec!["https://files.test".into(), "https://search.test".into()],
        ..options()
    };
    let urls = Parsed::default();
    again(1, move || check(options.clone(), &urls).iter().count())
}

fn jwt(bytes: usize) -> Result<Routine> {
    let token = jwt_of(bytes);
    again(1, move || {
        let read = Token::inspect(black_box(&token));
        usize::from(matches!(black_box(read), Ok(Token::Jwt(_))))
    })
}

fn again(expected: usize, routine: impl FnMut() -> usize + 'static) -> Result<Routine> {
    let kind = Kind::Again(Box::new(routine));
    Ok(Routine { kind, expected })
}

fn fresh(
    page: Page,
    expected: usize,
    routine: impl FnMut(&mut Page) -> usize + 'static,
) -> Result<Routine> {
    let kind = Kind::Fresh(Box::new(page), Box::new(routine));
    Ok(Routine { kind, expected })
}

impl Routine {
    /// Once, by `run`, and looks whether it does what it says.
    pub(crate) fn once(&mut self, run: fn(&mut dyn FnMut() -> usize) -> usize) -> Result<()> {
        let done = match &mut self.kind {
            Kind::Again(routine) => {
                // The first time has to make room in what is kept.
                routine();
                run(routine)
            }
            Kind::Fresh(page, routine) => {
                let mut page = page.clone();
                run(&mut || routine(&mut page))
            }
        };
        let expected = self.expected;
        ensure!(
            done == expected,
            "it has done {done} things instead of {expected}"
        );
        Ok(())
    }
}

/// What was parsed once is not parsed again: the parser is the browser's, and no part of the core.
#[derive(Default)]
struct Parsed(RefCell<Vec<Entry>>);

struct Entry {
    url: String,
    base: Option<String>,
    parsed: Option<Url>,
}

impl Urls for Parsed {
    fn parse(&self, url: &str, base: Option<&str>) -> Option<Url> {
        let mut entries = self.0.borrow_mut();
        let known = entries
            .iter()
            .find(|entry| entry.url == url && entry.base.as_deref() == base);
        if let Some(entry) = known {
            return entry.parsed.clone();
        }
        let parsed = URLS.parse(url, base);
        entries.push(Entry {
            url: url.into(),
            base: base.map(String::from),
            parsed: parsed.clone(),
        });
        parsed
    }

    fn page(&self) -> Option<String> {
        URLS.page()
    }
}
