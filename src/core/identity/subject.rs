//! Who somebody is: one type, and one answer to "is it the same person?".
//!
//! A token's own claims come first, then the identifiers that both have, the lasting ones before those that a person may change.
//! What cannot be told is said to be unknown, and is asked of the server, not assumed.

use crate::core::wire::text::Plain;
use crate::json::Json;
use crate::jwt::dotted;

/// Claims that belong to one token, not to its subject: a user shown with them would change at every refresh.
const OF_ONE_TOKEN: [&str; 4] = ["exp", "iat", "nbf", "jti"];

/// The user that claims describe.
pub(crate) fn user_of_claims(claims: &Json) -> Json {
    let members = claims.entries();
    let mut lasting = Vec::new();
    for (name, value) in &members {
        if !OF_ONE_TOKEN.contains(&name.as_str()) {
            lasting.push((name.as_str(), value.clone()));
        }
    }
    Json::object(lasting)
}

/// Names of what identifies a person, the best first; in lower case, without `_`, `-` and what stands before the last `/`.
const NAMES: &[&str] = &[
    "sub",
    "id",
    "userid",
    "uid",
    "uuid",
    "guid",
    "oid",
    "pk",
    "nameid",
    "nameidentifier",
    // From here on a person may change it.
    "username",
    "uniquename",
    "preferredusername",
    "login",
    "email",
    "mail",
    "emailaddress",
];

/// So many of them last.
const LASTING: usize = 10;

/// Whether two are the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Same {
    Yes,
    No,
    /// They have nothing in common that tells.
    Unknown,
}

/// A place in [`NAMES`], and the value.
type Name = (usize, String);

/// Who somebody is, as far as it was told.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Subject {
    /// What the token's own claims say, the best first.
    claims: Vec<Name>,
    /// What the profile says.
    user: Vec<Name>,
    /// The profile, where nothing in it has a known name.
    nameless: Option<Json>,
}

impl Subject {
    /// `member`: the path of the member that identifies a person, where the app names it.
    pub(crate) fn of(claims: Option<&Json>, user: Option<&Json>, member: Option<&str>) -> Subject {
        let names = |object: Option<&Json>| object.map_or_else(Vec::new, |o| names_in(o, member));
        let mut subject = Subject {
            claims: names(claims),
            user: names(user),
            nameless: None,
        };
        if !subject.is_named() {
            subject.nameless = user.cloned();
        }
        subject
    }

    /// Nothing identifies them.
    pub(crate) fn is_nobody(&self) -> bool {
        !self.is_named() && self.nameless.is_none()
    }

    /// A known name is among what was told.
    pub(crate) fn is_named(&self) -> bool {
        !self.claims.is_empty() || !self.user.is_empty()
    }

    pub(crate) fn same(&self, other: &Subject) -> Same {
        let (own, theirs) = (self.all(), other.all());
        let by_name = compare(lasting(&self.claims), lasting(&other.claims))
            .or_else(|| compare(&own, &theirs));
        if let Some(same) = by_name {
            return same;
        }
        // One server's `id` is another endpoint's `sub`.
        let is_there = |value: &str| lasting(&theirs).iter().any(|(_, other)| other == value);
        if lasting(&own).iter().any(|(_, value)| is_there(value)) {
            return Same::Yes;
        }
        match (&self.nameless, &other.nameless) {
            (Some(own), Some(theirs)) if own == theirs => Same::Yes,
            (Some(_), Some(_)) => Same::No,
            _ => Same::Unknown,
        }
    }

    /// Whether some identifier that both have differs, and none is the same.
    pub(crate) fn has_nothing_of(&self, other: &Subject) -> bool {
        let theirs = other.all();
        let mut differs = false;
        for (place, value) in self.all() {
            for (other, theirs) in &theirs {
                if *other == place {
                    if *theirs == value {
                        return false;
                    }
                    differs = true;
                }
            }
        }
        differs && self.same(other) != Same::Yes
    }

    fn all(&self) -> Vec<Name> {
        let mut all = self.claims.clone();
        for (place, value) in &self.user {
            put(&mut all, *place, value.clone());
        }
        all
    }

    /// FNV-1a of the best identifier: to tell one person from another, not to hide them. 0: there is none.
    pub(crate) fn hash(&self) -> u32 {
        let mut best = self.claims.first().or(self.user.first());
        if let (Some((place, _)), Some(user)) = (best, self.user.first())
            && *place >= LASTING
            && user.0 < LASTING
        {
            best = Some(user);
        }
        let hash = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        let hash = |text: &str| text.as_bytes().iter().fold(0x811C_9DC5, hash);
        match (best, &self.nameless) {
            (Some((_, value)), _) => hash(value),
            (None, Some(nameless)) => hash(&nameless.text()),
            (None, None) => 0,
        }
    }
}

/// Those that a person keeps.
fn lasting(names: &[Name]) -> &[Name] {
    let end = names.iter().position(|(place, _)| *place >= LASTING);
    names.get(..end.unwrap_or(names.len())).unwrap_or_default()
}

/// By the first name that both have.
fn compare(own: &[Name], theirs: &[Name]) -> Option<Same> {
    own.iter().find_map(|(place, value)| {
        let (_, other) = theirs.iter().find(|(other, _)| other == place)?;
        Some(if other == value { Same::Yes } else { Same::No })
    })
}

fn names_in(object: &Json, member: Option<&str>) -> Vec<Name> {
    let mut names = Vec::new();
    if let Some(path) = member {
        let mut value = Some(object.clone());
        for name in dotted(path) {
            value = value.and_then(|value| value.get(name));
        }
        names.extend(value.and_then(|value| Some((0, text_of(&value, 0)?))));
        return names;
    }
    let members = object.entries();
    add_known(&mut names, &members);
    if names.is_empty() {
        // `{ "account": { "id": 7 } }`
        for (_, value) in &members {
            if value.is_object() {
                add_known(&mut names, &value.entries());
            }
        }
    }
    names
}

fn add_known(names: &mut Vec<Name>, members: &[(String, Json)]) {
    for (name, value) in members {
        if let Some(place) = place_of(name)
            && let Some(text) = text_of(value, place)
        {
            put(names, place, text);
        }
    }
}

/// In its order, unless there is one of that name.
fn put(names: &mut Vec<Name>, place: usize, text: String) {
    let at = names.iter().position(|(known, _)| *known >= place);
    match at.and_then(|at| Some((at, names.get(at)?.0))) {
        Some((_, known)) if known == place => {}
        Some((at, _)) => names.insert(at, (place, text)),
        None => names.push((place, text)),
    }
}

fn place_of(name: &str) -> Option<usize> {
    let plain = Plain::of(name)?;
    NAMES.iter().position(|known| plain.is(known))
}

/// Whether there is a place for who it is, and nobody in it.
pub(crate) fn is_unnamed(user: &Json) -> bool {
    let members = user.entries();
    let mut places = members
        .iter()
        .filter_map(|(name, value)| Some((place_of(name)?, value)))
        .peekable();
    places.peek().is_some() && places.all(|(_, value)| value.is_null())
}

/// A number and its digits are the same, and so are names that a person types, in upper and lower case.
fn text_of(value: &Json, place: usize) -> Option<String> {
    let text = match value.as_string() {
        Some(text) => text,
        None => value.as_f64().map(|_| value.text())?,
    };
    let text = text.trim_ascii();
    (!text.is_empty()).then(|| {
        if place < LASTING {
            text.into()
        } else {
            text.to_ascii_lowercase()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text).unwrap_or_else(Json::null)
    }

    fn user(text: &str) -> Subject {
        Subject::of(None, Some(&json(text)), None)
    }

    fn token(claims: &str) -> Subject {
        let claims = json(claims);
        Subject::of(Some(&claims), Some(&user_of_claims(&claims)), None)
    }

    #[test]
    fn a_renewed_token_shows_the_same_user() {
        let first = json(r#"{"sub":"1","name":"Ada","exp":1,"iat":0,"jti":"a","nbf":0}"#);
        let second = json(r#"{"sub":"1","name":"Ada","exp":9,"iat":8,"jti":"b"}"#);
        assert_eq!(user_of_claims(&first), user_of_claims(&second));
    }

    #[test]
    fn two_profiles_are_compared_by_the_best_identifier_that_both_have() {
        for (one, other, same) in [
            (r#"{"id":1}"#, r#"{"id":2}"#, Same::No),
            (r#"{"id":7}"#, r#"{"id":"7"}"#, Same::Yes),
            (
                r#"{"pk":7,"email":"a"}"#,
                r#"{"pk":7,"email":"b"}"#,
                Same::Yes,
            ),
            (
                r#"{"pk":7,"email":"a"}"#,
                r#"{"pk":8,"email":"a"}"#,
                Same::No,
            ),
            (r#"{"Id":7}"#, r#"{"Id":8}"#, Same::No),
            (r#"{"user_id":7}"#, r#"{"userId":7}"#, Same::Yes),
            (r#"{"id":7}"#, r#"{"sub":"7"}"#, Same::Yes),
            (r#"{"id":7}"#, r#"{"sub":"x9"}"#, Same::Unknown),
            (
                r#"{"email":"A@x.test"}"#,
                r#"{"id":7,"email":"a@X.test"}"#,
                Same::Yes,
            ),
            (r#"{"login":"ida"}"#, r#"{"login":"bo"}"#, Same::No),
            (
                r#"{"account":{"id":7}}"#,
                r#"{"account":{"id":8}}"#,
                Same::No,
            ),
            (r#"{"name":"Ida"}"#, r#"{"name":"Ida"}"#, Same::Yes),
            (r#"{"name":"Ida"}"#, r#"{"name":"Bo"}"#, Same::No),
            (
                r#"{"name":"Ida"}"#,
                r#"{"id":7,"name":"Ida"}"#,
                Same::Unknown,
            ),
            (
                r#"{"id":null,"email":"a"}"#,
                r#"{"id":2,"email":"b"}"#,
                Same::No,
            ),
        ] {
            assert_eq!(user(one).same(&user(other)), same, "{one} {other}");
            assert_eq!(user(other).same(&user(one)), same, "{other} {one}");
        }
    }

    #[test]
    fn what_the_tokens_say_comes_before_what_profiles_say() {
        let claims = json(r#"{"sub":"7"}"#);
        let with = |profile| Subject::of(Some(&claims), Some(&json(profile)), None);
        let moved = with(r#"{"email":"new@x.test"}"#);
        assert_eq!(with(r#"{"email":"old@x.test"}"#).same(&moved), Same::Yes);
        assert_eq!(token(r#"{"sub":"8"}"#).same(&moved), Same::No);
        assert_eq!(
            with(r#"{"id":7,"name":"Ada"}"#).same(&token(r#"{"sub":"7"}"#)),
            Same::Yes
        );
        let net = r#"{"http://schemas.test/claims/nameidentifier":"a"}"#;
        assert_eq!(
            token(net).same(&token(&net.replace("\"a\"", "\"b\""))),
            Same::No
        );
    }

    #[test]
    fn the_app_can_name_the_member() {
        let of = |text: &str| Subject::of(None, Some(&json(text)), Some("account.number"));
        let one = of(r#"{"id":1,"account":{"number":5}}"#);
        assert_eq!(
            one.same(&of(r#"{"id":2,"account":{"number":"5"}}"#)),
            Same::Yes
        );
        assert_eq!(
            one.same(&of(r#"{"id":1,"account":{"number":6}}"#)),
            Same::No
        );
        assert_eq!(one.same(&of(r#"{"id":1}"#)), Same::Unknown);
    }

    #[test]
    fn a_hash_is_of_the_value_whatever_its_name() {
        assert_eq!(user(r#"{"id":7}"#).hash(), token(r#"{"sub":"7"}"#).hash());
        assert_eq!(
            user(r#"{"email":"a","id":7}"#).hash(),
            user(r#"{"id":7}"#).hash()
        );
        assert_ne!(user(r#"{"id":7}"#).hash(), user(r#"{"id":8}"#).hash());
        assert_ne!(user(r#"{"name":"Ada"}"#).hash(), 0);
        assert_eq!(Subject::default().hash(), 0);
        assert!(Subject::default().is_nobody());
    }

    #[test]
    fn two_that_share_one_identifier_are_not_held_apart_by_another() {
        let told = user(r#"{"id":7,"username":"ida"}"#);
        assert!(!told.has_nothing_of(&user(r#"{"id":90,"user_id":7,"username":"ida"}"#)));
        assert!(!told.has_nothing_of(&user(r#"{"name":"Ida"}"#)));
        assert!(told.has_nothing_of(&user(r#"{"id":90,"username":"bo"}"#)));
    }
}
