//! Reads options as the npm package lists them.

use crate::json::Json;

use crate::core::options::config::{
    CsrfSource, Endpoint, Fields, Mode, StorageKind, Transport, UserSource,
};
use crate::core::options::given::{HEADER, KEY, LEEWAY, Options, SCHEME, TIMEOUT};

impl Options {
    /// Options from a JSON array, by position: `pkg/src/options.js` has named them and looked at their kinds.
    /// What is `null`, missing or of another kind is as if it were not given.
    #[inline(never)]
    #[must_use]
    pub fn from_list(json: &str) -> Options {
        let list = Json::parse(json).unwrap_or_else(Json::null);
        let mut items = Items { list, next: 0 };
        // Read in the order in which they stand here.
        // By `cargo xtask table`: options.
        Options {
            mode: match items.number() {
                Some(1) => Mode::Jwt,
                Some(2) => Mode::Hybrid,
                _ => Mode::Session,
            },
            base_url: items.text(),
            login: items.endpoint(),
            logout: items.endpoint(),
            refresh: items.endpoint(),
            me: items.endpoint(),
            fields: Fields {
                access_token: items.text(),
                refresh_token: items.text(),
                expires_in: items.text(),
                expires_at: items.text(),
                user: items.text(),
                subject: items.text(),
            },
            user: match items.number() {
                Some(0) => UserSource::Me,
                Some(1) => UserSource::Token,
                Some(2) => UserSource::Answer,
                _ => UserSource::Usual,
            },
            origins: items.texts(),
            insecure_origins: items.texts(),
            header: items.text_or(HEADER),
            scheme: items.text_or(SCHEME),
            refuse_redirects: items.next().as_bool().unwrap_or(false),
            transport: transport(items.number(), items.text(), items.pairs()),
            csrf: csrf(items.next(), items.text(), items.text(), items.text()),
            key: items.text_or(KEY),
            storage: items.number().map(|number| match number {
                0 => StorageKind::Memory,
                1 => StorageKind::Session,
                2 => StorageKind::Local,
                _ => StorageKind::Custom,
            }),
            leeway: items.next().as_f64().unwrap_or(LEEWAY),
            timeout: items.next().as_f64().unwrap_or(TIMEOUT),
            timed_refresh: items.next().as_bool().unwrap_or(true),
            idempotency_key: items.next().as_bool(),
            share_across_tabs: items.next().as_bool().unwrap_or(false),
            timeouts: [(); 4].map(|()| items.next().as_f64()),
            additions: items.text(),
        }
        // End of the table.
    }
}

// By `cargo xtask table`: words.
mod transports {
    #![allow(dead_code, reason = "the last is what is left")]
    pub(super) const JSON: i64 = 0;
    pub(super) const FORM: i64 = 1;
    pub(super) const COOKIE: i64 = 2;
    pub(super) const HEADER: i64 = 3;
}
mod csrf_sources {
    #![allow(dead_code, reason = "the last is what is left")]
    pub(super) const COOKIE: i64 = 0;
    pub(super) const ENDPOINT: i64 = 1;
    pub(super) const META: i64 = 2;
    pub(super) const RESPONSE_HEADER: i64 = 3;
    pub(super) const VALUE: i64 = 4;
}
// End of the table.

fn transport(
    kind: Option<i64>,
    name: Option<String>,
    params: Vec<(String, String)>,
) -> Option<Transport> {
    let usual = if kind == Some(transports::HEADER) {
        "X-Refresh-Token"
    } else {
        "refresh_token"
    };
    let name = name.unwrap_or_else(|| usual.into());
    Some(match kind? {
        transports::JSON => Transport::Json { name, params },
        transports::FORM => Transport::Form { name, params },
        transports::COOKIE => Transport::Cookie,
        _ => Transport::Header { name },
    })
}

/// The outer `None`: the mode's default; the inner one: no CSRF protection.
fn csrf(
    kind: Json,
    value: Option<String>,
    field: Option<String>,
    header: Option<String>,
) -> Option<Option<(CsrfSource, String)>> {
    if kind.as_bool() == Some(false) {
        return Some(None);
    }
    let value = value?;
    let (source, usual) = match kind.as_i64()? {
        csrf_sources::COOKIE => (CsrfSource::Cookie(value), "X-XSRF-TOKEN"),
        csrf_sources::ENDPOINT => (CsrfSource::Endpoint { url: value, field }, "X-CSRF-Token"),
        csrf_sources::META => (CsrfSource::Meta(value), "X-CSRF-Token"),
        csrf_sources::RESPONSE_HEADER => (CsrfSource::ResponseHeader(value), "X-CSRF-Token"),
        _ => (CsrfSource::Value(value), "X-CSRF-Token"),
    };
    Some(Some((source, header.unwrap_or_else(|| usual.into()))))
}

struct Items {
    list: Json,
    next: usize,
}

impl Items {
    fn next(&mut self) -> Json {
        let item = self.list.at(self.next);
        self.next += 1;
        item.unwrap_or_else(Json::null)
    }

    fn text(&mut self) -> Option<String> {
        self.next().as_string()
    }

    fn text_or(&mut self, usual: &str) -> String {
        self.text().unwrap_or_else(|| usual.into())
    }

    fn endpoint(&mut self) -> Endpoint {
        let item = self.next();
        match item.as_string() {
            Some(url) => Endpoint::At(url),
            None if item.as_bool() == Some(false) => Endpoint::Absent,
            None => Endpoint::Usual,
        }
    }

    /// The place of a word in the list of those that are allowed.
    fn number(&mut self) -> Option<i64> {
        self.next().as_i64()
    }

    fn texts(&mut self) -> Vec<String> {
        let list = self.next();
        let mut items = Items { list, next: 0 };
        let mut texts = Vec::new();
        while let Some(text) = items.text() {
            texts.push(text);
        }
        texts
    }

    fn pairs(&mut self) -> Vec<(String, String)> {
        let list = self.next();
        let mut items = Items { list, next: 0 };
        let mut pairs = Vec::new();
        while let (Some(name), Some(value)) = (items.text(), items.text()) {
            pairs.push((name, value));
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_none_gives_the_defaults() {
        for list in ["", "{}", "[]", "[null]", "[0,2,3]"] {
            let options = Options::from_list(list);
            assert_eq!(
                (options.mode, options.key.as_str()),
                (Mode::Session, "default"),
                "{list}"
            );
        }
    }

    #[test]
    fn every_option_has_its_position() {
        let options = Options::from_list(
            r#"[1,"https://a.test","/in",false,null,"/me","a","r","i","t","u","s",0,["https://b.test"],["http://c.test"],
            "X-Auth","",true,1,"rt",["client_id","x"],1,"/csrf","f","X-C","k",3,5,6,false,true,null,1,2,3,null,"more"]"#,
        );
        assert_eq!(options.mode, Mode::Jwt);
        assert_eq!(options.key, "k");
        assert_eq!(options.base_url.as_deref(), Some("https://a.test"));
        assert_eq!(options.login, Endpoint::At("/in".into()));
        assert_eq!(options.logout, Endpoint::Absent);
        assert_eq!(options.refresh, Endpoint::Usual);
        assert_eq!(options.me, Endpoint::At("/me".into()));
        assert_eq!(options.origins, ["https://b.test"]);
        assert_eq!(options.insecure_origins, ["http://c.test"]);
        assert_eq!(options.storage, Some(StorageKind::Custom));
        assert_eq!(options.fields.access_token.as_deref(), Some("a"));
        assert_eq!(options.fields.user.as_deref(), Some("u"));
        assert_eq!(options.fields.subject.as_deref(), Some("s"));
        let params = vec![("client_id".into(), "x".into())];
        assert_eq!(
            options.transport,
            Some(Transport::Form {
                name: "rt".into(),
                params
            })
        );
        assert_eq!(
            (options.header.as_str(), options.scheme.as_str()),
            ("X-Auth", "")
        );
        assert!(options.refuse_redirects);
        let source = CsrfSource::Endpoint {
            url: "/csrf".into(),
            field: Some("f".into()),
        };
        assert_eq!(options.csrf, Some(Some((source, "X-C".into()))));
        assert_eq!(options.user, UserSource::Me);
        assert_eq!((options.leeway, options.timeout), (5.0, 6.0));
        assert_eq!(options.timeouts, [Some(1.0), Some(2.0), Some(3.0), None]);
        assert_eq!(
            (options.timed_refresh, options.idempotency_key),
            (false, Some(true))
        );
        assert_eq!(options.additions.as_deref(), Some("more"));
    }

    #[test]
    fn every_source_of_a_csrf_token_has_its_number() {
        for (kind, source) in [
            (0, CsrfSource::Cookie("x".into())),
            (2, CsrfSource::Meta("x".into())),
            (3, CsrfSource::ResponseHeader("x".into())),
            (4, CsrfSource::Value("x".into())),
        ] {
            let nulls = "null,".repeat(20);
            let list = ["[0,", &nulls, &kind.to_string(), r#","x"]"#].concat();
            let csrf = Options::from_list(&list).csrf.flatten();
            assert_eq!(csrf.map(|(source, _)| source), Some(source));
        }
    }
}
