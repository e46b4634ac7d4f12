//! Finds tokens, lifetime and user in what backends answer (RFC 6749 §5.1, and what they do instead).

use crate::core::context::Context;
use crate::core::identity::credentials::Credentials;
use crate::core::identity::subject::{is_unnamed, user_of_claims};
use crate::core::options::config::{Fields, UserSource};
use crate::core::port::answer::Answer;
use crate::core::port::error::{AuthError, Code};
use crate::core::port::secret::Secret;
use crate::core::time::clock::{Mono, ServerTime};
use crate::core::wire::text::mentions;
use crate::core::wire::verdict::is_nobody;
use crate::json::Json;
use crate::jwt::{Claims, NumericDate, Token, dotted};

/// Usual names, with a dot between them.
const ACCESS: &str = "access_token.accessToken.access.token.jwt.idToken";
const REFRESH: &str = "refresh_token.refreshToken.refresh";
const EXPIRES_IN: &str = "expires_in.expiresIn";
const EXPIRES_AT: &str = "expires_at.expiresAt";
const TOKEN_TYPE: &str = "token_type.tokenType";
const USER: &str = "user.profile";

/// What stands before a token in its header.
const SCHEME: &str = "bearer ";

/// Ten years in seconds. A lifetime above is told in milliseconds.
const LONGEST_LIFE: f64 = 315_360_000.0;

/// By so much a date may be early, as it is cut to whole seconds.
const CUT_MS: i64 = 1_000;

/// Reads the answer of a login or refresh endpoint that gives tokens.
///
/// The clock is set by the answer, if it tells the time.
pub(crate) fn read_tokens(
    body: &Json,
    answer: &Answer,
    sent: Mono,
    cx: &mut Context,
) -> Result<Box<Credentials>, AuthError> {
    let fail = |code, detail: &str| {
        let mut error = AuthError::new(code).with_detail(detail);
        error.status = Some(answer.status);
        Err(error)
    };
    let fields = &cx.config().fields;
    let Some(access) = access_in(body, fields) else {
        return fail(
            Code::ResponseInvalid,
            "it holds no access token; name its field in fields.accessToken",
        );
    };
    // RFC 6749 §7.1. Some backends name what it is, and not how it is sent.
    let kind = find(body, None, TOKEN_TYPE)
        .and_then(|kind| kind.as_string())
        .unwrap_or_default();
    if !kind.is_empty() && !mentions(&kind, "bearer|jwt|access|token") {
        return fail(Code::ResponseInvalid, "its token_type is not Bearer");
    }
    if let Some(why) = &answer.untrusted {
        return fail(Code::TokenUntrusted, why);
    }
    let claims = match Token::inspect(access.expose()) {
        Err(_) => return fail(Code::TokenMalformed, "no header can carry it"),
        Ok(Token::Jwt(claims)) => Some(claims),
        Ok(Token::Opaque) => None,
    };
    let refresh = find(body, fields.refresh_token.as_deref(), REFRESH)
        .and_then(|refresh| refresh.as_string())
        .filter(|refresh| !refresh.is_empty());
    let of_answer = || find(body, fields.user.as_deref(), USER).filter(Json::is_object);
    let of_token = || claims.as_ref().map(|claims| user_of_claims(&claims.all));
    let user = match cx.config().user {
        UserSource::Usual => of_answer().or_else(of_token),
        UserSource::Answer => of_answer(),
        UserSource::Token => of_token(),
        UserSource::Me => None,
    };
    let iat = claims.as_ref().and_then(|claims| claims.iat);
    if let Some(told) = answer
        .date
        .or(iat.map(|iat| ServerTime(iat.milliseconds())))
    {
        cx.sync(told, sent);
    }
    let server_now = cx.server_now();
    Ok(Box::new(Credentials {
        ends_at: end(body, claims.as_ref(), &cx.config().fields, server_now),
        issued_at: server_now,
        access: Some(access),
        refresh: refresh.map(Secret::new),
        is_lent: false,
        claims: claims.map(|claims| claims.all),
        user,
    }))
}

/// Whether an answer has something where the access token stands.
pub(crate) fn names_access(body: &Json, fields: &Fields) -> bool {
    find(body, fields.access_token.as_deref(), ACCESS).is_some_and(|access| !access.is_null())
}

/// The access token in an answer. Some backends write it as it is to stand in the header, with the scheme.
pub(crate) fn access_in(body: &Json, fields: &Fields) -> Option<Secret> {
    let access = find(body, fields.access_token.as_deref(), ACCESS)?;
    let access = Secret::new(access.as_string()?);
    let text = access.expose();
    let scheme = text.get(..SCHEME.len());
    if scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME)) {
        return text
            .get(SCHEME.len()..)
            .map(|token| Secret::new(token.into()));
    }
    Some(access)
}

/// When what this answer gave ends: the earliest of what it tells. `None`: it has no end, or none that can be believed, and a
/// 401 will tell.
pub(crate) fn end(
    body: &Json,
    claims: Option<&Claims>,
    fields: &Fields,
    server_now: ServerTime,
) -> Option<ServerTime> {
    let at = |date: NumericDate| ServerTime(date.milliseconds());
    let expires_in = find(body, fields.expires_in.as_deref(), EXPIRES_IN)
        .and_then(|lifetime| lifetime.as_seconds())
        .and_then(|lifetime| {
            let is_long = lifetime > LONGEST_LIFE;
            NumericDate::from_seconds(if is_long {
                lifetime / 1_000.0
            } else {
                lifetime
            })
        })
        .map(|lifetime| server_now.after(lifetime.milliseconds()));
    let expires_at = find(body, fields.expires_at.as_deref(), EXPIRES_AT)
        .and_then(|date| NumericDate::read(&date))
        .map(at);
    let exp = claims.and_then(|claims| claims.exp).map(at);
    // Born expired: one of the clocks is wrong, and it may be ours. The server's 401 decides then.
    let ahead = |end: Option<ServerTime>| end.filter(|end| *end > server_now);
    let mut end = ahead(expires_in);
    for other in [ahead(exp), ahead(expires_at)].into_iter().flatten() {
        if end.is_none_or(|end| other.after(CUT_MS) < end) {
            end = Some(other);
        }
    }
    end
}

/// The user in the answer of a `me` or session login endpoint. `None`: nobody.
pub(crate) fn read_user(body: &Json, fields: &Fields) -> Option<Json> {
    let is_somebody = |user: &Json| user.is_object() && !is_nobody(user) && !is_unnamed(user);
    if fields.user.is_some() {
        return find(body, fields.user.as_deref(), "").filter(is_somebody);
    }
    if is_nobody(body) {
        return None;
    }
    find(body, None, USER)
        .or_else(|| body.get("data").filter(Json::is_object))
        .or_else(|| Some(body.clone()))
        .filter(is_somebody)
}

/// The token in the answer of the CSRF endpoint.
pub(crate) fn read_csrf(body: &Json, field: Option<&str>) -> Option<Secret> {
    const NAMES: &str = "csrfToken.csrf_token.csrf.token";
    let token = find(body, field, NAMES)?.as_string()?;
    // What cannot stand in a header would fail every request that carries it.
    let fits =
        !token.is_empty() && token.len() <= 4_096 && token.bytes().all(|b| b.is_ascii_graphic());
    fits.then(|| Secret::new(token))
}

/// By the path that the app gave, or by the usual names at the top and under `data`.
fn find(body: &Json, path: Option<&str>, usual: &str) -> Option<Json> {
    if let Some(path) = path {
        let mut value = body.clone();
        for name in dotted(path) {
            value = value.get(name)?;
        }
        return Some(value);
    }
    let data = body.get("data").unwrap_or_else(Json::null);
    dotted(usual)
        .into_iter()
        .find_map(|name| body.get(name).or_else(|| data.get(name)))
}

/// The claims of an access token that comes from the store.
pub(crate) fn stored_claims(access: &str) -> Option<Option<Json>> {
    match Token::inspect(access).ok()? {
        Token::Jwt(claims) => Some(Some(claims.all)),
        Token::Opaque => Some(None),
    }
}
