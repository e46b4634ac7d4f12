use hallpass::{
    Client, Code, Credentials, Csrf, Endpoint, Event, LoginOptions, Meaning, Means, Method, Mode,
    Options, Storage, Verify,
};
use serde::Deserialize;
use serde_json::json;
use web_sys::FormData;

#[derive(Deserialize)]
pub struct Profile {
    pub name: String,
}

/// One client for the app. It restores what is stored; it succeeds also when the backend is down.
pub async fn client() -> Result<Client, hallpass::AuthError> {
    Client::create(Options::new(Mode::Hybrid)).await
}

/// Gives the name, or what to tell the person.
pub async fn sign_in(auth: &Client, email: &str, password: &str) -> Result<Option<String>, String> {
    let credentials = json!({ "email": email, "password": password });
    match auth.login(&credentials).await {
        Ok(user) => Ok(user
            .and_then(|user| user.to::<Profile>().ok())
            .map(|user| user.name)),
        Err(error) if error.code == Code::LoginPending => {
            Err("enter the code from your phone".into())
        }
        Err(error) => Err(error.to_string()),
    }
}

/// A second step at another endpoint, with a form of the page.
pub async fn second_step(auth: &Client, form: FormData) -> Result<(), hallpass::FetchError> {
    let to = LoginOptions {
        endpoint: Some(Endpoint::new("/auth/second-factor").form()),
        signal: None,
    };
    auth.login_with(Credentials::form(form), to).await?;
    Ok(())
}

/// A backend that is not as usual.
pub fn options() -> Options {
    let mut options = Options::new(Mode::Jwt);
    options.base_url = Some("https://api.example.com/".into());
    options.storage = Some(Storage::Sealed);
    options.headers = [("X-Api-Key", "demo")].into();
    options.endpoints.login = Endpoint::new("/oauth/token")
        .form()
        .param("grant_type", "password");
    options.endpoints.refresh = Endpoint::new("/oauth/renew")
        .method(Method::Put)
        .refused("invalid_refresh_token");
    options.endpoints.logout = Endpoint::none();
    options.fields.access_token = Some(["data.jwt", "header:Authorization"].into());
    options.fields.user = Some("data.person".into());
    options.csrf = Some(
        Csrf::cookie("csrftoken")
            .header("X-CSRFToken")
            .prime("/csrf"),
    );
    options.verify = Some(Verify::jwks("https://api.example.com/jwks.json").audience(["api"]));
    options.means = Some(Means::by(|_, answer| {
        let body = answer.body.as_ref()?.text();
        body.contains(r#""success":false"#)
            .then_some(Meaning::Refused)
    }));
    options
}

/// Another person must not see what was loaded for this one. It stops when the subscription is dropped.
pub fn clear_when_somebody_leaves(
    auth: &Client,
    clear: impl Fn() + 'static,
) -> hallpass::Subscription {
    auth.subscribe(move |change| {
        if matches!(change.event, Event::SignedOut | Event::SubjectChanged) {
            clear();
        }
    })
}
