use crate::json::Json;

/// Seconds since 1970, perhaps with a fraction (RFC 7519 §2), kept as milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumericDate(i64);

/// The last moment that a JavaScript `Date` can hold: 8.64e15 ms.
const LAST_MS: f64 = 8.64e15;
/// Numbers above this are milliseconds since 1970, below it seconds (as seconds it is the year 5138).
const MILLISECONDS_FROM: f64 = 1e11;

impl NumericDate {
    /// Seconds or milliseconds, also in quotes, or a date in words: ISO 8601 with a zone, or as in HTTP.
    ///
    /// `None`: none of these. Numbers beyond what a `Date` can hold are moved to its ends.
    #[must_use]
    pub fn read(value: &Json) -> Option<NumericDate> {
        let number = value.as_seconds()?;
        let is_milliseconds = number.abs() > MILLISECONDS_FROM;
        NumericDate::from_seconds(if is_milliseconds {
            number / 1_000.0
        } else {
            number
        })
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
