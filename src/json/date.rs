//! Dates in words, as the browser reads them: ISO 8601 with a zone, and HTTP's (RFC 9110 §5.6.7).

/// Seconds since 1970.
pub(super) fn seconds(text: &str) -> Option<f64> {
    match text.split_once(", ") {
        Some((weekday, rest)) => of_http(weekday, rest),
        None => iso(text),
    }
}

/// `06 Nov 1994 08:49:37 GMT`, behind the name of its day.
fn of_http(weekday: &str, rest: &str) -> Option<f64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let parts: Vec<&str> = rest.split(' ').collect();
    let [day, month, year, time, "GMT"] = *parts.as_slice() else {
        return None;
    };
    let month = MONTHS.iter().position(|known| *known == month)?;
    let days = days(
        digits(year, 4)?,
        u32::try_from(month).ok()? + 1,
        digits(day, 2)?,
    )?;
    (weekday.len() == 3 && time.len() == 8).then_some(days + clock(time)?)
}

/// `1994-11-06T08:49:37.5Z`: with a blank for the `T`, without seconds, with an offset.
fn iso(text: &str) -> Option<f64> {
    let (date, time) = text.split_once(['T', ' '])?;
    let mut date = date.split('-');
    let (year, month, day) = (date.next()?, date.next()?, date.next()?);
    let days = days(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?)?;
    if date.next().is_some() {
        return None;
    }
    if let Some(time) = time.strip_suffix('Z') {
        return Some(days + clock(time)?);
    }
    let at = time.find(['+', '-'])?;
    let (time, offset) = (time.get(..at)?, time.get(at..)?);
    let sign = if offset.starts_with('-') { -1.0 } else { 1.0 };
    let offset = offset.get(1..)?;
    let hours = f64::from(digits(offset.get(..2)?, 2)?);
    let minutes = f64::from(digits(offset.get(2..)?.strip_prefix(':')?, 2)?);
    let is_offset = hours < 24.0 && minutes < 60.0;
    is_offset.then_some(days + clock(time)? - sign * (hours * 3_600.0 + minutes * 60.0))
}

/// `08:49`, `08:49:37` or `08:49:37.5`, in seconds.
fn clock(text: &str) -> Option<f64> {
    let mut parts = text.split(':');
    let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let (second, fraction) = match parts.next() {
        None => (0, 0.0),
        Some(seconds) => match seconds.split_once('.') {
            None => (digits(seconds, 2)?, 0.0),
            Some((second, fraction)) => {
                digits(fraction.get(..1)?, 1)?;
                let is_number = fraction.bytes().all(|byte| byte.is_ascii_digit());
                let fraction = ["0.", fraction].concat().parse().ok()?;
                (digits(second, 2)?, is_number.then_some(fraction)?)
            }
        },
    };
    let fits = parts.next().is_none() && hour < 24 && minute < 60 && second < 60;
    fits.then_some(f64::from(hour * 3_600 + minute * 60 + second) + fraction)
}

/// From 1970 to this day of the Gregorian calendar, in seconds.
fn days(year: u32, month: u32, day: u32) -> Option<f64> {
    const BEFORE: [u32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let before = BEFORE.get(usize::try_from(month.checked_sub(1)?).ok()?)?;
    // A year ends in February, so that the day that is put in is its last.
    let years = year + 4_000 - u32::from(month < 3);
    let leaps = years / 4 - years / 100 + years / 400;
    let of_1970 = 5_969 / 4 - 5_969 / 100 + 5_969 / 400;
    let whole = i64::from(year) * 365 + i64::from(leaps + before + day) - 1;
    let since = whole - 1_970 * 365 - i64::from(of_1970);
    let is_day = (1..=31).contains(&day);
    is_day.then_some(f64::from(i32::try_from(since).ok()?) * 86_400.0)
}

/// Exactly so many ASCII digits.
fn digits(text: &str, count: usize) -> Option<u32> {
    let is_number = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}
