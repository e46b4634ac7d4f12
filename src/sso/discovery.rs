//! What a provider says of itself (RFC 8414, OpenID Connect Discovery 1.0).

use super::form::Form;
use super::refusal::{Code, Refusal};
use super::url::{is_safe, origin};

/// Where the document of this issuer may be: as OpenID Connect Discovery §4 has it, and as RFC 8414 §3.1 has it.
///
/// # Errors
/// `config_invalid` for what is no issuer: it is https, and has neither query nor fragment.
pub fn well_known(own: &Form) -> Result<[String; 2], Refusal> {
    let issuer = own.get("issuer");
    let wrong = Refusal::new(
        Code::ConfigInvalid,
        "sso.issuer must be an https URL without query, fragment and user name",
    );
    if !is_safe(issuer, own) || issuer.bytes().any(|byte| byte == b'?') {
        return Err(wrong);
    }
    let base = issuer.strip_suffix('/').unwrap_or(issuer);
    let host = origin(issuer).unwrap_or_default();
    let path = base.get(host.len()..).unwrap_or_default();
    let mut openid = base.to_owned();
    openid.push_str("/.well-known/openid-configuration");
    let mut oauth = host.to_owned();
    oauth.push_str("/.well-known/oauth-authorization-server");
    oauth.push_str(path);
    Ok([openid, oauth])
}

const AUTHORIZATION: &str = "authorization_endpoint";
const TOKEN: &str = "token_endpoint";
/// Those that are kept.
const ENDPOINTS: &[&str] = &[
    AUTHORIZATION,
    TOKEN,
    "jwks_uri",
    "userinfo_endpoint",
    "end_session_endpoint",
    "revocation_endpoint",
    "pushed_authorization_request_endpoint",
];
const ISS: &str = "authorization_response_iss_parameter_supported";
const PUSHED: &str = "require_pushed_authorization_requests";
const ALGORITHMS: &str = "id_token_signing_alg_values_supported";
/// RFC 9449 §5.1.
pub(super) const DPOP: &str = "dpop_signing_alg_values_supported";

/// What of the document is believed and may be kept. `own` has `issuer`, and origins as `insecure`.
///
/// # Errors
/// `response_invalid`: it is of another issuer, its endpoints are not https, or it cannot do the code flow with S256.
pub fn read(own: &Form, document: &Form) -> Result<Form, Refusal> {
    let wrong = |words| Err(Refusal::new(Code::ResponseInvalid, words));
    let says = document.get("issuer");
    // RFC 8414 §3.3: else one provider could speak for another.
    if says != own.get("issuer") || document.repeats("issuer") {
        return wrong(
            "the provider's document is of another issuer than sso.issuer, which has to be the same to the letter",
        );
    }
    let mut server = Form::default();
    server.put("issuer", says);
    for &name in ENDPOINTS {
        if document.repeats(name) {
            return wrong("the provider's document has an endpoint that is no text");
        }
        let url = document.get(name);
        if !url.is_empty() && !is_safe(url, own) {
            return wrong("the provider's document has an endpoint that is not an https URL");
        }
        server.put(name, url);
    }
    if server.get(AUTHORIZATION).is_empty() || server.get(TOKEN).is_empty() {
        return wrong("the provider's document lacks authorization_endpoint or token_endpoint");
    }
    // What is not named may still be there; what is named without it is not.
    let lacks = |name, value| document.nth(name, 0).is_some() && !document.has(name, value);
    if lacks("response_types_supported", "code") {
        return wrong("the provider has no response type code");
    }
    if lacks("code_challenge_methods_supported", "S256") {
        return wrong("the provider has no PKCE with S256 (RFC 7636)");
    }
    for &name in &[ISS, PUSHED] {
        if document.has(name, "true") {
            server.put(name, "true");
        }
    }
    server.copy(document, ALGORITHMS);
    server.copy(document, DPOP);
    Ok(server)
}
