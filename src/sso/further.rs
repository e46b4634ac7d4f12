//! The decisions that few apps need, by name: their module loads with the options `apis` and `dpop`, and the one of a sign-in has none of them.

use super::api::{answered_for_api, ask_for_api};
use super::calls::refused;
use super::dpop::{answer_to_proof, is_of_type, is_own_key, proof, proves};
use super::form::Form;

/// As [`call`](super::call).
#[must_use]
pub fn call_further(name: &str, forms: &[Form]) -> Form {
    let none = Form::default();
    let form = |place: usize| forms.get(place).unwrap_or(&none);
    let status = |place: usize| form(place).number("status").unwrap_or_default();
    let mut out = Form::default();
    let done = match name {
        "api" => {
            out = ask_for_api(form(0));
            Ok(())
        }
        "api_answered" => answered_for_api(form(0), status(1), form(2)),
        "proof" => {
            out = proof(form(0));
            Ok(())
        }
        "proves" => {
            out = proves(form(0), form(1));
            Ok(())
        }
        "answer_to_proof" => {
            out = answer_to_proof(form(0), form(1));
            Ok(())
        }
        "is_of_type" => is_of_type(form(0), form(1)),
        "is_own_key" => {
            let is_own = is_own_key(form(0).get("key"), form(1).get("key"));
            out.put("is", if is_own { "true" } else { "" });
            Ok(())
        }
        _ => Ok(()),
    };
    match done {
        Ok(()) => out,
        Err(refusal) => refused(refusal),
    }
}
