//! What is loaded beside the engine: what verifies tokens, what seals a session, what asks for a CSRF cookie.

use std::cell::RefCell;
use std::rc::Rc;

use anyhow::{Context as _, Result, ensure};
use hallpass::{AuthError, Client, Code, Csrf, Event, Snapshot, Starting, Status, Storage, Verify};
use serde_json::json;
use wasm_bindgen::prelude::*;

use crate::{Place, failed, sign_in, status_of, thrown};

/// The tokens of a real server are verified with its keys; those of another issuer are refused.
#[wasm_bindgen]
pub async fn tokens_are_verified(place: Place, issuer: String) -> Result<(), JsError> {
    verified(&place, &issuer).await.map_err(thrown)
}

async fn verified(place: &Place, issuer: &str) -> Result<()> {
    let mut options = place.options();
    let verify = Verify::jwks(".well-known/jwks.json").audience(["hallpass-api"]);
    options.verify = Some(verify.clone().issuer(["https://other.test"]));
    let client = Client::create(options.clone()).await?;
    let credentials = json!({ "email": "ada@example.com", "password": "correct horse" });
    let error = failed(client.login(&credentials).await)?;
    ensure!(error.code == Code::TokenUntrusted, "{error:?}");
    ensure!(error.to_string().contains("iss"), "{error}");
    client.dispose();

    options.verify = Some(verify.issuer([issuer]));
    let client = Client::create(options).await?;
    sign_in(&client).await?;
    ensure!(status_of(&client, &place.orders()).await? == 200, "orders");
    client.logout().await?;
    client.dispose();
    Ok(())
}

/// What is stored is sealed, and opens again.
#[wasm_bindgen]
pub async fn a_session_is_sealed(place: Place) -> Result<(), JsError> {
    sealed(&place).await.map_err(thrown)
}

async fn sealed(place: &Place) -> Result<()> {
    let mut options = place.options();
    options.storage = Some(Storage::Sealed);
    let client = Client::create(options.clone()).await?;
    sign_in(&client).await?;
    client.dispose();
    let storage = web_sys::window().and_then(|page| page.local_storage().ok().flatten());
    let storage = storage.context("no storage")?;
    let record = storage
        .get_item(&format!("hallpass:{}", place.key))
        .ok()
        .flatten();
    let record = record.context("it is not in the store when login resolves")?;
    ensure!(record.starts_with("hallpass/sealed1 "), "{record}");
    let client = Client::create(options).await?;
    ensure!(status_of(&client, &place.orders()).await? == 200, "orders");
    client.logout().await?;
    client.dispose();
    Ok(())
}

/// A CSRF cookie that is not there is asked for, once.
#[wasm_bindgen]
pub async fn a_csrf_cookie_is_asked_for(place: Place) -> Result<(), JsError> {
    primed(&place).await.map_err(thrown)
}

async fn primed(place: &Place) -> Result<()> {
    let mut options = place.options();
    let prime = format!(
        "open/answer?status=204&header={}",
        "Set-Cookie%3A%20own%3Da%3B%20Path%3D%2F"
    );
    options.csrf = Some(Csrf::cookie("own").header("X-Own").prime(&prime));
    let client = Client::create(options).await?;
    sign_in(&client).await?;
    client.dispose();
    Ok(())
}

/// A framework's first view is there before the client: calls wait, states are told, and what goes takes the client along.
#[wasm_bindgen]
pub async fn a_client_is_used_before_it_is_there(place: Place) -> Result<(), JsError> {
    early(&place).await.map_err(thrown)
}

type Told = Rc<RefCell<Vec<Result<Snapshot, AuthError>>>>;

fn begin(options: hallpass::Options) -> (Starting, Told) {
    let told = Told::default();
    let heard = Rc::clone(&told);
    let starting = Starting::begin(options, move |state| heard.borrow_mut().push(state));
    (starting, told)
}

async fn early(place: &Place) -> Result<()> {
    let (starting, told) = begin(place.options());
    let events = Rc::new(RefCell::new(Vec::new()));
    let heard = Rc::clone(&events);
    starting.on_change(move |change| heard.borrow_mut().push(change.event));
    ensure!(
        starting.now().is_none() && told.borrow().is_empty(),
        "too early"
    );
    let credentials = json!({ "email": "ada@example.com", "password": "correct horse" });
    starting.login(&credentials).await?;
    let response = starting
        .fetch(place.orders())
        .await
        .map_err(crate::native)?;
    ensure!(response.status() == 200, "orders");
    starting.logout().await?;
    let statuses: Vec<_> = told
        .borrow()
        .iter()
        .flatten()
        .map(|state| state.status)
        .collect();
    ensure!(
        statuses == [Status::SignedOut, Status::SignedIn, Status::SignedOut],
        "{statuses:?}"
    );
    ensure!(
        *events.borrow() == [Event::SignedIn, Event::SignedOut],
        "{events:?}"
    );

    let client = starting.client().await?;
    drop(starting);
    client.login(&credentials).await?;
    ensure!(told.borrow().len() == 3, "told after its end");
    client.dispose();

    // What is wrong is told once, and by each call.
    let mut wrong = place.options();
    wrong.base_url = Some("javascript:0".into());
    let (starting, told) = begin(wrong);
    let error = failed(starting.logout().await)?;
    ensure!(error.option == Some("baseUrl"), "{error:?}");
    ensure!(
        matches!(&told.borrow()[..], [Err(told)] if *told == error),
        "{told:?}"
    );

    // It goes before it is there.
    let (starting, told) = begin(place.options());
    let waiting = starting.clone();
    drop(starting);
    ensure!(waiting.client().await.is_ok(), "a clone is left");
    drop(waiting);
    let (starting, over) = begin(place.options());
    drop(starting);
    let other = place.client().await?;
    ensure!(
        over.borrow().is_empty() && told.borrow().len() == 1,
        "{over:?}"
    );
    other.dispose();
    Ok(())
}
