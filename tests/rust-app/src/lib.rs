//! A Rust app on hallpass: what an app written in Leptos, Yew or Dioxus does, each as a function that the
//! browser tests call. Each checks what it sees itself, and throws what is wrong.
#![cfg(target_arch = "wasm32")]
#![allow(
    unreachable_pub,
    reason = "what is exported to JavaScript has to be pub"
)]

#[path = "../../json/cases.rs"]
mod cases;
mod contracts;
mod loaded;
#[allow(
    dead_code,
    missing_docs,
    reason = "the code of docs/rust.md, which has to compile"
)]
mod page;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use anyhow::{Context as _, Result, ensure};
use hallpass::{
    AuthError, Change, Client, Code, Event, FetchError, Mode, Options, Reason, Status, StepUp,
    Storage,
};
use js_sys::{Object, Reflect};
use serde::{Deserialize, Serialize};
use serde_json::json;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use zeroize::Zeroizing;

/// Which backend, and where: the page's own mode.
#[wasm_bindgen]
#[derive(Clone)]
pub struct Place {
    kind: String,
    storage: Option<String>,
    key: String,
}

#[wasm_bindgen]
impl Place {
    /// As the test page has it in its address.
    #[wasm_bindgen(constructor)]
    pub fn new(kind: String, storage: Option<String>, key: String) -> Place {
        Place { kind, storage, key }
    }
}

impl Place {
    fn mode(&self) -> Mode {
        match self.kind.as_str() {
            "jwt" => Mode::Jwt,
            "hybrid" => Mode::Hybrid,
            _ => Mode::Session,
        }
    }

    fn options(&self) -> Options {
        let at = |name: &str| format!("auth/{}/{name}", self.kind).as_str().into();
        let mut options = Options::new(self.mode());
        options.key = Some(self.key.clone());
        options.endpoints.login = at("login");
        options.endpoints.logout = at("logout");
        match self.mode() {
            Mode::Session => options.endpoints.me = at("me"),
            Mode::Jwt | Mode::Hybrid => options.endpoints.refresh = at("refresh"),
        }
        options.storage = match self.storage.as_deref() {
            Some("local") => Some(Storage::Local),
            Some("session") => Some(Storage::Session),
            Some("sealed") => Some(Storage::Sealed),
            _ => None,
        };
        options
    }

    fn orders(&self) -> String {
        format!("api/{}/orders", self.kind)
    }

    async fn client(&self) -> Result<Client> {
        Ok(Client::create(self.options()).await?)
    }
}

#[derive(Debug, Deserialize, PartialEq)]
struct Profile {
    email: String,
}

async fn sign_in(client: &Client) -> Result<Profile> {
    let credentials = json!({ "email": "ada@example.com", "password": "correct horse" });
    let user = client.login(&credentials).await?.context("no user")?;
    user.to().map_err(anyhow::Error::msg)
}

async fn status_of(client: &Client, url: &str) -> Result<u16> {
    Ok(client.fetch(url).await.map_err(native)?.status())
}

fn native(error: FetchError) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &js_sys::Function, milliseconds: u32);
}

/// Gives the page's other work its turn.
async fn next_task() -> Result<()> {
    let promise = js_sys::Promise::new(&mut |resolve, _| set_timeout(&resolve, 0));
    let waited = JsFuture::from(promise).await;
    ensure!(waited.is_ok(), "{waited:?}");
    Ok(())
}

fn thrown(error: anyhow::Error) -> JsError {
    JsError::new(&format!("{error:#}"))
}

/// An API that wants another authentication says which (RFC 9470).
#[wasm_bindgen]
pub async fn step_up_is_told(place: Place) -> Result<(), JsError> {
    step_up(&place).await.map_err(thrown)
}

async fn step_up(place: &Place) -> Result<()> {
    let client = place.client().await?;
    sign_in(&client).await?;
    let told = Rc::new(RefCell::new(Vec::new()));
    let heard = Rc::clone(&told);
    let subscription = client.subscribe(move |change| heard.borrow_mut().push(change.clone()));
    let challenge = r#"Bearer error="insufficient_user_authentication", acr_values="gold silver", max_age="60""#;
    let header = js_sys::encode_uri_component(&format!("WWW-Authenticate: {challenge}"));
    let url = format!("open/answer?status=401&header={header}");
    ensure!(status_of(&client, &url).await? == 401, "the answer");
    let wanted = StepUp {
        acr_values: vec!["gold".into(), "silver".into()],
        max_age: Some(60),
    };
    let told = told.borrow();
    ensure!(
        matches!(&told[..], [Change { event: Event::StepUpRequired, snapshot, step_up: Some(step_up), .. }]
            if *snapshot == client.snapshot() && *step_up == wanted),
        "{told:?}"
    );
    ensure!(client.status() == Status::SignedIn, "signed out");
    drop(subscription);
    Ok(())
}

/// From signed out over a call, a refresh and a logout back to signed out.
#[wasm_bindgen]
pub async fn signs_in_and_out(place: Place) -> Result<(), JsError> {
    whole_life(&place).await.map_err(thrown)
}

async fn whole_life(place: &Place) -> Result<()> {
    let has_token = place.mode() != Mode::Session;
    let client = place.client().await?;
    ensure!(
        client.status() == Status::SignedOut,
        "{:?}",
        client.status()
    );
    let events = Rc::new(RefCell::new(Vec::new()));
    let heard = Rc::clone(&events);
    let subscription = client.subscribe(move |change| heard.borrow_mut().push(change.event));

    let profile = sign_in(&client).await?;
    ensure!(profile.email == "ada@example.com", "{profile:?}");
    ensure!(client.user() == client.snapshot().user, "another user");
    ensure!(client.status() == Status::SignedIn, "{:?}", client.status());
    ensure!(client.claims().is_some() == has_token, "claims");
    ensure!(client.access_token().await?.is_some() == has_token, "token");
    ensure!(status_of(&client, &place.orders()).await? == 200, "orders");

    let init = Object::new();
    let set = Reflect::set(&init, &"method".into(), &"HEAD".into());
    ensure!(set.is_ok(), "no init");
    let head = client.fetch_with(place.orders(), &init).await;
    ensure!(head.map_err(native)?.status() == 200, "HEAD");

    client.refresh().await?;
    ensure!(
        client
            .journal()
            .iter()
            .any(|line| line.event == "signed in"),
        "journal"
    );
    ensure!(client.snapshot().reason.is_none(), "reason");
    client.logout().await?;
    let snapshot = client.snapshot();
    ensure!(snapshot.status == Status::SignedOut, "{snapshot:?}");
    ensure!(snapshot.reason == Some(Reason::Logout), "{snapshot:?}");
    ensure!(
        status_of(&client, &place.orders()).await? == 401,
        "after logout"
    );

    let seen = events.borrow().clone();
    ensure!(seen.first() == Some(&Event::SignedIn), "{seen:?}");
    ensure!(seen.last() == Some(&Event::SignedOut), "{seen:?}");
    drop(subscription);
    sign_in(&client).await?;
    ensure!(*events.borrow() == seen, "heard after its subscription");
    client.logout().await?;
    Ok(())
}

/// Signs Grace in with this password, calls, renews and leaves, and holds no secret itself. `look` is called while signed in.
#[wasm_bindgen]
pub async fn leaves(place: Place, password: String, look: js_sys::Function) -> Result<(), JsError> {
    let password = Zeroizing::new(password);
    signed_in_once(&place, &password, &look)
        .await
        .map_err(thrown)
}

#[derive(Serialize)]
struct Credentials<'a> {
    email: &'a str,
    password: &'a str,
    /// Makes the text longer than a buffer is at first.
    device: [&'a str; 30],
}

async fn signed_in_once(place: &Place, password: &str, look: &js_sys::Function) -> Result<()> {
    let client = place.client().await?;
    let credentials = Credentials {
        email: "grace@example.com",
        password,
        device: ["a browser"; 30],
    };
    client.login(&credentials).await?;
    ensure!(status_of(&client, &place.orders()).await? == 200, "orders");
    client.refresh().await?;
    let looked = look.call0(&JsValue::UNDEFINED);
    ensure!(looked.is_ok(), "{looked:?}");
    client.logout().await?;
    Ok(())
}

/// What fails has its type, and changes nothing.
#[wasm_bindgen]
pub async fn errors_are_typed(place: Place) -> Result<(), JsError> {
    errors(&place).await.map_err(thrown)
}

async fn errors(place: &Place) -> Result<()> {
    let client = place.client().await?;
    let wrong = json!({ "email": "ada@example.com", "password": "wrong" });
    let error = failed(client.login(&wrong).await)?;
    ensure!(error.code == Code::InvalidCredentials, "{error:?}");
    ensure!(error.status.is_some_and(|status| status < 500), "{error:?}");
    ensure!(!error.to_string().is_empty(), "no words");
    ensure!(
        client.status() == Status::SignedOut,
        "{:?}",
        client.status()
    );

    let error = failed(client.refresh().await)?;
    ensure!(error.code == Code::SignedOut, "{error:?}");

    let no_json = BTreeMap::from([(vec![1], 2)]);
    let error = failed(client.login(&no_json).await)?;
    ensure!(
        error.code == Code::ConfigInvalid && error.option == Some("credentials"),
        "{error:?}"
    );

    match client.fetch("http://[").await {
        Err(FetchError::Native(error)) => {
            // By name: Firefox makes the errors of a driver's script in another realm.
            let name = error.unchecked_ref::<js_sys::Error>().name();
            ensure!(name == "TypeError", "{name}: {error:?}");
        }
        other => anyhow::bail!("{other:?}"),
    }

    let mut options = place.options();
    options.base_url = Some("javascript:alert(1)".into());
    let error = failed(Client::create(options).await)?;
    ensure!(
        error.code == Code::ConfigInvalid && error.option == Some("baseUrl"),
        "{error:?}"
    );

    client.dispose();
    let error = failed(client.refresh().await)?;
    ensure!(error.code == Code::Disposed, "{error:?}");
    match client.fetch(place.orders()).await {
        Err(FetchError::Auth(error)) => ensure!(error.code == Code::Disposed, "{error:?}"),
        other => anyhow::bail!("{other:?}"),
    }
    Ok(())
}

fn failed<T>(result: std::result::Result<T, AuthError>) -> Result<AuthError> {
    result.err().context("it succeeded")
}

/// Clients of one key share one engine, for as long as one of them is left.
#[wasm_bindgen]
pub async fn one_key_is_one_engine(place: Place) -> Result<(), JsError> {
    shared(&place).await.map_err(thrown)
}

async fn shared(place: &Place) -> Result<()> {
    let first = place.client().await?;
    let second = place.client().await?;
    sign_in(&first).await?;
    ensure!(second.status() == Status::SignedIn, "{:?}", second.status());
    let clone = first.clone();
    drop(first);
    ensure!(
        status_of(&clone, &place.orders()).await? == 200,
        "the clone"
    );
    drop(clone);
    ensure!(
        status_of(&second, &place.orders()).await? == 200,
        "the second"
    );

    let mut others = place.options();
    others.leeway = Some(7.0);
    let error = failed(Client::create(others.clone()).await)?;
    ensure!(error.option == Some("key"), "{error:?}");
    second.dispose();
    let third = Client::create(others).await?;
    let is_restored = place.storage.as_deref() != Some("memory");
    ensure!(
        (third.status() == Status::SignedIn) == is_restored,
        "{:?}",
        third.status()
    );
    third.logout().await?;
    Ok(())
}

/// Any call is legal inside a listener.
#[wasm_bindgen]
pub async fn calls_from_a_listener(place: Place) -> Result<(), JsError> {
    from_listener(&place).await.map_err(thrown)
}

async fn from_listener(place: &Place) -> Result<()> {
    let client = place.client().await?;
    let seen = Rc::new(RefCell::new(Vec::new()));
    let (inner, heard, url) = (client.clone(), Rc::clone(&seen), place.orders());
    let subscription = client.subscribe(move |change| {
        let is_same = inner.snapshot() == change.snapshot && inner.user() == change.snapshot.user;
        heard.borrow_mut().push(is_same.then_some(0));
        let nested = inner.subscribe(|_| {});
        drop(nested);
        if change.event == Event::SignedIn {
            let (inner, heard, url) = (inner.clone(), Rc::clone(&heard), url.clone());
            spawn_local(async move {
                let status = inner
                    .fetch(url)
                    .await
                    .ok()
                    .map(|response| response.status());
                heard.borrow_mut().push(status);
                let told = inner.logout().await;
                heard.borrow_mut().extend(told.is_err().then_some(None));
            });
        }
    });
    sign_in(&client).await?;
    // It ends by the logout inside the listener; the browser test bounds the wait.
    while client.status() != Status::SignedOut {
        next_task().await?;
    }
    ensure!(seen.borrow().contains(&Some(200)), "{:?}", seen.borrow());
    ensure!(!seen.borrow().contains(&None), "{:?}", seen.borrow());
    drop(subscription);
    Ok(())
}

/// What differs from the table of `tests/json/cases.rs` in the browser's JSON.
#[wasm_bindgen]
pub fn json_failures() -> Vec<String> {
    cases::failures(true)
}
