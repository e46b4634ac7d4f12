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
        "Laravel before 9, whose message says nothing",
        r#"{"message":"The given data was invalid.","errors":{"email":["These credentials do not match our records."]}}"#,
        None,
        Some("These credentials do not match our records."),
    ),
    (
        "ASP.NET Core, whose title says nothing",
        r#"{"title":"One or more validation errors occurred.","status":400,"errors":{"Email":["The Email field is required."]}}"#,
        None,
        Some("The Email field is required."),
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
    let (_, message) = words_of(400, &format!(r#"{{"message":"{}"}}"#, "é ".repeat(1_000))).take();
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
