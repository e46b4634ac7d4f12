//! The configurations that are driven.

use hallpass::core::{Config, CsrfSource, Mode, Options, StorageKind, Transport};

use crate::urls::HostUrls;

/// When it all begins, by the device's and the server's clock.
pub const BEGIN: i64 = 1_800_000_000_000;

/// On the page `https://app.test/page`.
///
/// # Panics
/// If the options are wrong.
#[must_use]
pub fn config(options: Options) -> Config {
    options
        .check(&HostUrls(Some("https://app.test/page")))
        .expect("options that are right")
}

/// Tokens in `localStorage`.
#[must_use]
pub fn jwt_stored() -> Options {
    Options {
        storage: Some(StorageKind::Local),
        ..Options::new(Mode::Jwt)
    }
}

/// How many kinds of configuration [`kind`] knows.
pub const KINDS: u8 = 10;

/// One of the ways in which apps are set up; a seed names it by its digit.
#[must_use]
pub fn kind(digit: u8) -> Options {
    let csrf = Some(Some((
        CsrfSource::Endpoint {
            url: "/csrf".into(),
            field: None,
        },
        "X-CSRF".into(),
    )));
    match digit % KINDS {
        0 => Options::new(Mode::Session),
        1 => Options {
            csrf,
            refresh: "/auth/refresh".into(),
            ..Options::new(Mode::Session)
        },
        2 => Options {
            me: "/auth/me".into(),
            ..Options::new(Mode::Jwt)
        },
        3 => jwt_stored(),
        4 => Options::new(Mode::Hybrid),
        5 => Options {
            csrf,
            me: "/auth/me".into(),
            ..Options::new(Mode::Hybrid)
        },
        6 => Options {
            share_across_tabs: true,
            ..Options::new(Mode::Jwt)
        },
        7 => Options {
            storage: Some(StorageKind::Session),
            transport: Some(Transport::Form {
                name: "refresh_token".into(),
                params: vec![("client_id".into(), "app".into())],
            }),
            ..Options::new(Mode::Jwt)
        },
        8 => Options {
            storage: Some(StorageKind::Local),
            transport: Some(Transport::Header {
                name: "X-Refresh-Token".into(),
            }),
            timed_refresh: false,
            me: "/auth/me".into(),
            ..Options::new(Mode::Jwt)
        },
        _ => Options {
            storage: Some(StorageKind::Local),
            transport: Some(Transport::Cookie),
            share_across_tabs: true,
            ..Options::new(Mode::Hybrid)
        },
    }
}
