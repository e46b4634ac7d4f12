//! The claims of an ID token whose signature is right (OpenID Connect Core §3.1.3.7).

use super::form::Form;
use super::refusal::{Code, Refusal};

/// Seconds by which clocks may differ.
const TOLERANCE: u64 = 60;
/// By which the clock of a device may be wrong: people set it by hand, and the zone not.
const LONGEST_WRONG: u64 = 86_400;

/// Looks at the claims. `slot`: what was asked. `facts`: the half of the access token's hash as `at_hash` (§3.1.3.6), `now` in
/// seconds, and whose `clock` that is: `device`, where the server's cannot be seen.
///
/// # Errors
/// `token_untrusted`, with what is wrong; `callback_refused` for a sign-in that is right, but not the one that was demanded
/// (RFC 9470 §4, §5).
pub fn check(slot: &Form, claims: &Form, facts: &Form) -> Result<(), Refusal> {
    if let Some(words) = fault(slot, claims, facts) {
        return Err(Refusal::new(Code::TokenUntrusted, words));
    }
    match shortfall(slot, claims, facts) {
        Some(words) => Err(Refusal::new(Code::CallbackRefused, words)),
        None => Ok(()),
    }
}

/// Whether the answer of the UserInfo endpoint is about the person of the ID token (OpenID Connect Core §5.3.2).
///
/// # Errors
/// `token_untrusted`: it is about another one.
pub fn same_person(claims: &Form, userinfo: &Form) -> Result<(), Refusal> {
    let sub = userinfo.get("sub");
    if sub == claims.get("sub") && !userinfo.repeats("sub") {
        return Ok(());
    }
    Err(Refusal::new(
        Code::TokenUntrusted,
        "the userinfo is not about the person of the ID token",
    ))
}

fn fault(slot: &Form, claims: &Form, facts: &Form) -> Option<&'static str> {
    let client = slot.get("client_id");
    let is = |name, wanted: &str| claims.get(name) == wanted && !claims.repeats(name);
    if !is("iss", slot.get("issuer")) {
        return Some("the iss of the ID token is not the provider that was asked");
    }
    if !claims.has("aud", client) {
        return Some("the aud of the ID token is not this client");
    }
    let azp = claims.nth("azp", 0);
    if azp.map_or(claims.repeats("aud"), |_| !is("azp", client)) {
        return Some("the azp of the ID token is not this client");
    }
    if slot.get("nonce").is_empty() || !is("nonce", slot.get("nonce")) {
        return Some("the nonce of the ID token is not that of this sign-in");
    }
    if claims.get("sub").is_empty() || claims.repeats("sub") {
        return Some("the ID token has no sub");
    }
    let (Some(exp), Some(iat)) = (claims.number("exp"), claims.number("iat")) else {
        return Some("the ID token has no exp or no iat");
    };
    let Some(now) = time(slot, claims, facts) else {
        return Some("the time is not known");
    };
    if exp.saturating_add(TOLERANCE) <= now {
        return Some("the exp of the ID token has passed; the clock of this device may be wrong");
    }
    if iat > now.saturating_add(TOLERANCE) {
        return Some(
            "the iat of the ID token is yet to come; the clock of this device may be wrong",
        );
    }
    let hash = claims.nth("at_hash", 0);
    if hash.is_some() && !is("at_hash", facts.get("at_hash")) {
        return Some("the at_hash of the ID token is not that of the access token");
    }
    None
}

/// What time it is. The nonce, which is looked at too, was made when the sign-in began, and the token after it: it is no older than that by
/// whatever clock. So a token that lives for longer is good, and its own time nearer to the server's than that of a device that is wrong.
fn time(slot: &Form, claims: &Form, facts: &Form) -> Option<u64> {
    let now = facts.number("now")?;
    let (exp, iat) = (claims.number("exp")?, claims.number("iat")?);
    let age = now.checked_sub(slot.number("made")? / 1_000);
    let is_known = iat.abs_diff(now) <= TOLERANCE || !facts.has("clock", "device");
    let is_fresh = age.is_some_and(|age| exp.saturating_sub(iat) > age);
    let is_wrong = !is_known && is_fresh && iat.abs_diff(now) <= LONGEST_WRONG;
    Some(if is_wrong { iat } else { now })
}

/// What was demanded and is not there.
fn shortfall(slot: &Form, claims: &Form, facts: &Form) -> Option<&'static str> {
    let sub = slot.get("sub");
    if !sub.is_empty() && sub != claims.get("sub") {
        return Some("somebody else has signed in than was asked to");
    }
    let demanded = slot.get("acr_values").as_bytes();
    let acr = claims.get("acr").as_bytes();
    let mut allowed = demanded.split(|byte| *byte == b' ');
    if !demanded.is_empty() && (acr.is_empty() || !allowed.any(|one| one == acr)) {
        return Some("the provider has not signed in as strongly as was asked (acr)");
    }
    let most = slot.number("max_age")?;
    let since = claims.number("auth_time");
    let is_recent = |since: u64| {
        since.saturating_add(most).saturating_add(TOLERANCE)
            >= time(slot, claims, facts).unwrap_or(u64::MAX)
    };
    if since.is_some_and(is_recent) {
        return None;
    }
    Some("the sign-in at the provider is older than was asked, or it does not say (auth_time)")
}
