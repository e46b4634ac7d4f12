use crate::sso::challenges;

fn wants_nonce(header: &str) -> bool {
    challenges(header, "DPoP", "error", "use_dpop_nonce")
}

#[test]
fn ec57_challenges_are_a_list_and_names_have_no_case() {
    for header in [
        "DPoP error=\"use_dpop_nonce\"",
        "DPoP error=use_dpop_nonce",
        "dpop Error=\"use_dpop_nonce\", algs=\"ES256\"",
        "Bearer, DPoP error=\"use_dpop_nonce\"",
        "Bearer realm=\"a, DPoP\", error=\"invalid_token\", DPoP algs=\"ES256 PS256\", error=\"use_dpop_nonce\"",
        "Negotiate YII=, DPoP error=\"use_dpop_nonce\"",
        "Basic realm=\"x\",DPoP error = \"use_dpop_nonce\"",
        ",, DPoP error=\"use_\\dpop_nonce\"",
    ] {
        assert!(wants_nonce(header), "{header}");
    }
}

#[test]
fn ec57_what_another_scheme_says_is_not_said_by_dpop() {
    for header in [
        "",
        "DPoP",
        "Bearer error=\"use_dpop_nonce\"",
        "DPoP error=\"invalid_token\"",
        "DPoP error_description=\"use_dpop_nonce\"",
        "DPoP algs=\"ES256\", Bearer error=\"use_dpop_nonce\"",
        "Bearer realm=\"DPoP error=use_dpop_nonce\"",
        "Bearer realm=\"DPoP error=\\\"use_dpop_nonce\\\"\"",
        "XDPoP error=\"use_dpop_nonce\"",
        "DPoP error=\"use_dpop_nonce",
        "DPoP error=\"USE_DPOP_NONCE\"",
        "DPoP=\"\", error=\"use_dpop_nonce\"",
    ] {
        assert!(!wants_nonce(header), "{header}");
    }
}
