//! Options where there is no page to take the origin from: Node, or a page of an opaque origin.

use crate::world::HostUrls;
use hallpass::core::{Mode, Options};

#[test]
fn ec27_without_a_page_the_base_url_has_to_be_given() {
    for page in [None, Some("file:///index.html"), Some("about:blank")] {
        let error = Options::new(Mode::Jwt).check(&HostUrls(page)).unwrap_err();
        assert_eq!(error.option, Some("baseUrl"), "{page:?}");
        assert!(error.message().contains("is missing"));
        let options = Options {
            base_url: Some("https://api.test".into()),
            ..Options::new(Mode::Jwt)
        };
        assert!(options.check(&HostUrls(page)).is_ok(), "{page:?}");
    }
}
