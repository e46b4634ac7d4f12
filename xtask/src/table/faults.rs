//! How an option can be wrong: the variants of `Fault`, and their words. The package gets the number, which is the place here.

pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// What it is, and what is allowed.
    pub(crate) words: &'static str,
}

pub(crate) const FAULTS: &[Fault] = &[
    fault("KeyLength", "must have 1 to 128 bytes"),
    fault(
        "KeyInUse",
        "is in use by a client with other options; dispose of that one, or give this one a key of its own",
    ),
    fault(
        "MeAbsent",
        "is absent; mode \"session\" asks it who is signed in",
    ),
    fault(
        "RefreshAbsent",
        "is absent; mode \"hybrid\" gets every access token from it",
    ),
    fault("FieldName", "is not a field name (RFC 9110 §5.1)"),
    fault("Scheme", "is not a scheme (RFC 9110 §11.1)"),
    fault("NoPage", "is missing; there is no page to take it from"),
    fault(
        "NoPageOrigin",
        "is missing, and the page has no http or https origin to take it from",
    ),
    fault("NotAbsolute", "must be an absolute http: or https: URL"),
    fault(
        "PlainHttp",
        "is plain http on another machine, where anyone on the way reads the token; use https, or list the origin in insecureOrigins",
    ),
    fault(
        "NotAnOrigin",
        "must hold origins only: scheme, host and perhaps port, as in \"https://api.example.com\", each by its full name and without wildcards",
    ),
    fault("NotAUrl", "is not a URL"),
    fault(
        "NotListed",
        "is on an origin that is neither that of baseUrl nor in origins",
    ),
    fault(
        "CookieOnly",
        "must be \"cookie\" in the modes \"session\" and \"hybrid\"",
    ),
    fault("Empty", "is empty"),
    fault(
        "Seconds",
        "must be seconds, not negative (timeout: at least 0.1) and at most 86400",
    ),
    fault("Userinfo", "must not hold a user name or password"),
    fault("NoMe", "is \"me\", and there is no endpoints.me to ask"),
];

/// Those that the translator of contracts finds by itself.
pub(crate) const OF_CONTRACTS: &[&str] = &["NotAUrl", "NotListed"];

/// Those that the shell finds.
pub(crate) const OF_THE_SHELL: &[&str] = &["NotListed"];

const fn fault(name: &'static str, words: &'static str) -> Fault {
    Fault { name, words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_javascript_finds_is_a_fault() {
        for name in OF_THE_SHELL.iter().chain(OF_CONTRACTS) {
            assert!(FAULTS.iter().any(|fault| fault.name == *name), "{name}");
        }
    }
}
