//! The print of a state: what is alike but for the names of tokens, attempts and requests, and for which place a tab is in,
//! gets the same.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use hallpass::core::{Engine, Outline, RequestId};

use crate::store::Job;
use crate::system::{Request, State, Tab};

struct Print<'a> {
    hasher: DefaultHasher,
    names: Vec<&'a str>,
}

impl<'a> Print<'a> {
    fn number(&mut self, number: u64) {
        number.hash(&mut self.hasher);
    }

    /// By where it occurred first.
    fn name(&mut self, name: &'a str) {
        let known = self.names.iter().position(|known| *known == name);
        let place = known.unwrap_or(self.names.len());
        if known.is_none() {
            self.names.push(name);
        }
        self.number(place as u64);
    }

    fn outline(&mut self, outline: &'a Outline) {
        outline.numbers.hash(&mut self.hasher);
        outline.timers.hash(&mut self.hasher);
        for name in &outline.names {
            self.name(name);
        }
    }

    /// A stored record: its attempt is a name.
    fn stored(&mut self, text: Option<&'a str>) {
        let text = text.unwrap_or_default();
        let (before, rest) = text.split_once(r#""attempt":""#).unwrap_or((text, ""));
        let (attempt, after) = rest.split_once('"').unwrap_or((rest, ""));
        before.hash(&mut self.hasher);
        after.hash(&mut self.hasher);
        self.name(attempt);
    }

    fn tab(&mut self, tab: &'a Tab, sent: &[&Request]) {
        self.outline(&tab.outline);
        self.number(tab.seen.print);
        for request in &tab.seen.requests {
            let place = sent.iter().position(|sent| sent.id == *request);
            self.number(place.map_or(0, |place| place as u64 + 1));
        }
        self.number(tab.heard.len() as u64);
        for message in &tab.heard {
            self.number(message.word as u64);
            self.number(message.login.cast_unsigned());
            self.number(message.generation);
            self.number(message.subject.into());
        }
        self.number(u64::from(tab.noticed));
        for wait in &tab.waits {
            self.number(wait.0.into());
        }
        self.number(u64::from(tab.slow.hangs));
        self.number(tab.slow.jobs.len() as u64);
        for job in &tab.slow.jobs {
            match job {
                Job::Read(None) => self.number(0),
                Job::Read(Some(text)) => {
                    self.number(1);
                    self.stored(text.as_deref());
                }
                Job::Wrote => self.number(3),
                Job::Write(text) => {
                    self.number(2);
                    self.stored(text.as_deref());
                }
            }
        }
    }

    fn request(&mut self, request: &'a Request, is_here: bool) {
        self.number(u64::from(is_here));
        request.http.url.hash(&mut self.hasher);
        self.name(&request.words.0);
        self.name(&request.words.1);
        self.number(u64::from(request.cookie.unwrap_or(0)));
        self.number(u64::from(request.given_up));
        let reply = request.reply.as_ref();
        self.number(reply.map_or(0, |reply| reply.status.into()));
        self.name(reply.map_or("", |reply| &reply.body));
    }
}

/// What an engine's own description says, but for times and configuration, and for the names of requests.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    print: u64,
    requests: Vec<RequestId>,
}

/// Their values tell nothing of what it will do that is not told by the order of its timers.
const IRRELEVANT: &[&str] = &["shown", "version", "due_at", "settled", "allowance"];

impl Seen {
    pub fn of(engine: &Engine) -> Seen {
        let text = format!("{engine:?}");
        // The context is configuration, clocks and chance, but for one number.
        let (context, own) = text.split_once("session: ").unwrap_or(("", &text));
        let writes = context
            .rsplit_once("writes: ")
            .map_or("", |(_, writes)| writes);
        let writes = writes.split(',').next().unwrap_or_default();
        let mut kept = Vec::with_capacity(own.len());
        kept.extend_from_slice(writes.as_bytes());
        let mut requests = Vec::new();
        let mut counters: Vec<(&str, &str)> = Vec::new();
        let mut rest = own;
        while !rest.is_empty() {
            let end = rest
                .bytes()
                .position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'_'))
                .unwrap_or(rest.len())
                .max(1);
            let (word, after) = rest.split_at(end);
            rest = after;
            if IRRELEVANT.contains(&word) && rest.starts_with(": ") {
                rest = rest.split_at(length(rest)).1;
                continue;
            }
            let named = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
            let Some((value, after)) = named else {
                kept.extend_from_slice(word.as_bytes());
                continue;
            };
            match word {
                "Mono" | "Wall" | "ServerTime" => {}
                "RequestId" => requests.push(RequestId(value.parse().unwrap())),
                // The present ones stand first. Others are the same or not.
                "Epoch" | "Holding" => {
                    let counter = (word, value);
                    let known = counters.iter().position(|known| *known == counter);
                    let place = known.unwrap_or_else(|| {
                        counters.push(counter);
                        counters.len() - 1
                    });
                    kept.push(place as u8);
                }
                _ => {
                    kept.extend_from_slice(word.as_bytes());
                    continue;
                }
            }
            rest = after;
        }
        let mut hasher = DefaultHasher::new();
        hasher.write(&kept);
        Seen {
            print: hasher.finish(),
            requests,
        }
    }
}

/// Of a member's value, from its colon on.
fn length(text: &str) -> usize {
    let mut depth = 0;
    let mut is_quoted = false;
    let mut is_escaped = false;
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' if depth == 0 => return place,
            b'}' | b']' | b')' => depth -= 1,
            b',' if depth == 0 => return place,
            _ => {}
        }
    }
    text.len()
}

impl State {
    /// With the tabs in this order.
    fn print(&self, order: &[usize]) -> u64 {
        let place_of = |place: usize| order.iter().position(|at| *at == place).unwrap() as u64 + 1;
        let mut print = Print {
            hasher: DefaultHasher::new(),
            names: Vec::new(),
        };
        for place in order {
            let mut sent: Vec<&Request> = self
                .net
                .iter()
                .filter(|request| request.tab == *place)
                .collect();
            sent.sort_by_key(|request| (self.is_here(request), request.id.0));
            let tab = &self.tabs[*place];
            print.number(u64::from(tab.is_some()));
            if let Some(tab) = tab {
                let own: Vec<&Request> = sent
                    .iter()
                    .copied()
                    .filter(|request| self.is_here(request))
                    .collect();
                print.tab(tab, &own);
            }
            print.number(sent.len() as u64);
            for request in sent {
                print.request(request, self.is_here(request));
            }
        }
        print.stored(self.store.as_deref());
        print.number(self.holder.map_or(0, place_of));
        print.number(u64::from(self.granted) * 2 + u64::from(self.is_slow && self.waited));
        for waiting in &self.queue {
            print.number(place_of(*waiting) + 10);
        }
        for (number, user, family, is_revoked, attempt) in self.server.given() {
            print.number(number.into());
            print.name(user);
            print.number(u64::from(family) * 2 + u64::from(is_revoked));
            print.name(attempt.unwrap_or_default());
        }
        print.number(self.server.cookie.map_or(0, |cookie| u64::from(cookie) + 1));
        print.number(self.meant as u64);
        for was in [self.is_full, self.was_full, self.was_wronged] {
            print.number(u64::from(was));
        }
        print.number(self.now);
        self.used.hash(&mut print.hasher);
        print.hasher.finish()
    }

    /// Which place a tab is in makes no difference.
    fn least_print(&self) -> u64 {
        let orders: &[&[usize]] = match self.tabs.len() {
            2 => &[&[0, 1], &[1, 0]],
            _ => &[
                &[0, 1, 2],
                &[0, 2, 1],
                &[1, 0, 2],
                &[1, 2, 0],
                &[2, 0, 1],
                &[2, 1, 0],
            ],
        };
        let prints = orders.iter().map(|order| self.print(order));
        prints.min().unwrap_or_default()
    }
}

impl Hash for State {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.least_print().hash(hasher);
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, tab) in self.living() {
            let status = tab.engine.snapshot().status;
            let lines = tab
                .engine
                .journal()
                .map(|line| format!("{} {}", line.event, line.detail.unwrap_or_default()));
            let lines: Vec<String> = lines.collect();
            writeln!(f, "tab {place}: {status:?} {lines:#?}")?;
        }
        write!(f, "store: {:?}, net: {:?}", self.store, self.net)
    }
}

impl PartialEq for State {
    fn eq(&self, other: &State) -> bool {
        self.least_print() == other.least_print()
    }
}
