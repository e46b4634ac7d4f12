//! What an app hears of a client.

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use super::Inner;
use crate::core::{Change, Event, StepUp};
use crate::json::Json;

/// Listens until dropped.
#[must_use = "dropping it stops the listener"]
pub struct Subscription {
    pub(super) stop: Function,
    pub(super) _listener: Closure<dyn Fn(Array)>,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        // It takes a listener out of a set, which cannot fail.
        let _ = self.stop.call0(&JsValue::UNDEFINED);
    }
}

/// The change that the shell tells of, and the state at this moment.
pub(super) fn read(inner: &Inner, change: &Array) -> Option<Change> {
    let event = Event::read(&change.get(0).as_string()?)?;
    let claims = || inner.with_engine(|engine| engine.claims().cloned());
    Some(Change {
        event,
        snapshot: inner.with_engine(|engine| engine.snapshot().clone()),
        ended_by: [change.get(7).as_string(), change.get(8).as_string()],
        step_up: (event == Event::StepUpRequired).then(|| step_up(change)),
        heaviest: if event == Event::TokenLarge {
            heaviest(claims())
        } else {
            Vec::new()
        },
    })
}

/// What the shell puts behind the state.
fn step_up(change: &Array) -> StepUp {
    let acr_values: Array = change.get(7).unchecked_into();
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it saturates"
    )]
    let max_age = change.get(8).as_f64().map(|age| age as u32);
    StepUp {
        acr_values: acr_values
            .iter()
            .filter_map(|acr| acr.as_string())
            .collect(),
        max_age,
    }
}

/// How many claims of a large token are told.
const HEAVIEST: usize = 5;

/// The claims that make a token large. One after the other is taken out, as the sort of the standard library weighs three kilobytes.
fn heaviest(claims: Option<Json>) -> Vec<(String, usize)> {
    let claims = claims.iter().flat_map(Json::entries);
    let mut weights: Vec<_> = claims
        .map(|(name, value)| (name, value.text().len()))
        .collect();
    let mut heaviest = Vec::new();
    while heaviest.len() < HEAVIEST {
        let places = weights.iter().enumerate().rev();
        let Some((place, _)) = places.max_by_key(|(_, (_, bytes))| *bytes) else {
            break;
        };
        heaviest.push(weights.remove(place));
    }
    heaviest
}
