use super::{begun, form, with};
use crate::sso::{Code, Form, check, same_person};

const NOW: u64 = 1_800_000_000;

fn claims() -> Form {
    form(&[
        ("iss", "https://id.example.com"),
        ("aud", "shop"),
        ("sub", "ada"),
        ("nonce", "n1"),
        ("exp", "1800000600"),
        ("iat", "1800000000"),
        ("at_hash", "h1"),
    ])
}

fn facts(now: u64) -> Form {
    form(&[("at_hash", "h1"), ("now", &now.to_string())])
}

fn fault(claims: &Form) -> Option<&'static str> {
    check(&begun(&[]), claims, &facts(NOW))
        .err()
        .map(|refusal| refusal.words)
}

#[test]
fn a_token_of_this_sign_in_is_believed() {
    assert_eq!(fault(&claims()), None);
    assert_eq!(fault(&with(&claims(), "at_hash", "")), None);
}

/// `begun` was made at 1 000 000 s by whatever clock; the token lives for ten minutes.
#[test]
fn where_the_servers_clock_cannot_be_seen_one_that_is_wrong_keeps_nobody_out() {
    let now = 1_000_000;
    let of = |iat: u64, life: u64, elapsed: u64, clock: &str, wishes: &[(&str, &str)]| {
        let slot = with(&begun(wishes), "made", &(now * 1_000).to_string());
        let mut claims = with(&claims(), "iat", &iat.to_string());
        claims = with(&claims, "exp", &(iat + life).to_string());
        claims = with(&claims, "auth_time", &iat.to_string());
        let facts = with(&facts(now + elapsed), "clock", clock);
        check(&slot, &claims, &facts).is_ok()
    };
    for off in [200, 3_600, 50_000] {
        for iat in [now - off, now + off] {
            assert!(of(iat, 600, 30, "device", &[]), "{iat}");
            assert!(of(iat, 600, 30, "device", &[("max_age", "0")]), "{iat}");
            let is_over = off > 600 || iat > now;
            assert_eq!(of(iat, 600, 30, "server", &[]), !is_over, "{iat}");
        }
    }
    // It may have ended since the sign-in began; or the clock is not a little wrong.
    assert!(!of(now - 3_600, 600, 700, "device", &[]));
    assert!(!of(now - 100_000, 600, 30, "device", &[]));
    assert!(!of(now + 100_000, 600, 30, "device", &[]));
}

#[test]
fn a_token_with_a_claim_that_is_not_right_is_refused() {
    for (name, value) in [
        ("iss", "https://evil.example"),
        ("iss", ""),
        ("aud", "other"),
        ("aud", ""),
        ("azp", "other"),
        ("sub", ""),
        ("nonce", "n2"),
        ("nonce", ""),
        ("at_hash", "h2"),
        ("exp", ""),
        ("exp", "soon"),
        ("exp", "1799999940"),
        ("iat", ""),
        ("iat", "1800000061"),
    ] {
        assert!(
            fault(&with(&claims(), name, value)).is_some(),
            "{name} {value}"
        );
    }
    for name in ["iss", "sub", "nonce", "at_hash"] {
        let mut two = claims();
        two.put(name, "more");
        assert!(fault(&two).is_some(), "{name}");
    }
}

#[test]
fn of_several_audiences_this_client_is_the_authorized_party() {
    let mut several = claims();
    several.put("aud", "api");
    assert!(fault(&several).is_some());
    assert_eq!(fault(&with(&several, "azp", "shop")), None);
    assert!(fault(&with(&several, "azp", "api")).is_some());
}

#[test]
fn clocks_may_differ_by_a_minute() {
    let at = |now| check(&begun(&[]), &claims(), &facts(now)).is_ok();
    assert!(at(NOW + 600 + 59) && at(NOW - 60));
    assert!(!at(NOW + 600 + 60) && !at(NOW - 61));
}

#[test]
fn without_a_nonce_of_ours_nothing_is_believed() {
    let slot = with(&begun(&[]), "nonce", "");
    assert!(check(&slot, &with(&claims(), "nonce", ""), &facts(NOW)).is_err());
}

#[test]
fn ec46_a_sign_in_that_is_older_than_was_asked_is_refused() {
    let fault = |max_age, auth_time| {
        let claims = with(&claims(), "auth_time", auth_time);
        check(&begun(&[("max_age", max_age)]), &claims, &facts(NOW)).is_err()
    };
    assert!(fault("0", "") && fault("0", "1799999939") && fault("300", "1799999000"));
    assert!(!fault("0", "1800000000") && !fault("300", "1799999800"));
}

#[test]
fn the_userinfo_is_about_the_same_person() {
    assert!(same_person(&claims(), &form(&[("sub", "ada"), ("name", "Ada")])).is_ok());
    for other in ["bob", "", "Ada"] {
        assert!(same_person(&claims(), &form(&[("sub", other)])).is_err());
    }
    let both = form(&[("sub", "ada"), ("sub", "bob")]);
    assert!(same_person(&claims(), &both).is_err());
}

#[test]
fn ec46_a_step_up_that_is_not_what_was_demanded_is_refused() {
    let code = |wishes: &[(&str, &str)], acr| {
        let checked = check(&begun(wishes), &with(&claims(), "acr", acr), &facts(NOW));
        checked.err().map(|refusal| refusal.code)
    };
    let demanded = [
        ("acr_values", "gold platinum"),
        ("step_up", "true"),
        ("sub", "ada"),
    ];
    assert_eq!(code(&demanded, "platinum"), None);
    for acr in ["", "silver", "gol", "gold platinum"] {
        assert_eq!(code(&demanded, acr), Some(Code::CallbackRefused), "{acr}");
    }
    let other = [("step_up", "true"), ("sub", "bob")];
    assert_eq!(code(&other, "gold"), Some(Code::CallbackRefused));
    // A wish only.
    assert_eq!(code(&[("acr_values", "gold")], ""), None);
}
