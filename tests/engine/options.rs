use crate::world::{HostUrls, at, check};
use hallpass::core::{
    Code, CsrfSource, Endpoint, Mode, Options, StorageKind, Transport, UserSource,
};

fn refused(options: Options) -> &'static str {
    let error = check(options).unwrap_err();
    assert_eq!(error.code, Code::ConfigInvalid);
    assert!(error.message().contains(error.option.unwrap()));
    error.option.unwrap()
}

fn jwt() -> Options {
    Options::new(Mode::Jwt)
}

#[test]
fn base_urls_that_are_none_are_refused() {
    for base in [
        "/api",
        "api.test",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc",
        "https://a:b@api.test",
        "",
        "blob:https://a.test/x",
        "ws://a.test",
    ] {
        assert_eq!(
            refused(Options {
                base_url: Some(base.into()),
                ..jwt()
            }),
            "baseUrl",
            "{base}"
        );
    }
}

#[test]
fn plain_http_to_another_machine_is_refused_with_a_token_unless_named() {
    let bare = || Options {
        base_url: Some("http://api.test:8080/v1".into()),
        ..jwt()
    };
    assert_eq!(refused(bare()), "baseUrl");
    assert!(
        check(Options {
            insecure_origins: vec!["http://api.test:8080".into()],
            ..bare()
        })
        .is_ok()
    );
    assert!(
        check(Options {
            insecure_origins: vec!["http://api.test".into()],
            ..bare()
        })
        .is_err(),
        "another port"
    );
    assert!(
        check(Options {
            mode: Mode::Session,
            ..bare()
        })
        .is_ok()
    );
    for local in [
        "http://localhost:1",
        "http://127.0.0.1",
        "http://[::1]:3",
        "http://a.localhost",
    ] {
        assert!(
            check(Options {
                base_url: Some(local.into()),
                ..jwt()
            })
            .is_ok(),
            "{local}"
        );
    }
    assert_eq!(
        refused(Options {
            origins: vec!["http://files.test".into()],
            ..jwt()
        }),
        "origins"
    );
}

#[test]
fn endpoints_stay_on_listed_origins() {
    for url in [
        "https://evil.test/login",
        "//evil.test/login",
        "https://app.test.evil.test/",
        "https://app.test:444/",
        "http://app.test/",
        "https://u:p@app.test/x",
        "http://[",
    ] {
        assert_eq!(
            refused(Options {
                login: at(url),
                ..jwt()
            }),
            "endpoints.login",
            "{url}"
        );
        assert_eq!(
            refused(Options {
                refresh: at(url),
                ..jwt()
            }),
            "endpoints.refresh",
            "{url}"
        );
        let csrf = Some(Some((
            CsrfSource::Endpoint {
                url: url.into(),
                field: None,
            },
            "X-C".into(),
        )));
        assert_eq!(
            refused(Options {
                csrf,
                ..Options::new(Mode::Session)
            }),
            "csrf.endpoint",
            "{url}"
        );
    }
    assert!(
        check(Options {
            login: at("https://id.test/in"),
            origins: vec!["https://id.test".into()],
            ..jwt()
        })
        .is_ok()
    );
}

#[test]
fn origins_are_origins_and_nothing_more() {
    for origin in [
        "https://a.test/path",
        "https://a.test?x",
        "https://a.test/#",
        "a.test",
        "*",
        "https://*.a.test",
        "https://%2a.a.test",
        "https://*",
        "https://u@a.test",
        "null",
    ] {
        let checked = check(Options {
            origins: vec![origin.into()],
            ..jwt()
        });
        let option = checked.err().and_then(|error| error.option);
        assert_eq!(option, Some("origins"), "{origin}");
    }
}

#[test]
fn ec23_only_the_very_origin_is_listed() {
    let config = check(Options {
        base_url: Some("https://api.test".into()),
        origins: vec!["https://files.test:8443".into()],
        ..jwt()
    })
    .unwrap();
    assert!(config.lists("https://api.test") && config.lists("https://files.test:8443"));
    for origin in [
        "http://api.test",
        "https://api.test:444",
        "https://api.test.evil.test",
        "https://xapi.test",
        "https://files.test",
        "null",
        "",
        "https://API.test",
    ] {
        assert!(!config.lists(origin), "{origin}");
    }
}

#[test]
fn names_numbers_and_keys_are_checked() {
    for header in ["", "a b", "Ünicode", "a:b", "a\r\nX: y"] {
        assert_eq!(
            refused(Options {
                header: header.into(),
                ..jwt()
            }),
            "header.name"
        );
        assert_eq!(
            refused(Options {
                transport: Some(Transport::Header {
                    name: header.into()
                }),
                ..jwt()
            }),
            "refreshToken.name"
        );
        let csrf = Some(Some((CsrfSource::Cookie("c".into()), header.into())));
        assert_eq!(
            refused(Options {
                csrf,
                ..Options::new(Mode::Session)
            }),
            "csrf.header"
        );
    }
    assert_eq!(
        refused(Options {
            scheme: "Bea rer".into(),
            ..jwt()
        }),
        "header.scheme"
    );
    for bad in [f64::NAN, f64::INFINITY, -1.0, 86_401.0] {
        assert_eq!(
            refused(Options {
                leeway: bad,
                ..jwt()
            }),
            "leeway"
        );
        assert_eq!(
            refused(Options {
                timeout: bad,
                ..jwt()
            }),
            "timeout"
        );
    }
    assert_eq!(
        refused(Options {
            timeout: 0.0,
            ..jwt()
        }),
        "timeout"
    );
    assert!(
        check(Options {
            leeway: 0.0,
            timeout: 0.1,
            ..jwt()
        })
        .is_ok()
    );
    assert_eq!(
        refused(Options {
            key: String::new(),
            ..jwt()
        }),
        "key"
    );
    assert_eq!(
        refused(Options {
            key: "k".repeat(129),
            ..jwt()
        }),
        "key"
    );
    for (source, option) in [
        (CsrfSource::Cookie(String::new()), "csrf.cookie"),
        (CsrfSource::Meta(String::new()), "csrf.meta"),
    ] {
        assert_eq!(
            refused(Options {
                csrf: Some(Some((source, "X-C".into()))),
                ..Options::new(Mode::Session)
            }),
            option
        );
    }
}

#[test]
fn a_mode_has_the_endpoints_that_it_cannot_do_without() {
    assert_eq!(
        refused(Options {
            me: Endpoint::Absent,
            ..Options::new(Mode::Session)
        }),
        "endpoints.me"
    );
    assert_eq!(
        refused(Options {
            refresh: Endpoint::Absent,
            ..Options::new(Mode::Hybrid)
        }),
        "endpoints.refresh"
    );
}

#[test]
fn an_error_names_the_first_option_that_is_wrong() {
    assert_eq!(
        refused(Options {
            key: String::new(),
            leeway: -1.0,
            ..jwt()
        }),
        "key"
    );
}

#[test]
fn options_that_mean_the_same_are_the_same_whatever_their_text() {
    let stamped = |stamp| check(jwt()).unwrap().stamped(stamp);
    assert_eq!(stamped(1), stamped(2));
}

#[test]
fn a_page_without_an_origin_is_told_apart_from_a_base_that_is_none() {
    let error = |page: &str, base: Option<&str>| {
        let options = Options {
            base_url: base.map(Into::into),
            ..jwt()
        };
        options.check(&HostUrls(Some(page))).unwrap_err().message()
    };
    let of_page = error("about:blank", None);
    assert!(of_page.contains("the page has no"), "{of_page}");
    let of_base = error("https://app.test/", Some("about:blank"));
    assert!(of_base.contains("must be an absolute"), "{of_base}");
}

#[test]
fn every_word_of_an_option_has_its_number_in_the_list() {
    let at = |place: usize, number: u8| {
        let nulls = "null,".repeat(place);
        Options::from_list(&format!("[{nulls}{number}]"))
    };
    for (number, mode) in [(0, Mode::Session), (1, Mode::Jwt), (2, Mode::Hybrid)] {
        assert_eq!(at(0, number).mode, mode);
    }
    for (number, user) in [
        (0, UserSource::Me),
        (1, UserSource::Token),
        (2, UserSource::Answer),
    ] {
        assert_eq!(at(12, number).user, user);
    }
    for (number, storage) in [
        (0, StorageKind::Memory),
        (1, StorageKind::Session),
        (2, StorageKind::Local),
        (3, StorageKind::Custom),
    ] {
        assert_eq!(at(26, number).storage, Some(storage));
    }
}
