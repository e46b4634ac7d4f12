//! The backend of a life, with one browser's cookie: sessions, refresh tokens that rotate, and its own way to name people.

use std::collections::BTreeMap;

use hallpass::Json;
use hallpass::core::{Answer, HttpRequest, Mode, ServerTime};

use crate::world::{body_of, header, headers_of, jwt};

/// Somebody, by the number that never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person(pub u32);

impl Person {
    pub const ALL: [Person; 2] = [Person(7), Person(8)];

    pub fn name(self) -> &'static str {
        if self == Person::ALL[0] {
            "ada"
        } else {
            "grace"
        }
    }

    /// Who a user is that an engine shows.
    pub fn shown(user: &Json) -> Option<Person> {
        let text = |name: &str| {
            let value = user.get(name)?;
            value
                .as_string()
                .or_else(|| Some(value.as_i64()?.to_string()))
        };
        let number = ["sub", "id", "pk"].iter().find_map(|name| text(name));
        let email = || text("email");
        Person::ALL.into_iter().find(|person| match &number {
            Some(number) => *number == person.0.to_string(),
            None => email().is_some_and(|email| email.starts_with(person.name())),
        })
    }
}

/// How an endpoint names a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `{sub:"7"}`
    Sub,
    /// `{id:7,email,name}`
    IdNumber,
    /// `{id:"7"}`
    IdText,
    /// `{pk:7,email}`
    Pk,
}

/// How a backend names people.
#[derive(Clone, Debug)]
pub struct Names {
    /// Access tokens say nothing; else they are JWTs with a `sub`.
    pub is_opaque: bool,
    /// The user beside a token. In session mode a login that tells none is answered with nothing.
    pub login: Option<Form>,
    pub refresh: Option<Form>,
    pub me: Form,
}

#[derive(Clone, Debug)]
struct Id {
    person: Person,
    family: u32,
    /// When the family began, by the server's clock in seconds.
    began: i64,
    is_revoked: bool,
    /// Rotated away, in the attempt of this name.
    next: Option<(Option<String>, u32)>,
}

/// What an answer holds. Its cookie is set when it arrives.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub body: String,
    pub cookie: Option<Option<u32>>,
    pub retry_after: Option<u32>,
    /// When the server gave it, in seconds.
    pub date: i64,
}

impl Reply {
    fn new(status: u16, body: String) -> Reply {
        Reply {
            status,
            body,
            cookie: None,
            retry_after: None,
            date: 0,
        }
    }

    pub fn dated(self, date: i64) -> Reply {
        Reply { date, ..self }
    }

    /// The server has no time.
    pub fn busy() -> Reply {
        Reply::new(503, String::new())
    }

    /// The server has been asked too often.
    pub fn too_often(seconds: u32) -> Reply {
        Reply {
            retry_after: Some(seconds),
            ..Reply::new(429, String::new())
        }
    }

    /// A page for people.
    pub fn page() -> Reply {
        Reply::new(200, "<!doctype html>".into())
    }

    /// As a tab gets it.
    pub fn into_answer(self) -> Answer {
        Answer {
            status: self.status,
            is_html: self.body.starts_with('<'),
            date: Some(ServerTime(self.date * 1_000)),
            retry_after: self.retry_after.map(|seconds| seconds.to_string()),
            retry_after_date: None,
            csrf_moved: false,
            csrf_refused: false,
            body: self.body,
            untrusted: None,
            said: None,
        }
    }
}

pub struct Site {
    mode: Mode,
    names: Names,
    /// Of access tokens, in seconds.
    lifetime: i64,
    logout_redirects: bool,
    /// What the browser sends along, and what answers set.
    pub cookie: Option<u32>,
    ids: BTreeMap<u32, Id>,
    last: u32,
    /// Opaque access tokens: whose, and until when.
    tokens: BTreeMap<String, (Person, i64)>,
    /// How often anybody has changed the address.
    addresses: u32,
    /// How often a refresh token was used again by another attempt.
    pub reuses: u64,
    /// How often the same attempt came again.
    pub repeats: u64,
}

impl Site {
    pub fn new(mode: Mode, names: Names, lifetime: i64, logout_redirects: bool) -> Site {
        Site {
            mode,
            names,
            lifetime,
            logout_redirects,
            cookie: None,
            ids: BTreeMap::new(),
            last: 0,
            tokens: BTreeMap::new(),
            addresses: 0,
            reuses: 0,
            repeats: 0,
        }
    }

    /// Whose a cookie is, if it is good.
    pub fn person_of(&self, cookie: Option<u32>) -> Option<Person> {
        let id = self.ids.get(&cookie?)?;
        (!id.is_revoked).then_some(id.person)
    }

    /// Who the API takes the bearer of an access token for: until its end.
    pub fn bearer(&self, token: &str, seconds: i64) -> Option<Person> {
        if let Some((person, end)) = self.tokens.get(token) {
            return (*end > seconds).then_some(*person);
        }
        let Ok(hallpass::jwt::Token::Jwt(claims)) = hallpass::jwt::Token::inspect(token) else {
            return None;
        };
        let is_good = claims.exp?.milliseconds() > seconds * 1_000;
        Person::shown(&claims.all).filter(|_| is_good)
    }

    pub fn change_addresses(&mut self) {
        self.addresses += 1;
    }

    pub fn end_all(&mut self) {
        for id in self.ids.values_mut() {
            id.is_revoked = true;
        }
    }

    /// A login by the backend's own page: the new cookie.
    pub fn log_in_by_page(&mut self, person: Person, seconds: i64) {
        self.cookie = Some(self.give(person, None, seconds));
    }

    /// A logout by the backend's own page.
    pub fn log_out_by_page(&mut self) {
        self.end(self.cookie);
        self.cookie = None;
    }

    /// The refresh token or session that a request brings.
    fn credential(&self, http: &HttpRequest, cookie: Option<u32>) -> Option<u32> {
        match self.mode {
            Mode::Jwt => {
                let body = body_of(http);
                let (_, rest) = body.split_once(r#""refresh_token":"r"#)?;
                rest.split('"').next()?.parse().ok()
            }
            Mode::Session | Mode::Hybrid => cookie,
        }
    }

    /// When the session of a request began that is not over.
    pub fn began(&self, http: &HttpRequest, cookie: Option<u32>) -> Option<i64> {
        let id = self.ids.get(&self.credential(http, cookie)?)?;
        (!id.is_revoked).then_some(id.began)
    }

    /// Does the work of a request that carried `cookie`.
    pub fn process(&mut self, http: &HttpRequest, cookie: Option<u32>, seconds: i64) -> Reply {
        let sent = self.credential(http, cookie);
        let path = http.url.rsplit('/').next().unwrap();
        match path {
            "login" => {
                let is_grace = body_of(http).contains("grace");
                let id = self.give(Person::ALL[usize::from(is_grace)], None, seconds);
                self.granted(id, self.names.login, seconds)
            }
            "logout" => {
                self.end(sent);
                let status = if self.logout_redirects { 302 } else { 204 };
                Reply {
                    cookie: Some(None),
                    ..Reply::new(status, String::new())
                }
            }
            "me" => {
                let person = if self.mode == Mode::Session {
                    self.person_of(cookie)
                } else {
                    let header = header(&headers_of(http), "Authorization");
                    header.and_then(|value| self.bearer(value.strip_prefix("Bearer ")?, seconds))
                };
                match person {
                    Some(person) => Reply::new(
                        200,
                        format!(r#"{{"user":{}}}"#, self.user(person, self.names.me)),
                    ),
                    None => Reply::new(401, String::new()),
                }
            }
            _ => self.refresh(sent, header(&headers_of(http), "Idempotency-Key"), seconds),
        }
    }

    fn end(&mut self, number: Option<u32>) {
        let id = number.and_then(|number| self.ids.get(&number));
        if let Some(family) = id.map(|id| id.family) {
            for id in self.ids.values_mut().filter(|id| id.family == family) {
                id.is_revoked = true;
            }
        }
    }

    fn refresh(&mut self, sent: Option<u32>, key: Option<String>, seconds: i64) -> Reply {
        let refused = Reply::new(400, r#"{"error":"invalid_grant"}"#.into());
        let Some((number, id)) = sent.and_then(|number| Some((number, self.ids.get(&number)?)))
        else {
            return refused;
        };
        match &id.next {
            _ if id.is_revoked => refused,
            Some((attempt, next)) if *attempt == key => {
                let next = *next;
                self.repeats += 1;
                self.granted(next, self.names.refresh, seconds)
            }
            Some(_) => {
                self.reuses += 1;
                self.end(sent);
                refused
            }
            None => {
                let (person, family, began) = (id.person, id.family, id.began);
                let next = self.give(person, Some(family), began);
                self.ids.get_mut(&number).unwrap().next = Some((key, next));
                self.granted(next, self.names.refresh, seconds)
            }
        }
    }

    fn give(&mut self, person: Person, family: Option<u32>, began: i64) -> u32 {
        self.last += 1;
        let id = Id {
            person,
            began,
            family: family.unwrap_or(self.last),
            is_revoked: false,
            next: None,
        };
        self.ids.insert(self.last, id);
        self.last
    }

    fn user(&self, person: Person, form: Form) -> String {
        let (number, name, address) = (person.0, person.name(), self.addresses);
        let email = format!("{name}.{address}@example.com");
        match form {
            Form::Sub => format!(r#"{{"sub":"{number}"}}"#),
            Form::IdNumber => format!(r#"{{"id":{number},"email":"{email}","name":"{name}"}}"#),
            Form::IdText => format!(r#"{{"id":"{number}"}}"#),
            Form::Pk => format!(r#"{{"pk":{number},"email":"{email}"}}"#),
        }
    }

    fn token(&mut self, person: Person, id: u32, iat: i64) -> String {
        let end = iat + self.lifetime;
        if self.names.is_opaque {
            let token = format!("opaque-{id}-{iat}");
            self.tokens.insert(token.clone(), (person, end));
            token
        } else {
            let number = person.0;
            jwt(&format!(r#"{{"sub":"{number}","iat":{iat},"exp":{end}}}"#))
        }
    }

    fn granted(&mut self, id: u32, form: Option<Form>, seconds: i64) -> Reply {
        let person = self.ids[&id].person;
        let user = form.map(|form| format!(r#""user":{}"#, self.user(person, form)));
        let mut members = Vec::new();
        if self.mode != Mode::Session {
            let token = self.token(person, id, seconds);
            members.push(format!(r#""access_token":"{token}""#));
            if self.names.is_opaque {
                members.push(format!(r#""expires_in":{}"#, self.lifetime));
            }
        }
        if self.mode == Mode::Jwt {
            members.push(format!(r#""refresh_token":"r{id}""#));
        }
        members.extend(user);
        let reply = if members.is_empty() {
            Reply::new(204, String::new())
        } else {
            Reply::new(200, format!("{{{}}}", members.join(",")))
        };
        Reply {
            cookie: (self.mode != Mode::Jwt).then_some(Some(id)),
            ..reply
        }
    }
}
