use super::{NOW, begun, form};
use crate::sso::{Form, LIFETIME, MOST, ended, used};

fn slot(made: u64) -> Form {
    form(&[("made", &made.to_string())])
}

#[test]
fn a_slot_ends_with_its_time() {
    let slots = [
        slot(NOW),
        slot(NOW - LIFETIME - 1),
        slot(NOW + LIFETIME + 1),
        Form::default(),
    ];
    assert_eq!(ended(&slots, NOW), [1, 2, 3]);
}

#[test]
fn ec36_a_later_login_leaves_the_earlier_one_alone_up_to_a_bound() {
    let slots: Vec<Form> = (0..MOST as u64 + 2).map(|age| slot(NOW - age)).collect();
    assert_eq!(ended(&slots, NOW), [MOST, MOST + 1]);
}

#[test]
fn of_a_slot_that_was_taken_no_secret_is_kept() {
    let kept = used(&begun(&[("return_to", "/orders"), ("app_state", "7")]));
    assert_eq!(kept.get("return_to"), "/orders");
    for secret in ["verifier", "nonce", "app_state"] {
        assert_eq!(kept.get(secret), "");
    }
}
