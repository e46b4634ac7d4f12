//! The decisions by name, as the npm package asks for them: texts go in and out, so that its module needs nothing of JavaScript.

use super::callback::{Callback, judge};
use super::discovery::{read, well_known};
use super::form::Form;
use super::id_token::{check, same_person};
use super::logout::{is_long, leave};
use super::pushed::{Push, push, pushed};
use super::refusal::Refusal;
use super::request::{Begun, begin};
use super::slot::ended;
use super::token::{answered, exchange};
use super::url::is_same_site;

/// The decision `name` on these forms. Gives a form; of a refusal one with `fault`, its code.
#[must_use]
pub fn call(name: &str, forms: &[Form]) -> Form {
    let none = Form::default();
    let form = |place: usize| forms.get(place).unwrap_or(&none);
    let now = |place: usize| form(place).number("now").unwrap_or_default();
    let mut out = Form::default();
    let done = match name {
        "well_known" => well_known(form(0)).map(|urls| {
            for url in &urls {
                out.put("url", url);
            }
        }),
        "read" => read(form(0), form(1)).map(|server| out = server),
        "begin" => {
            begin(form(0), form(1), form(2), form(3), form(4)).map(|begun| out = told(&begun))
        }
        "leave" => leave(form(0), form(1), form(2), form(3)).map(|begun| {
            out = told(&begun);
            out.put(
                "hallpass.post",
                if is_long(&begun.query) { "true" } else { "" },
            );
        }),
        "is_same_site" => {
            let (one, other) = (form(0).get("url"), form(1).get("url"));
            out.put("is", if is_same_site(one, other) { "true" } else { "" });
            Ok(())
        }
        "push" => push(form(0), form(1)).map(|push| {
            out.put("is", how(push));
        }),
        "pushed" => {
            let must = form(1).get("push") == how(Push::Must);
            let push = if must { Push::Must } else { Push::IfPossible };
            let status = form(1).number("status").unwrap_or_default();
            pushed(form(0), push, status, form(2)).map(|query| out = query.unwrap_or_default())
        }
        "ended" => {
            let slots = forms.get(1..).unwrap_or_default();
            let gone = ended(slots, now(0));
            for (place, _) in slots.iter().enumerate() {
                out.put(
                    "gone",
                    if gone.contains(&place) {
                        "true"
                    } else {
                        "false"
                    },
                );
            }
            Ok(())
        }
        "judge" => match judge(form(0), form(1), form(2), now(3)) {
            Callback::NotOurs => Ok(()),
            Callback::LoggedOut => {
                out.put("is", "logout");
                Ok(())
            }
            Callback::Nobody => {
                out.put("is", "nobody");
                Ok(())
            }
            Callback::Code(code) => {
                out = exchange(form(2), code);
                out.put("is", "code");
                Ok(())
            }
            Callback::Refused(refusal) => Err(refusal),
        },
        "answered" => answered(
            form(0),
            form(1).number("status").unwrap_or_default(),
            form(2),
        ),
        "same_person" => same_person(form(0), form(1)),
        "check" => check(form(0), form(1), form(2)),
        _ => Ok(()),
    };
    match done {
        Ok(()) => out,
        Err(refusal) => refused(refusal),
    }
}

/// A form that says so.
pub(super) fn refused(refusal: Refusal) -> Form {
    let mut out = Form::default();
    out.put("fault", refusal.code.as_str());
    out.put("words", refusal.words);
    out.put("by", if refusal.by_provider { "provider" } else { "" });
    out
}

fn how(push: Push) -> &'static str {
    match push {
        Push::No => "",
        Push::IfPossible => "if possible",
        Push::Must => "must",
    }
}

/// What is asked, and the slot: its names and values in turn, under a name of our own.
fn told(begun: &Begun) -> Form {
    let mut out = begun.query.clone();
    for (name, value) in begun.slot.entries() {
        out.put("hallpass.slot", name);
        out.put("hallpass.slot", value);
    }
    out
}
