use super::*;

#[test]
fn a_refresh_is_refused_in_many_words() {
    use Refusal::{Definite, Likely, No};
    for (status, body, by_token, by_cookie) in [
        (400, r#"{"error":"invalid_grant"}"#, Definite, Definite),
        (401, "", Definite, Definite),
        (401, "Unauthorized", Definite, Definite),
        (401, "<html>login", Likely, Likely),
        (401, r#"{"code":"CSRF_FAILED"}"#, No, No),
        (401, r#"{"message":"No API key found in request"}"#, No, No),
        (
            400,
            r#"{"code":"refresh_token_not_found","message":"x"}"#,
            Definite,
            Definite,
        ),
        (400, r#"{"error":"TOKEN_EXPIRED"}"#, Definite, Definite),
        (404, r#"{"message":"No such session"}"#, Definite, Definite),
        (422, "{}", Likely, Likely),
        (404, r#"{"detail":"Not Found"}"#, Likely, Likely),
        (404, "404 page not found", Likely, Likely),
        (
            404,
            r#"{"message":"no Route matched with those values"}"#,
            No,
            No,
        ),
        (
            404,
            r#"{"message":"Cannot POST /auth/refresh","error":"Not Found","statusCode":404}"#,
            No,
            No,
        ),
        (
            400,
            r#"{"detail":[{"msg":"Field required","type":"missing"}]}"#,
            Definite,
            Definite,
        ),
        (
            400,
            r#"{"message":["refresh must be a jwt"]}"#,
            Definite,
            Definite,
        ),
        (410, "", Definite, Definite),
        (498, "", Definite, Definite),
        (200, r#"{"error":"invalid_grant"}"#, Definite, Definite),
        (
            200,
            r#"{"success":false,"message":"Please sign in again"}"#,
            Definite,
            Definite,
        ),
        (
            403,
            r#"{"message":"Invalid refresh token"}"#,
            Definite,
            Definite,
        ),
        (403, r#"{"message":"token revoked"}"#, Definite, Definite),
        (403, r#"{"detail":"SESSION_REVOKED"}"#, Definite, Definite),
        (403, r#"{"message":"Forbidden"}"#, Likely, No),
        (
            403,
            r#"{"timestamp":"x","status":403,"error":"Forbidden","path":"/refresh"}"#,
            Likely,
            No,
        ),
        (403, "", Likely, No),
        (403, r#"{"message":"Missing Authentication Token"}"#, No, No),
        (
            400,
            r#"{"message":"The required antiforgery cookie is not present."}"#,
            No,
            No,
        ),
        (
            403,
            r#"{"detail":"CSRF Failed: CSRF token missing."}"#,
            No,
            No,
        ),
        (
            403,
            r#"{"code":"EBADCSRFTOKEN","message":"invalid csrf token"}"#,
            No,
            No,
        ),
        (403, "<html>CSRF verification failed", No, No),
        (400, "", Likely, Likely),
        (404, "", Likely, Likely),
        (204, "", Likely, Likely),
        (200, "{}", Likely, Likely),
        (200, r#"{"access_token":"cut"#, No, No),
        (404, "<html>", No, No),
        (400, r#"{"error":"invalid_client"}"#, No, No),
        (408, "", No, No),
        (429, "{}", No, No),
        (
            409,
            r#"{"code":409,"error_code":"conflict","msg":"Too many concurrent token refresh requests"}"#,
            Likely,
            Likely,
        ),
        (409, r#"{"error":"invalid_grant"}"#, Definite, Definite),
        (423, r#"{"error":"locked"}"#, Likely, Likely),
        (426, r#"{"error":"client_outdated"}"#, No, No),
        (
            200,
            r#"{"code":401,"msg":"token expired","data":null}"#,
            Definite,
            Definite,
        ),
        (
            200,
            r#"{"code":"401","message":"Token expired"}"#,
            Definite,
            Definite,
        ),
        (200, r#"{"code":500,"msg":"busy","data":null}"#, No, No),
        (200, r#"{"status":500,"message":"busy"}"#, No, No),
        (503, "{}", No, No),
        (200, r#"{"data":{"jwtToken":"a"}}"#, No, No),
    ] {
        let answer = Answer::plain(status, body);
        assert_eq!(answer.refusal(false), by_token, "{status} {body}");
        assert_eq!(answer.refusal(true), by_cookie, "{status} {body}");
    }
}

#[test]
fn who_is_told_when_to_come_again_is_not_refused() {
    for (status, body, refusal) in [
        (400, r#"{"error":"throttled"}"#, Refusal::No),
        (403, r#"{"message":"Too many attempts"}"#, Refusal::No),
        (400, r#"{"error":"invalid_grant"}"#, Refusal::Definite),
    ] {
        let mut answer = Answer::plain(status, body);
        answer.retry_after = Some("2".into());
        assert_eq!(answer.refusal(false), refusal, "{status} {body}");
    }
}

#[test]
fn who_asks_for_a_session_that_nobody_knows_of_is_told_of_nobody() {
    for (status, body, nobody) in [
        (401, "", true),
        (400, r#"{"message":"required"}"#, true),
        (404, "", true),
        (422, "{}", true),
        (403, r#"{"error":"csrf_failed"}"#, true),
        (403, "<html>", false),
        (302, "", true),
        (204, "", true),
        (200, "null", true),
        (200, "{}", true),
        (200, "<html>", true),
        (405, "", true),
        (501, "<html>", true),
        (200, "text <", false),
        (200, r#"{"user":{"na"#, false),
        (200, r#"{"accessToken":null}"#, true),
        (200, r#"{"ok":false,"accessToken":""}"#, true),
        (200, r#"{"jwtToken":"a"}"#, false),
        (429, "", false),
        (503, "", false),
    ] {
        assert_eq!(
            Answer::plain(status, body).says_nobody(),
            nobody,
            "{status} {body}"
        );
    }
}

#[test]
fn a_page_that_does_not_say_it_is_one_stands_for_nobody_too() {
    let mut answer = Answer::plain(200, " <!doctype html>");
    answer.is_html = false;
    assert!(answer.says_nobody());
    answer.said = Some(Said::NotNow);
    assert!(!answer.says_nobody());
}

#[test]
fn me_ends_a_session_by_what_speaks_of_it() {
    for (status, body, ends) in [
        (401, "<html>", true),
        (302, "", true),
        (
            403,
            r#"{"detail":"Authentication credentials were not provided."}"#,
            true,
        ),
        (401, r#"{"message":"No API key found in request"}"#, false),
        (403, r#"{"errors":[{"message":"Please log in."}]}"#, true),
        (403, r#"{"message":"Forbidden"}"#, false),
        (403, r#"{"message":"Missing Authentication Token"}"#, false),
        (403, "<html>", false),
        (404, "", false),
        (500, "", false),
    ] {
        assert_eq!(
            Answer::plain(status, body).ends_session(),
            ends,
            "{status} {body}"
        );
    }
}

#[test]
fn a_good_status_may_tell_of_nobody() {
    for (body, nobody) in [
        (r#"{"isAuthorized":false,"name":null}"#, true),
        (r#"{"authenticated":false}"#, true),
        (r#"{"data":null}"#, true),
        (r#"{"success":false,"data":null}"#, true),
        (r#"{"error":"unauthenticated"}"#, true),
        (r#"{"code":401,"msg":"Please sign in","data":null}"#, true),
        (r#"{"code":500,"message":"busy"}"#, true),
        (r#"{"id":7,"code":412}"#, false),
        (
            r#"{"errors":[{"message":"Unauthenticated"}],"data":{"me":null}}"#,
            true,
        ),
        (r#"{"id":7,"errors":[]}"#, false),
        (r#"{"status":401}"#, true),
        (r#"{"status":"fail","data":{"title":"x"}}"#, true),
        (r#"{"status":"anonymous","roles":[]}"#, true),
        (r#"{"user":{}}"#, true),
        (r#"{"is_anonymous":true,"id":3}"#, true),
        ("[]", true),
        ("false", true),
        ("null", true),
        (r#""""#, true),
        (r#"{"authenticated":true,"id":7}"#, false),
        (r#"{"id":7,"error":null}"#, false),
        (r#"{"user":{"id":7}}"#, false),
        (r#"{"name":"Ida","status":"active"}"#, false),
    ] {
        let json = Json::parse(body).unwrap_or_else(Json::null);
        assert_eq!(is_nobody(&json), nobody, "{body}");
    }
}
