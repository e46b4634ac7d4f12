//! A backend with one browser's cookie: sessions, and refresh tokens that rotate.

use std::collections::BTreeMap;

use hallpass::core::{Answer, HttpRequest, Mode, ServerTime};

use crate::world::{body_of, header, headers_of, jwt};

#[derive(Clone, Debug)]
pub struct Backend {
    pub mode: Mode,
    /// Of access tokens, in seconds.
    pub lifetime: i64,
    /// What the browser sends along, and what answers set.
    pub cookie: Option<u32>,
    /// Every id that was ever given, and whose it is.
    ids: BTreeMap<u32, Id>,
    last: u32,
    /// How often a refresh token was used again by another attempt.
    pub reuses: u64,
    /// How often the same attempt came again.
    pub repeats: u64,
}

#[derive(Clone, Debug)]
struct Id {
    user: &'static str,
    family: u32,
    is_revoked: bool,
    /// Rotated away, in the attempt of this name.
    next: Option<(Option<String>, u32)>,
}

/// What an answer holds. Its cookie is set when it arrives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reply {
    pub status: u16,
    pub body: String,
    pub cookie: Option<Option<u32>>,
}

impl Reply {
    /// The server has no time.
    pub fn busy() -> Reply {
        reply(503, "")
    }

    /// As a tab gets it.
    pub fn into_answer(self, seconds: i64) -> Answer {
        Answer {
            status: self.status,
            is_html: false,
            date: Some(ServerTime(seconds * 1_000)),
            retry_after: None,
            retry_after_date: None,
            csrf_moved: false,
            csrf_refused: false,
            body: self.body,
            untrusted: None,
            said: None,
        }
    }
}

fn reply(status: u16, body: &str) -> Reply {
    Reply {
        status,
        body: body.into(),
        cookie: None,
    }
}

impl Backend {
    pub fn new(mode: Mode) -> Backend {
        Backend {
            mode,
            lifetime: 60,
            cookie: None,
            ids: BTreeMap::new(),
            last: 0,
            reuses: 0,
            repeats: 0,
        }
    }

    /// Whose the browser's cookie is, if it is good.
    pub fn user_of_cookie(&self) -> Option<&'static str> {
        let id = self.ids.get(&self.cookie?)?;
        (!id.is_revoked).then_some(id.user)
    }

    pub fn is_revoked(&self, number: u32) -> bool {
        self.ids.get(&number).is_none_or(|id| id.is_revoked)
    }

    pub fn revoke_all(&mut self) {
        for id in self.ids.values_mut() {
            id.is_revoked = true;
        }
    }

    /// A page of its own signs somebody in or out: the cookie changes past every engine.
    #[allow(dead_code, reason = "not every test has such pages")]
    pub fn visit_page(&mut self, person: Option<&'static str>) {
        self.cookie = match (person, self.cookie.and_then(|id| self.ids.get(&id))) {
            (Some(user), _) => Some(self.give(user, None)),
            (None, None) => None,
            (None, Some(id)) => {
                let family = id.family;
                self.revoke_family(family);
                None
            }
        };
    }

    /// What it has given, and what has become of it: number, whose, family, whether revoked, the attempt that rotated it.
    pub fn given(&self) -> impl Iterator<Item = (u32, &'static str, u32, bool, Option<&str>)> {
        self.ids.iter().map(|(number, id)| {
            let attempt = id.next.as_ref();
            let attempt = attempt.map(|(key, _)| key.as_deref().unwrap_or("none"));
            (*number, id.user, id.family, id.is_revoked, attempt)
        })
    }

    /// Whether the API takes an access token: until its end.
    pub fn takes(&self, token: &str, seconds: i64) -> bool {
        match hallpass::jwt::Token::inspect(token) {
            Ok(hallpass::jwt::Token::Jwt(claims)) => claims
                .exp
                .is_some_and(|exp| exp.milliseconds() > seconds * 1_000),
            _ => false,
        }
    }

    /// The refresh token or session that a request brings.
    pub fn credential(&self, http: &HttpRequest, cookie: Option<u32>) -> Option<u32> {
        match self.mode {
            Mode::Jwt => {
                let body = body_of(http);
                let (_, rest) = body.split_once(r#""refresh_token":"r"#)?;
                rest.split('"').next()?.parse().ok()
            }
            Mode::Session | Mode::Hybrid => cookie,
        }
    }

    /// Does the work of a request that carried `cookie`.
    pub fn process(&mut self, http: &HttpRequest, cookie: Option<u32>, seconds: i64) -> Reply {
        let sent = self.credential(http, cookie);
        let path = http.url.rsplit('/').next().unwrap();
        match path {
            "login" => {
                let user = if body_of(http).contains("grace") {
                    "grace"
                } else {
                    "ada"
                };
                let id = self.give(user, None);
                self.granted(id, seconds)
            }
            "logout" => {
                if let Some(family) = sent.and_then(|id| self.ids.get(&id)).map(|id| id.family) {
                    self.revoke_family(family);
                }
                Reply {
                    cookie: Some(None),
                    ..reply(204, "")
                }
            }
            "me" => match sent.and_then(|id| self.ids.get(&id)) {
                Some(id) if !id.is_revoked => {
                    reply(200, &format!(r#"{{"user":{{"sub":"{}"}}}}"#, id.user))
                }
                _ => reply(401, ""),
            },
            _ => self.refresh(sent, header(&headers_of(http), "Idempotency-Key"), seconds),
        }
    }

    fn refresh(&mut self, sent: Option<u32>, key: Option<String>, seconds: i64) -> Reply {
        let refused = reply(400, r#"{"error":"invalid_grant"}"#);
        let Some((number, id)) = sent.and_then(|number| Some((number, self.ids.get(&number)?)))
        else {
            return refused;
        };
        match &id.next {
            _ if id.is_revoked => refused,
            Some((attempt, next)) if *attempt == key => {
                let next = *next;
                self.repeats += 1;
                self.granted(next, seconds)
            }
            Some(_) => {
                self.reuses += 1;
                let family = id.family;
                self.revoke_family(family);
                refused
            }
            None => {
                let (user, family) = (id.user, id.family);
                let next = self.give(user, Some(family));
                self.ids.get_mut(&number).unwrap().next = Some((key, next));
                self.granted(next, seconds)
            }
        }
    }

    fn revoke_family(&mut self, family: u32) {
        for id in self.ids.values_mut().filter(|id| id.family == family) {
            id.is_revoked = true;
        }
    }

    fn give(&mut self, user: &'static str, family: Option<u32>) -> u32 {
        self.last += 1;
        let id = Id {
            user,
            family: family.unwrap_or(self.last),
            is_revoked: false,
            next: None,
        };
        self.ids.insert(self.last, id);
        self.last
    }

    fn granted(&self, id: u32, iat: i64) -> Reply {
        let user = self.ids[&id].user;
        let token = jwt(&format!(
            r#"{{"sub":"{user}","iat":{iat},"exp":{}}}"#,
            iat + self.lifetime
        ));
        let (body, cookie) = match self.mode {
            Mode::Session => (format!(r#"{{"user":{{"sub":"{user}"}}}}"#), Some(Some(id))),
            Mode::Hybrid => (format!(r#"{{"access_token":"{token}"}}"#), Some(Some(id))),
            Mode::Jwt => (
                format!(r#"{{"access_token":"{token}","refresh_token":"r{id}"}}"#),
                None,
            ),
        };
        Reply {
            status: 200,
            body,
            cookie,
        }
    }
}
