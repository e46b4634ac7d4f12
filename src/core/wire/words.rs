//! A server's own words for why it refuses, wherever its framework puts them.

use crate::core::port::answer::Answer;
use crate::core::wire::text::mentions;
use crate::json::Json;
use crate::jwt::dotted;

/// The longest piece of the server's own words that is kept, in characters.
const LONGEST_MESSAGE: usize = 300;
/// The longest code, in bytes.
const LONGEST_CODE: usize = 80;
/// How deep they are looked for: in a list, an error, its data, and what is named there.
const DEEPEST: u32 = 4;

/// Where they stand. What comes first is told where several of a kind are found.
const NAMES: &str = "error_description.message.msg.detail.reason.errorSummary.data.errors.extensions.title.error.code.error_code.errorCode.type";
/// Up to here a sentence may stand, from here on a code.
const ERROR: usize = 10;
/// Often a URI, or the kind of a field.
const TYPE: usize = 14;

/// Words of who refuses since nobody is signed in.
const OF_THE_SESSION: &str = "authenti|credential|logged|login|log in|sign|session|token|expired";

/// Words of what stands before the endpoint, or in its place where there is none: Amazon's, Kong's, Azure's, and those of
/// frameworks whose route is missing.
const OF_A_GATEWAY: &str =
    "missing authentication token|no route|api key|subscription key|cannot post|route post";

#[derive(Default)]
pub(crate) struct Words {
    code: Found,
    message: Found,
    /// Every text that was looked at.
    all: String,
}

#[derive(Default)]
struct Found {
    text: Option<String>,
    /// A code under a code's name; a sentence, not the mere reason phrase of a status.
    is_sure: bool,
}

impl Found {
    fn put(&mut self, text: &str, is_sure: bool) {
        if self.is_sure || (self.text.is_some() && !is_sure) {
            return;
        }
        let mut kept = String::new();
        let is_kept = |char: &char| !char.is_control();
        for char in text.chars().filter(is_kept).take(LONGEST_MESSAGE) {
            kept.push(char);
        }
        if !kept.is_empty() {
            *self = Found {
                text: Some(kept),
                is_sure,
            };
        }
    }
}

impl Answer {
    /// `body` is what stands in it, if that is JSON.
    pub(crate) fn words(&self, body: Option<&Json>) -> Words {
        let mut words = Words::default();
        match body {
            Some(body) => words.read(body, 0, DEEPEST),
            None if self.status >= 400 && self.is_text() => words.sort(&self.body, 0),
            None => {}
        }
        words
    }

    /// Plain words. Some frameworks call them HTML; JSON that is cut off is none, as a token may stand in it.
    fn is_text(&self) -> bool {
        let first = self.body.bytes().next();
        first.is_some_and(|first| first.is_ascii_alphabetic())
    }

    /// A page of HTML: somebody else than the endpoint may have written it.
    pub(crate) fn is_page(&self) -> bool {
        self.is_html && !self.is_text()
    }
}

impl Words {
    /// What `place` in `NAMES` names, or what an item of it is.
    fn read(&mut self, value: &Json, place: usize, depth: u32) {
        if let Some(text) = value.as_string() {
            self.sort(&text, place);
            return;
        }
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        if let Some(first) = value.at(0) {
            self.read(&first, place, depth);
        }
        for (place, name) in dotted(NAMES).into_iter().enumerate() {
            if let Some(value) = value.get(name) {
                self.read(&value, place, depth);
            }
        }
        // Fields of a form, each with a list of what is wrong with it.
        let is_list = |(_, value): (String, Json)| value.at(0);
        if self.message.text.is_none()
            && let Some(first) = value.entries().into_iter().find_map(is_list)
        {
            self.read(&first, 0, depth);
        }
    }

    /// A code is one word of ASCII. Under another name than a code's it has to look like one, and a plain word with a capital
    /// is a reason phrase: "Forbidden".
    fn sort(&mut self, text: &str, place: usize) {
        self.all.push_str(text);
        self.all.push('\n');
        let is_code_name = place >= ERROR && place != TYPE;
        let mut bytes = text.bytes();
        let first = bytes.next().unwrap_or_default();
        let is_mark = |byte: u8| matches!(byte, b'_' | b'0'..=b'9' | b'A'..=b'Z');
        let is_word = text.len() <= LONGEST_CODE
            && first.is_ascii_alphabetic()
            && bytes.clone().all(|byte| byte.is_ascii_graphic())
            && !mentions(text, "//");
        if is_word && (bytes.any(is_mark) || (is_code_name && first.is_ascii_lowercase())) {
            self.code.put(text, is_code_name);
        } else if place <= ERROR {
            // Each word of a reason phrase has a capital.
            let mut pairs = text.as_bytes().windows(2);
            let is_small = |pair: &[u8]| pair.first() == Some(&b' ') && pair.last() > Some(&b'Z');
            self.message
                .put(text, pairs.any(is_small) || !text.is_ascii());
        }
    }

    pub(crate) fn code(&self) -> Option<&str> {
        self.code.text.as_deref()
    }

    /// The code, and the sentence.
    pub(crate) fn take(self) -> (Option<String>, Option<String>) {
        (self.code.text, self.message.text)
    }

    /// Whether they say more than the status does.
    pub(crate) fn say_why(&self) -> bool {
        self.code.text.is_some() || self.message.is_sure
    }

    pub(crate) fn mention_csrf(&self) -> bool {
        mentions(&self.all, "csrf|xsrf|forgery|authenticity")
    }

    pub(crate) fn are_of_the_session(&self) -> bool {
        mentions(&self.all, OF_THE_SESSION)
    }

    /// Whether it is not the endpoint that speaks, or not of what it was sent.
    pub(crate) fn are_of_the_way(&self) -> bool {
        self.mention_csrf() || mentions(&self.all, OF_A_GATEWAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words_of(status: u16, body: &str) -> Words {
        Answer::plain(status, body).words(Json::parse(body).as_ref())
    }

    type Case = (
        &'static str,
        &'static str,
        Option<&'static str>,
        Option<&'static str>,
    );

    /// Who writes it, what, its code, its sentence.
    const BODIES: &[Case] = &[
        (
            "RFC 6749",
            r#"{"error":"invalid_grant","error_description":"Wrong."}"#,
            Some("invalid_grant"),
            Some("Wrong."),
        ),
        (
            "a sentence as error",
            r#"{"error":"Invalid Email or password."}"#,
            None,
            Some("Invalid Email or password."),
        ),
        (
            "an error with a code",
            r#"{"error":{"code":"mfa_required","message":"Second factor."}}"#,
            Some("mfa_required"),
            Some("Second factor."),
        ),
        (
            "an error with a type",
            r#"{"error":{"type":"invalid_request_error","message":"No such user."}}"#,
            Some("invalid_request_error"),
            Some("No such user."),
        ),
        (
            "Express",
            r#"{"message":"wrong password"}"#,
            None,
            Some("wrong password"),
        ),
        (
            "Flask-JWT-Extended",
            r#"{"msg":"Bad username or password"}"#,
            None,
            Some("Bad username or password"),
        ),
        (
            "Simple JWT",
            r#"{"detail":"Token is blacklisted","code":"token_not_valid","messages":[{"message":"x y"}]}"#,
            Some("token_not_valid"),
            Some("Token is blacklisted"),
        ),
        (
            "FastAPI, 422",
            r#"{"detail":[{"type":"missing","loc":["body","email"],"msg":"Field required"}]}"#,
            None,
            Some("Field required"),
        ),
        (
            "FastAPI Users",
            r#"{"detail":"LOGIN_BAD_CREDENTIALS"}"#,
            Some("LOGIN_BAD_CREDENTIALS"),
            None,
        ),
        (
            "FastAPI Users, with a reason",
            r#"{"detail":{"code":"REGISTER_INVALID_PASSWORD","reason":"Password is too short"}}"#,
            Some("REGISTER_INVALID_PASSWORD"),
            Some("Password is too short"),
        ),
        (
            "DRF, the whole form",
            r#"{"non_field_errors":["Unable to log in with provided credentials."]}"#,
            None,
            Some("Unable to log in with provided credentials."),
        ),
        (
            "DRF, a field",
            r#"{"email":["Enter a valid email address.","x"],"password":["y"]}"#,
            None,
            Some("Enter a valid email address."),
        ),
        (
            "Directus, GraphQL",
            r#"{"errors":[{"message":"Invalid user credentials.","extensions":{"code":"INVALID_CREDENTIALS"}}]}"#,
            Some("INVALID_CREDENTIALS"),
            Some("Invalid user credentials."),
        ),
        (
            "allauth headless",
            r#"{"status":400,"errors":[{"message":"They do not match.","code":"email_password_mismatch","param":"password"}]}"#,
            Some("email_password_mismatch"),
            Some("They do not match."),
        ),
        (
            "Laravel",
            r#"{"message":"The email field is required.","errors":{"email":["No."]}}"#,
            None,
            Some("The email field is required."),
        ),
        (
            "devise_token_auth",
            r#"{"success":false,"errors":["Invalid login credentials."]}"#,
            None,
            Some("Invalid login credentials."),
        ),
        (
            "ASP.NET, a form",
            r#"{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.1","title":"One or more validation errors occurred.","status":400,"errors":{"Email":["The Email field is required."]}}"#,
            None,
            Some("The Email field is required."),
        ),
        (
            "ASP.NET Identity",
            r#"{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.2","title":"Unauthorized","status":401,"detail":"LockedOut"}"#,
            Some("LockedOut"),
            Some("Unauthorized"),
        ),
        (
            "RFC 9457",
            r#"{"type":"about:blank","title":"Locked","detail":"Try again tomorrow.","status":423}"#,
            None,
            Some("Try again tomorrow."),
        ),
        (
            "Nest",
            r#"{"statusCode":401,"message":"Unauthorized","error":"Unauthorized"}"#,
            None,
            Some("Unauthorized"),
        ),
        (
            "Nest, a form",
            r#"{"message":["email must be an email","x"],"error":"Bad Request","statusCode":400}"#,
            None,
            Some("email must be an email"),
        ),
        (
            "a reason phrase before a sentence",
            r#"{"message":"Bad Request","error":{"message":"No such user."}}"#,
            None,
            Some("No such user."),
        ),
        (
            "Better Auth",
            r#"{"code":"INVALID_EMAIL_OR_PASSWORD","message":"Invalid email or password"}"#,
            Some("INVALID_EMAIL_OR_PASSWORD"),
            Some("Invalid email or password"),
        ),
        (
            "Spring",
            r#"{"timestamp":"2026-11-30T12:00:00Z","status":403,"error":"Forbidden","path":"/auth/refresh"}"#,
            None,
            Some("Forbidden"),
        ),
        (
            "JSend",
            r#"{"status":"fail","message":"no such user"}"#,
            None,
            Some("no such user"),
        ),
        (
            "Feathers",
            r#"{"name":"NotAuthenticated","message":"Invalid login","code":401,"className":"not-authenticated","errors":{}}"#,
            None,
            Some("Invalid login"),
        ),
        (
            "Supabase",
            r#"{"code":400,"error_code":"email_not_confirmed","msg":"Email not confirmed"}"#,
            Some("email_not_confirmed"),
            Some("Email not confirmed"),
        ),
        (
            "Okta",
            r#"{"errorCode":"E0000004","errorSummary":"Authentication failed","errorCauses":[]}"#,
            Some("E0000004"),
            Some("Authentication failed"),
        ),
        (
            "a reason",
            r#"{"reason":"account is locked"}"#,
            None,
            Some("account is locked"),
        ),
        (
            "an envelope",
            r#"{"data":{"code":"otp_required","message":"Enter the code."}}"#,
            Some("otp_required"),
            Some("Enter the code."),
        ),
        (
            "tRPC, a batch",
            r#"[{"error":{"message":"no such user","code":-32001,"data":{"code":"UNAUTHORIZED","httpStatus":401}}}]"#,
            Some("UNAUTHORIZED"),
            Some("no such user"),
        ),
        (
            "plain words",
            "Invalid refresh token",
            None,
            Some("Invalid refresh token"),
        ),
        (
            "another language",
            r#"{"message":"パスワードが違います"}"#,
            None,
            Some("パスワードが違います"),
        ),
        ("a page", "<html>Not found here", None, None),
        ("cut off", r#"{"access_token":"abc"#, None, None),
        ("numbers", r#"{"code":"1001","error":401}"#, None, None),
        ("nothing", r#"{"error":null,"message":""}"#, None, None),
    ];

    #[test]
    fn each_framework_has_its_own_place_for_its_words() {
        for (whose, body, code, message) in BODIES {
            let (found, said) = words_of(400, body).take();
            assert_eq!(found.as_deref(), *code, "{whose}");
            assert_eq!(said.as_deref(), *message, "{whose}");
        }
    }

    #[test]
    fn words_are_bounded_and_without_control_characters() {
        let long = "é\u{7}".repeat(1_000);
        let (_, message) =
            words_of(400, &format!(r#"{{"message":"{}"}}"#, "é ".repeat(1_000))).take();
        assert_eq!(message.map(|message| message.chars().count()), Some(300));
        let (_, message) = words_of(400, &["x ", &long].concat()).take();
        assert!(message.is_some_and(|message| message.chars().all(|char| !char.is_control())));
        let deep = [
            &r#"{"error":"#.repeat(60),
            r#"{"code":"a_b"}"#,
            &"}".repeat(60),
        ]
        .concat();
        assert_eq!(words_of(400, &deep).code(), None);
    }

    #[test]
    fn plain_words_of_a_success_are_no_refusal() {
        assert_eq!(words_of(200, "abcdef.ghi").take(), (None, None));
    }
}
