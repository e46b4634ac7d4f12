//! The backend of the tabs: one where all is well, unless a target answers in its place.

use hallpass::core::{Answer, HttpRequest, Input, ServerTime};

use crate::{Tab, token_of};

impl Tab {
    /// The place of an open request to `path`.
    #[must_use]
    pub fn open_to(&self, path: &str) -> Option<usize> {
        self.open
            .iter()
            .position(|(_, http)| http.url.ends_with(path))
    }

    /// Answers an open request.
    pub fn answer(&mut self, place: usize, answer: Answer) {
        let (request, _) = self.open.remove(place);
        let outcome = Ok(answer);
        self.feed(Input::Answered { request, outcome });
    }

    /// Answers each request that is open now as the backend does if all is well, or with an empty answer of another status.
    pub fn answer_all(&mut self, status: u16) {
        for (request, http) in std::mem::take(&mut self.open) {
            let body = if status == 200 {
                self.good(&http)
            } else {
                String::new()
            };
            let outcome = Ok(plain(status, &body));
            self.feed(Input::Answered { request, outcome });
        }
    }

    /// What a backend answers where all is well.
    #[must_use]
    pub fn good(&self, http: &HttpRequest) -> String {
        if http.url.ends_with("/auth/me") {
            r#"{"user":{"sub":"ada"}}"#.into()
        } else if http.url.ends_with("/csrf") {
            format!(r#"{{"token":"csrf{}"}}"#, self.mono)
        } else {
            self.tokens(300)
        }
    }

    /// A token answer for Ada.
    #[must_use]
    pub fn tokens(&self, seconds: i64) -> String {
        let iat = self.now().wall.0.div_euclid(1_000);
        let exp = iat + seconds;
        let count = self.sent;
        let token = token_of(&format!(
            r#"{{"sub":"ada","iat":{iat},"exp":{exp},"jti":"{count}"}}"#
        ));
        format!(
            r#"{{"access_token":"{token}","expires_in":{seconds},"refresh_token":"refresh-secret-{count}","user":{{"sub":"ada"}}}}"#
        )
    }
}

/// An answer without headers, but for its date.
#[must_use]
pub fn plain(status: u16, body: &str) -> Answer {
    Answer {
        status,
        is_html: body.starts_with('<'),
        date: None::<ServerTime>,
        retry_after: None,
        retry_after_date: None,
        csrf_moved: false,
        csrf_refused: false,
        body: body.into(),
        untrusted: None,
        said: None,
    }
}
