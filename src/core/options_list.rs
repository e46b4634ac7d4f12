//! Reads options as the npm package lists them.

use crate::json::Json;

use super::config::{CsrfSource, Mode, StorageKind, Transport};
use super::options::{Endpoint, Options};

impl Options {
    /// Options from a JSON array, by position: `pkg/src/options.js` has named them and looked at their kinds.
    /// What is `null`, missing or of another kind is as if it were not given.
    #[must_use]
    pub fn from_list(json: &str) -> Options {
        let list = Json::parse(json).unwrap_or_else(Json::null);
        let mut items = Items { list, next: 0 };
        let mode = match items.number() {
            Some(1) => Mode::Jwt,
            Some(2) => Mode::Hybrid,
            _ => Mode::Session,
        };
        let mut options = Options::new(mode);
        put(&mut options.key, items.text());
        options.base_url = items.text();
        let places = [
            &mut options.login,
            &mut options.logout,
            &mut options.refresh,
            &mut options.me,
        ];
        for place in places {
            let item = items.next();
            if let Some(url) = item.as_string() {
                *place = Endpoint::At(url);
            } else if item.as_bool() == Some(false) {
                *place = Endpoint::Absent;
            }
        }
        options.origins = items.texts();
        options.insecure_origins = items.texts();
        options.storage = match items.number() {
            Some(0) => Some(StorageKind::Memory),
            Some(1) => Some(StorageKind::Session),
            Some(2) => Some(StorageKind::Local),
            Some(_) => Some(StorageKind::Custom),
            None => None,
        };
        let fields = &mut options.fields;
        for place in [
            &mut fields.access_token,
            &mut fields.refresh_token,
            &mut fields.expires_in,
            &mut fields.expires_at,
            &mut fields.user,
        ] {
            *place = items.text();
        }
        options.transport = items.transport();
        put(&mut options.header, items.text());
        put(&mut options.scheme, items.text());
        options.csrf = items.csrf();
        put(&mut options.leeway, items.next().as_f64());
        put(&mut options.timeout, items.next().as_f64());
        put(&mut options.timed_refresh, items.next().as_bool());
        options.idempotency_key = items.next().as_bool();
        put(&mut options.share_across_tabs, items.next().as_bool());
        options
    }
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

    fn transport(&mut self) -> Option<Transport> {
        let (kind, name, params) = (self.number(), self.text(), self.texts());
        let usual = if kind == Some(3) {
            "X-Refresh-Token"
        } else {
            "refresh_token"
        };
        let name = name.unwrap_or_else(|| usual.into());
        let mut pairs = Vec::new();
        let mut params = params.into_iter();
        while let (Some(name), Some(value)) = (params.next(), params.next()) {
            pairs.push((name, value));
        }
        Some(match kind? {
            0 => Transport::Json {
                name,
                params: pairs,
            },
            1 => Transport::Form {
                name,
                params: pairs,
            },
            2 => Transport::Cookie,
            _ => Transport::Header { name },
        })
    }

    /// The outer `None`: the mode's default; the inner one: no CSRF protection.
    fn csrf(&mut self) -> Option<Option<(CsrfSource, String)>> {
        let kind = self.next();
        let (value, field, header) = (self.text(), self.text(), self.text());
        if kind.as_bool() == Some(false) {
            return Some(None);
        }
        let value = value?;
        let (source, usual) = match kind.as_i64()? {
            0 => (CsrfSource::Cookie(value), "X-XSRF-TOKEN"),
            1 => (CsrfSource::Endpoint { url: value, field }, "X-CSRF-Token"),
            _ => (CsrfSource::Meta(value), "X-CSRF-Token"),
        };
        Some(Some((source, header.unwrap_or_else(|| usual.into()))))
    }
}

fn put<T>(place: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *place = given;
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
            r#"[1,"k","https://a.test","/in",false,null,"/me",["https://b.test"],["http://c.test"],3,
            "a","r","i","t","u",1,"rt",["client_id","x"],"X-Auth","",1,"/csrf","f","X-C",5,6,false,true]"#,
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
        let source = CsrfSource::Endpoint {
            url: "/csrf".into(),
            field: Some("f".into()),
        };
        assert_eq!(options.csrf, Some(Some((source, "X-C".into()))));
        assert_eq!((options.leeway, options.timeout), (5.0, 6.0));
        assert_eq!(
            (options.timed_refresh, options.idempotency_key),
            (false, Some(true))
        );
    }
}
