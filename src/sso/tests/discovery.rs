use super::{document, form, own, with};
use crate::sso::{Code, Form, is_safe, is_same_site, read, return_to, well_known};

#[test]
fn the_document_is_looked_for_where_each_standard_has_it() {
    let issuer = form(&[("issuer", "https://id.example.com/tenant/")]);
    assert_eq!(
        well_known(&issuer),
        Ok([
            "https://id.example.com/tenant/.well-known/openid-configuration".to_owned(),
            "https://id.example.com/.well-known/oauth-authorization-server/tenant".to_owned(),
        ])
    );
    for wrong in [
        "",
        "id.example.com",
        "http://id.example.com",
        "https://id.example.com?a",
        "https://a@id.example.com",
        "https://id.example.com/#a",
        "ftp://id.example.com",
    ] {
        let refused = well_known(&form(&[("issuer", wrong)]));
        assert_eq!(
            refused.map_err(|refusal| refusal.code),
            Err(Code::ConfigInvalid),
            "{wrong}"
        );
    }
}

#[test]
fn only_what_is_known_is_kept() {
    let server = read(&own(), &document()).unwrap_or_default();
    assert_eq!(server.get("token_endpoint"), "https://id.example.com/token");
    assert_eq!(server.get("service_documentation"), "");
    assert!(server.has("id_token_signing_alg_values_supported", "RS256"));
}

fn is_refused(document: &Form) -> bool {
    read(&own(), document).is_err_and(|refusal| refusal.code == Code::ResponseInvalid)
}

#[test]
fn a_document_of_another_issuer_is_refused() {
    for issuer in [
        "https://id.example.com/",
        "https://evil.example",
        "HTTPS://id.example.com",
        "",
    ] {
        assert!(is_refused(&with(&document(), "issuer", issuer)), "{issuer}");
    }
    let mut two = document();
    two.put("issuer", "https://evil.example");
    assert!(is_refused(&two));
}

#[test]
fn an_endpoint_that_is_not_https_is_refused() {
    let names = [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "end_session_endpoint",
        "revocation_endpoint",
    ];
    for name in names {
        for url in [
            "http://id.example.com/x",
            "javascript:alert(1)",
            "//id.example.com/x",
            "https://u:p@id.example.com/x",
            "https:/\\id.example.com",
            "https://id.example.com/x#y",
            "[1]",
        ] {
            assert!(is_refused(&with(&document(), name, url)), "{name} {url}");
        }
    }
    for name in ["authorization_endpoint", "token_endpoint"] {
        assert!(is_refused(&with(&document(), name, "")), "{name}");
    }
}

#[test]
fn a_provider_that_names_no_code_flow_or_no_s256_is_refused() {
    assert!(is_refused(&with(
        &document(),
        "code_challenge_methods_supported",
        "plain"
    )));
    assert!(is_refused(&with(
        &document(),
        "response_types_supported",
        "token"
    )));
    assert!(!is_refused(&with(
        &document(),
        "code_challenge_methods_supported",
        "S256"
    )));
}

#[test]
fn plain_http_is_for_this_machine_and_for_what_is_listed() {
    let own = form(&[("insecure", "http://intranet:8080")]);
    for safe in [
        "http://localhost:3000/a",
        "http://a.localhost",
        "http://127.0.0.1:1/",
        "http://[::1]:9/",
        "http://intranet:8080/a",
        "https://[2001:db8::1]/",
    ] {
        assert!(is_safe(safe, &own), "{safe}");
    }
    for unsafe_ in [
        "http://intranet/a",
        "http://127.evil.example/",
        "http://localhost.evil.example",
        "http://evil.example",
        "https://",
        "https://a b/",
        "http://xlocalhost/",
        "https://:id.example/",
    ] {
        assert!(!is_safe(unsafe_, &own), "{unsafe_}");
    }
}

#[test]
fn ec47_an_app_is_sent_back_to_a_path_of_its_own_origin_only() {
    let origin = "https://shop.example.com";
    for path in ["/", "/orders?a=1#b", "/a//b"] {
        assert_eq!(return_to(path, origin), path);
    }
    assert_eq!(
        return_to("https://shop.example.com/orders", origin),
        "/orders"
    );
    for evil in [
        "",
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "orders",
        "https://shop.example.com.evil.example/",
        "https://shop.example.com//evil.example",
        "/.//evil.example",
        "/orders/..//evil.example",
        "https://shop.example.com/%2e//evil.example",
        "https://shop.example.com@evil.example",
    ] {
        assert_eq!(return_to(evil, origin), "/", "{evil}");
    }
}

#[test]
fn ec41_a_hidden_frame_is_for_an_issuer_of_the_same_site() {
    let app = "https://shop.example.com";
    for same in [
        "https://id.example.com/tenant",
        "https://example.com",
        "https://a.b.example.com:8443",
    ] {
        assert!(is_same_site(app, same), "{same}");
    }
    for other in [
        "http://id.example.com",
        "https://example.org",
        "https://notexample.com",
        "https://com",
        "id",
    ] {
        assert!(!is_same_site(app, other), "{other}");
    }
    assert!(is_same_site("http://localhost:1", "http://localhost:2"));
    assert!(!is_same_site("http://127.0.0.1", "http://10.0.0.1"));
    assert!(!is_same_site("http://[::1]:80", "http://[::2]:80"));
}
