//! One slot for each `state`: two logins that are under way at once do not know of each other.

use super::form::Form;

/// Milliseconds that a login may take: who signs up on the way waits for a mail.
pub const LIFETIME: u64 = 3_600_000;
/// So many are kept of one page's origin; of more the oldest go.
pub const MOST: usize = 16;

/// Which of these slots may go, by their place. `now` in milliseconds.
#[must_use]
pub fn ended(slots: &[Form], now: u64) -> Vec<usize> {
    let made = |slot: &Form| slot.number("made").unwrap_or_default();
    let is_newer = |slot: &Form, than: u64| made(slot) > than;
    let mut gone = Vec::new();
    for (place, slot) in slots.iter().enumerate() {
        let own = made(slot);
        let newer = slots.iter().filter(|other| is_newer(other, own)).count();
        // A clock that was set back made it a slot of the future.
        if own.abs_diff(now) > LIFETIME || newer >= MOST {
            gone.push(place);
        }
    }
    gone
}

/// What is kept of a slot that was taken (`pkg/src/sso/slots.js` does it in the same turn as it reads): that it was, and where the app goes on. The rest is worth something once.
#[must_use]
pub fn used(slot: &Form) -> Form {
    let mut kept = Form::default();
    kept.copy_all(slot, &["key", "made", "return_to", "kind", "step_up"]);
    kept.put("used", "true");
    kept
}
