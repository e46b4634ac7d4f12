//! Options where there is no page to take the origin from: Node, or a page of an opaque origin.

use hallpass::core::{Mode, Options, Url, Urls};

struct Page(Option<&'static str>);

impl Urls for Page {
    fn parse(&self, url: &str, base: Option<&str>) -> Option<Url> {
        let parsed = match base {
            Some(base) => url::Url::parse(base).ok()?.join(url).ok()?,
            None => url::Url::parse(url).ok()?,
        };
        Some(Url {
            href: parsed.to_string(),
            origin: parsed.origin().ascii_serialization(),
            protocol: format!("{}:", parsed.scheme()),
            hostname: parsed.host_str().unwrap_or_default().into(),
            has_userinfo: false,
        })
    }

    fn page(&self) -> Option<String> {
        self.0.map(String::from)
    }
}

#[test]
fn ec27_without_a_page_the_base_url_has_to_be_given() {
    for page in [None, Some("file:///index.html"), Some("about:blank")] {
        let error = Options::new(Mode::Jwt).check(&Page(page)).unwrap_err();
        assert_eq!(error.option, Some("baseUrl"), "{page:?}");
        assert!(error.message().contains("is missing"));
        let options = Options {
            base_url: Some("https://api.test".into()),
            ..Options::new(Mode::Jwt)
        };
        assert!(options.check(&Page(page)).is_ok(), "{page:?}");
    }
}
