//! The credential: where it goes, and how.

use crate::table::row::{Core, Kind, Row};
use crate::table::words::TRANSPORTS;

pub(crate) const CREDENTIAL: &[Row] = &[
    Row {
        path: "origins",
        kind: Kind::Texts,
        core: Core::Field("origins"),
        default: "`[]`",
        says: "Further origins that get the credential",
    },
    Row {
        path: "insecureOrigins",
        kind: Kind::Texts,
        core: Core::Field("insecure_origins"),
        default: "`[]`",
        says: "Origins on plain `http` that may get a token although they are not local.",
    },
    Row {
        path: "header",
        kind: Kind::Members(&["TokenHeader"]),
        core: Core::Flat,
        default: r#"`{ name: "Authorization", scheme: "Bearer" }`"#,
        says: "The header of the access token (RFC 6750 §2.1).",
    },
    Row {
        path: "header.name",
        kind: Kind::Text,
        core: Core::Or("header", "HEADER"),
        default: r#"`"Authorization"`"#,
        says: "Its name.",
    },
    Row {
        path: "header.scheme",
        kind: Kind::Text,
        core: Core::Or("scheme", "SCHEME"),
        default: r#"`"Bearer"`"#,
        says: "What stands before the token.",
    },
    Row {
        path: "refreshToken",
        kind: Kind::Members(&[
            "JsonTransport",
            "FormTransport",
            "CookieTransport",
            "HeaderTransport",
        ]),
        core: Core::Made("transport", &[]),
        default: r#"`{ in: "json" }` in jwt mode"#,
        says: "How the refresh token travels.",
    },
    Row {
        path: "refreshToken.in",
        kind: Kind::Words(&TRANSPORTS),
        core: Core::PartFrom(
            r#"indexIn(TRANSPORTS, translator?.byCookie ? "cookie" : refreshToken.in)"#,
        ),
        default: "must be given when `refreshToken` is",
        says: "How it travels",
    },
    Row {
        path: "refreshToken.name",
        kind: Kind::Text,
        core: Core::Part,
        default: r#"`"refresh_token"`"#,
        says: "Name of the field.",
    },
    Row {
        path: "refreshToken.params",
        kind: Kind::Strings,
        core: Core::Part,
        default: "none",
        says: "Further fields",
    },
    Row {
        path: "csrf",
        kind: Kind::Members(&[
            "CsrfCookie",
            "CsrfEndpoint",
            "CsrfMeta",
            "CsrfResponseHeader",
            "CsrfValue",
            "CsrfCommon",
        ]),
        core: Core::Made(
            "csrf",
            &[
                (
                    "given.csrf === false ? false : indexIn(CSRF_SOURCES, source)",
                    "items.next()",
                ),
                ("csrf[source]", "items.text()"),
            ],
        ),
        default: r#"`{ cookie: "XSRF-TOKEN", header: "X-XSRF-TOKEN" }`"#,
        says: "Where the CSRF token comes from",
    },
    Row {
        path: "csrf.cookie",
        kind: Kind::Text,
        core: Core::Package,
        default: r#"`"XSRF-TOKEN"`"#,
        says: "Name of a cookie that script may read.",
    },
    Row {
        path: "csrf.endpoint",
        kind: Kind::Text,
        core: Core::Package,
        default: "none",
        says: "Path or URL on a listed origin.",
    },
    Row {
        path: "csrf.field",
        kind: Kind::Path,
        core: Core::Part,
        default: "`csrfToken`, `csrf_token`",
        says: "Path of the token in the answer.",
    },
    Row {
        path: "csrf.meta",
        kind: Kind::Text,
        core: Core::Package,
        default: "none",
        says: "Name of a `<meta>` element in the page.",
    },
    Row {
        path: "csrf.responseHeader",
        kind: Kind::Text,
        core: Core::Package,
        default: "none",
        says: "Name of a header of the backend's answers.",
    },
    Row {
        path: "csrf.value",
        kind: Kind::FieldValue,
        core: Core::Package,
        default: "none",
        says: "The value",
    },
    Row {
        path: "csrf.prime",
        kind: Kind::Text,
        core: Core::Package,
        default: "none",
        says: "A URL whose answer sets the cookie",
    },
    Row {
        path: "csrf.refused",
        kind: Kind::Refused,
        core: Core::Package,
        default: "none",
        says: "Answers that refuse the token",
    },
    Row {
        path: "csrf.header",
        kind: Kind::Text,
        core: Core::Part,
        default: r#"`"X-XSRF-TOKEN"` for a cookie"#,
        says: "The header that carries the token.",
    },
];
