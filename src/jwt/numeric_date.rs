use crate::json::Json;

/// Seconds since 1970, perhaps with a fraction (RFC 7519 §2), kept as milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumericDate(i64);

/// The last moment that a JavaScript `Date` can hold: 8.64e15 ms.
const LAST_MS: f64 = 8.64e15;

impl NumericDate {
    /// `None`: not a number. Numbers beyond what a `Date` can hold are moved to its ends.
    #[must_use]
    pub fn read(value: &Json) -> Option<NumericDate> {
        NumericDate::from_seconds(value.as_f64()?)
    }

    /// `None`: not a number.
    #[must_use]
    pub fn from_seconds(seconds: f64) -> Option<NumericDate> {
        if seconds.is_nan() {
            return None;
        }
        // The clamp keeps it within what an i64 holds exactly.
        #[allow(clippy::cast_possible_truncation)]
        Some(NumericDate(
            (seconds * 1_000.0).clamp(-LAST_MS, LAST_MS) as i64
        ))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn milliseconds(self) -> i64 {
        self.0
    }
}
