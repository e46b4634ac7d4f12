//! A backend that is not as usual, by options: contracts, headers, fields, rules. It is a function of the app's own in the place of
//! `fetch`, which sees each request as it would go out.

use std::cell::RefCell;
use std::rc::Rc;

use anyhow::{Context as _, Result, ensure};
use hallpass::{
    Client, Code, Credentials, Csrf, Endpoint, Fetch, FetchError, Headers, LoginOptions, Meaning,
    Means, Method, Mode, Options, Reason, RequestKind, Status, TokenPlace,
};
use serde_json::json;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, Response, ResponseInit, UrlSearchParams};

use crate::{Place, failed, thrown};

type Answer = (&'static str, u16, String);

/// Answers each request by its path, and writes down what came.
#[derive(Clone, Default)]
struct Backend {
    came: Rc<RefCell<Vec<String>>>,
    /// A path, the status and the body of its next answers.
    answers: Rc<RefCell<Vec<Answer>>>,
}

impl Backend {
    fn answers(&self, path: &'static str, status: u16, body: &serde_json::Value) {
        let mut answers = self.answers.borrow_mut();
        answers.retain(|(known, ..)| *known != path);
        answers.push((path, status, body.to_string()));
    }

    fn fetch(&self) -> Fetch {
        let backend = self.clone();
        Fetch::by(move |request, kind| {
            let backend = backend.clone();
            async move { backend.answer(&request, kind).await }
        })
    }

    async fn answer(
        &self,
        request: &Request,
        kind: Option<RequestKind>,
    ) -> Result<Response, JsValue> {
        let url = request.url();
        let path = url.split('/').skip(3).collect::<Vec<_>>().join("/");
        let body = JsFuture::from(request.text()?).await?.as_string();
        let headers = request.headers();
        let named = ["x-api-key", "x-tenant", "authorization", "content-type"];
        let named = named.map(|name| headers.get(name).ok().flatten().unwrap_or("-".into()));
        let line = [
            &format!("{kind:?}"),
            &request.method(),
            &path,
            &named.join(" "),
            &body.unwrap_or_default(),
        ];
        self.came
            .borrow_mut()
            .push(line.map(String::as_str).join(" | "));
        let answers = self.answers.borrow();
        let answer = answers.iter().find(|(known, ..)| path.ends_with(known));
        let (_, status, body) =
            answer.ok_or_else(|| JsValue::from(format!("no answer to {path}")))?;
        let init = ResponseInit::new();
        init.set_status(*status);
        Response::new_with_opt_str_and_init(Some(body), &init)
    }

    /// What came since the last look.
    fn take(&self) -> Vec<String> {
        self.came.take()
    }
}

fn options(place: &Place, backend: &Backend) -> Options {
    let mut options = Options::new(Mode::Jwt);
    options.key = Some(place.key.clone());
    options.base_url = Some("https://api.example.test/".into());
    options.fetch = Some(backend.fetch());
    options
}

/// Each request goes as its contract says, and each answer is read as it says.
#[wasm_bindgen]
pub async fn contracts_are_kept(place: Place) -> Result<(), JsError> {
    kept(&place).await.map_err(thrown)
}

async fn kept(place: &Place) -> Result<()> {
    let backend = Backend::default();
    let mut options = options(place, &backend);
    options.headers = [("X-Api-Key", "demo")].into();
    options.fields.access_token = Some(["nowhere", "data.0.jwt"].into());
    options.fields.refresh_token = Some("data.0.renew".into());
    options.fields.expires_in_ms = Some("data.0.ms".into());
    options.fields.user = Some("who".into());
    options.endpoints.login = Endpoint::new("sign-in")
        .method(Method::Put)
        .form()
        .param("client_id", "app")
        .headers(Headers::by(|kind| {
            vec![("X-Tenant".into(), format!("{kind:?}"))]
        }));
    options.endpoints.refresh = Endpoint::new("renew")
        .credential(TokenPlace::refresh())
        .refused("renewal_over");
    options.endpoints.logout = Endpoint::new("sign-out")
        .method(Method::Delete)
        .credential(TokenPlace::access().header("X-Tenant").scheme("Key"));
    let client = Client::create(options).await?;

    backend.answers("sign-in", 401, &json!({}));
    let error = failed(client.login(&json!({ "email": "ada" })).await)?;
    ensure!(error.code == Code::InvalidCredentials, "{error:?}");
    ensure!(
        error.to_string().ends_with(" (PUT /sign-in: 401)"),
        "{error}"
    );
    backend.take();

    let token = |jwt: &str| json!({ "data": [{ "jwt": jwt, "renew": "r1", "ms": 60_000 }], "who": { "sub": "7", "name": "Ada" } });
    backend.answers("sign-in", 200, &token("a1"));
    let user = client.login(&json!({ "email": "ada", "age": 7 })).await?;
    let name = user.context("no user")?.text();
    ensure!(name == r#"{"name":"Ada","sub":"7"}"#, "{name}");
    ensure!(
        client.access_token().await?.as_deref() == Some("a1"),
        "token"
    );
    let came = backend.take();
    ensure!(
        came == [
            "Some(Login) | PUT | sign-in | demo Login - application/x-www-form-urlencoded;charset=UTF-8 | age=7&email=ada&client_id=app"
        ],
        "{came:?}"
    );

    backend.answers("renew", 200, &token("a2"));
    client.refresh().await?;
    ensure!(
        client.access_token().await?.as_deref() == Some("a2"),
        "renewed"
    );
    let came = backend.take();
    ensure!(
        came == ["Some(Refresh) | POST | renew | demo - Bearer r1 - | "],
        "{came:?}"
    );

    backend.answers("sign-out", 204, &json!(""));
    backend.answers("sign-out", 200, &json!({}));
    client.logout().await?;
    let came = backend.take();
    ensure!(
        came == ["Some(Logout) | DELETE | sign-out | demo Key a2 - - | "],
        "{came:?}"
    );

    // What the contract says that it refuses for good ends the session.
    client.login(&json!({ "email": "ada" })).await?;
    backend.answers(
        "renew",
        409,
        &json!({ "error": { "name": "renewal_over" } }),
    );
    let error = failed(client.refresh().await)?;
    ensure!(error.code == Code::SignedOut, "{error:?}");
    ensure!(
        client.snapshot().reason == Some(Reason::RefreshRefused),
        "{:?}",
        client.snapshot()
    );
    client.dispose();
    Ok(())
}

/// A login goes to another endpoint, with another contract, as a form of the app's; and may want another step.
#[wasm_bindgen]
pub async fn logins_go_elsewhere(place: Place) -> Result<(), JsError> {
    elsewhere(&place).await.map_err(thrown)
}

async fn elsewhere(place: &Place) -> Result<()> {
    let backend = Backend::default();
    let client = Client::create(options(place, &backend)).await?;
    backend.answers("auth/login", 200, &json!({ "mfa": "totp", "ticket": 5 }));
    let error = failed(client.login(&json!({ "email": "ada" })).await)?;
    ensure!(error.code == Code::LoginPending, "{error:?}");
    let body = error.body.as_ref().context("no body")?.text();
    ensure!(body == r#"{"mfa":"totp","ticket":5}"#, "{body}");
    backend.take();

    backend.answers(
        "second",
        200,
        &json!({ "access_token": "a1", "user": { "sub": "7" } }),
    );
    let form = UrlSearchParams::new().ok().context("no form")?;
    form.append("code", "123 456");
    let to = LoginOptions {
        endpoint: Some(Endpoint::new("second").form().param("ticket", "5")),
        signal: None,
    };
    let user = client.login_with(Credentials::form(form), to).await;
    ensure!(user.map_err(crate::native)?.is_some(), "no user");
    let came = backend.take();
    ensure!(
        came == [
            "Some(Login) | POST | second | - - - application/x-www-form-urlencoded;charset=UTF-8 | code=123+456&ticket=5"
        ],
        "{came:?}"
    );

    let to = LoginOptions {
        endpoint: Some("https://elsewhere.test/login".into()),
        signal: None,
    };
    match client.login_with(Credentials::json(&json!({}))?, to).await {
        Err(FetchError::Auth(error)) => ensure!(
            error.code == Code::ConfigInvalid && error.option == Some("endpoint"),
            "{error:?}"
        ),
        other => anyhow::bail!("{other:?}"),
    }
    ensure!(backend.take().is_empty(), "it was sent");

    client.logout().await.ok();
    let user = client
        .adopt(&json!({ "access_token": "a2", "user": { "sub": "8" } }))
        .await?;
    ensure!(
        user.is_some() && client.status() == Status::SignedIn,
        "adopted"
    );
    client.dispose();
    Ok(())
}

/// The app's rule says what an answer means; what it leaves open is as usual.
#[wasm_bindgen]
pub async fn the_apps_rule_tells_what_an_answer_means(place: Place) -> Result<(), JsError> {
    meant(&place).await.map_err(thrown)
}

async fn meant(place: &Place) -> Result<()> {
    let backend = Backend::default();
    let mut options = options(place, &backend);
    options.means = Some(Means::by(|kind, answer| {
        let body = answer.body.as_ref()?.text();
        let is_refusal = kind == RequestKind::Login && answer.status == 200;
        (is_refusal && body.contains("no such person")).then_some(Meaning::Refused)
    }));
    let client = Client::create(options).await?;
    backend.answers(
        "auth/login",
        200,
        &json!({ "ok": false, "why": "no such person" }),
    );
    let error = failed(client.login(&json!({ "email": "ada" })).await)?;
    ensure!(error.code == Code::InvalidCredentials, "{error:?}");
    backend.answers("auth/login", 200, &json!({ "access_token": "a1" }));
    client.login(&json!({ "email": "ada" })).await?;
    client.dispose();
    Ok(())
}

/// What contradicts itself is refused, with the path of the option.
#[wasm_bindgen]
pub async fn contradictions_are_named(place: Place) -> Result<(), JsError> {
    contradictions(&place).await.map_err(thrown)
}

async fn contradictions(place: &Place) -> Result<()> {
    type Change = fn(&mut Options);
    let cases: [(&str, Change); 8] = [
        ("endpoints.login.as", |options| {
            options.endpoints.login = Endpoint::usual().method(Method::Get).form();
        }),
        ("endpoints.refresh.params", |options| {
            let none = Endpoint::usual().format(hallpass::BodyFormat::None);
            options.endpoints.refresh = none.param("a", "b");
        }),
        ("endpoints.login.timeout", |options| {
            options.endpoints.login = Endpoint::usual().timeout(0.0);
        }),
        ("endpoints.me.csrf", |options| {
            options.endpoints.me = Endpoint::new("me").csrf(Csrf::response_header("X-Csrf"));
        }),
        ("headers", |options| {
            options.headers = [("Cookie", "a=b")].into()
        }),
        ("header.name", |options| {
            options.header.name = Some("Host".into())
        }),
        ("csrf.prime", |options| {
            options.csrf = Some(Csrf::cookie("token").prime("https://elsewhere.test/"));
        }),
        ("verify.issuer", |options| {
            options.verify = Some(hallpass::Verify::jwks("https://issuer.test/").issuer([""]));
        }),
    ];
    for (option, change) in cases {
        let mut options = Options::new(Mode::Jwt);
        options.key = Some(place.key.clone());
        change(&mut options);
        let error = failed(Client::create(options).await)?;
        ensure!(
            error.code == Code::ConfigInvalid && error.option == Some(option),
            "{option}: {error:?}"
        );
        ensure!(
            error.to_string().starts_with(&format!("option {option}: ")),
            "{error}"
        );
    }
    Ok(())
}
