//! Proofs of possession (RFC 9449): what one says, and what follows from the answer to a request that had one.

use super::challenge::challenges;
use super::discovery::DPOP;
use super::form::Form;
use super::refusal::{Code, Refusal};

/// Longer nonces are kept from nobody, but not kept.
const LONGEST_NONCE: usize = 1_024;
/// Milliseconds by which a clock may differ before it is what a server objects to.
const TOLERATED: u64 = 5_000;

/// What a proof says (§4.2), but for the types of JSON. `call`: `method` and `url` as they are sent, `jti`, `now` (milliseconds, by the server's clock);
/// `nonce` and `ath` where there are any.
#[must_use]
pub fn proof(call: &Form) -> Form {
    let url = call.get("url");
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let mut claims = Form::default();
    claims.put("jti", call.get("jti"));
    claims.put("htm", call.get("method"));
    claims.put("htu", url.get(..end).unwrap_or_default());
    let seconds = call.number("now").unwrap_or_default() / 1_000;
    claims.put("iat", &seconds.to_string());
    claims.copy_all(call, &["nonce", "ath"]);
    claims
}

/// What is done about an answer.
///
/// - `asked`: `at` is `token` for the authorization server, `nonce` what was sent, `now` the time of the proof; `is_again`, if it was the second attempt,
///   and `is_once`, if its body cannot be sent again.
/// - `answer`: `status`, `nonce` and `challenge` as its headers have them, `error` of its JSON; `date` of the server in milliseconds.
///
/// Gives `nonce`, if it is one to keep (§8.2: the newest counts, of whatever answer); `again`, if the request goes once more with another proof; `date`, if the
/// clock is to be taken from there; `wants`, if a nonce was demanded, of which the caller is told nothing else than by this answer; `hidden`, if none can be seen; `skew`, by how many
/// seconds the clock is wrong where that is what the server objects to.
#[must_use]
pub fn answer_to_proof(asked: &Form, answer: &Form) -> Form {
    let mut out = Form::default();
    let status = answer.number("status").unwrap_or_default();
    let nonce = answer.get("nonce");
    let is_new = is_nonce(nonce) && nonce != asked.get("nonce");
    if is_nonce(nonce) {
        out.put("nonce", nonce);
    }
    let says = |error| {
        if asked.has("at", "token") {
            matches!(status, 400 | 401) && answer.has("error", error)
        } else {
            status == 401 && challenges(answer.get("challenge"), "DPoP", "error", error)
        }
    };
    let may_go_again = !asked.has("is_again", "true") && !asked.has("is_once", "true");
    // Across origins the challenge may be hidden, and the nonce not.
    let is_hinted = status == 401 && answer.get("challenge").is_empty() && is_new;
    let wants = says("use_dpop_nonce");
    if wants || is_hinted && !asked.has("at", "token") {
        if wants {
            out.put("wants", "true");
        }
        if is_new && may_go_again {
            out.put("again", "true");
        } else if wants && !is_nonce(nonce) {
            out.put("hidden", "true");
        }
        return out;
    }
    if says("invalid_dpop_proof")
        && let (Some(date), Some(now)) = (answer.number("date"), asked.number("now"))
    {
        let skew = date.abs_diff(now);
        if skew > TOLERATED {
            out.put("skew", &(skew / 1_000).to_string());
            out.put("date", answer.get("date"));
            if may_go_again {
                out.put("again", "true");
            }
        }
    }
    out
}

/// §8.1: characters that need no escape, and not too many.
fn is_nonce(text: &str) -> bool {
    let is_plain = |byte: u8| (0x21..=0x7e).contains(&byte) && byte != b'"' && byte != b'\\';
    !text.is_empty() && text.len() <= LONGEST_NONCE && text.bytes().all(is_plain)
}

/// Whether a refresh token that was bound to the key `bound` may be used with the key `own`, each by its thumbprint (RFC 7638). One that was
/// bound to none may.
#[must_use]
pub fn is_own_key(bound: &str, own: &str) -> bool {
    bound.is_empty() || bound == own
}

/// Whether the token is of the type that was asked for. `asked` has as `dpop` whether there was a proof: `true`, or `auto`, where the server may do without.
///
/// # Errors
/// `response_invalid`.
pub fn is_of_type(asked: &Form, answer: &Form) -> Result<(), Refusal> {
    let kind = answer.get("token_type");
    let (wish, is_bound) = (asked.get("dpop"), kind.eq_ignore_ascii_case("dpop"));
    // RFC 6749 §7.1: of a type that is not understood it must not be used. Some leave it out.
    let is_bearer = kind.is_empty() || kind.eq_ignore_ascii_case("bearer");
    let words = if wish == "true" && !is_bound {
        // RFC 9449 §5: whoever stands between could have taken the proof away.
        "the token answer has a token_type that is not DPoP, though a proof was sent"
    } else if is_bearer || is_bound && !wish.is_empty() {
        return Ok(());
    } else {
        "the token answer has a token_type that is not Bearer"
    };
    Err(Refusal::new(Code::ResponseInvalid, words))
}

/// Whether a sign-in has proofs: `own` wishes them by `dpop`, `true` or `auto`, and has the thumbprint of its key as `dpop_jkt`. What of it goes along with what
/// else the sign-in asks for.
#[must_use]
pub fn proves(own: &Form, server: &Form) -> Form {
    let mut out = Form::default();
    // One that does not say that it takes proofs may refuse their header (CORS).
    if own.has("dpop", "true") || server.has(DPOP, "ES256") {
        out.copy_all(own, &["dpop", "dpop_jkt"]);
    }
    out
}
