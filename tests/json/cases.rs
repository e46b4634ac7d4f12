//! What `hallpass::Json` makes of texts, the same on the host and in the browser: one table for both.

use hallpass::Json;
use hallpass::jwt::NumericDate;

/// A text, and what it is when it is written again. `None`: it is no JSON.
const TEXTS: &[(&str, Option<&str>)] = &[
    ("null", Some("null")),
    (" \t\r\n{ } ", Some("{}")),
    (
        r#"{"b":[1,-2.5,true,null],"a":{}}"#,
        Some(r#"{"b":[1,-2.5,true,null],"a":{}}"#),
    ),
    (r#""\n\u0000\u00e9\ud83d\udd11""#, Some("\"\\n\\u0000é🔑\"")),
    (r#"{"a":1,"b":2,"a":3}"#, Some(r#"{"a":3,"b":2}"#)),
    (
        r#"{"__proto__":{"sub":"mallory"}}"#,
        Some(r#"{"__proto__":{"sub":"mallory"}}"#),
    ),
    (r#"{"\u0061":1,"a":2}"#, Some(r#"{"a":2}"#)),
    (r#"{"":1,"a\u0000":2}"#, Some(r#"{"":1,"a\u0000":2}"#)),
    ("9007199254740992", Some("9007199254740992")),
    ("1e-999", Some("0")),
    ("", None),
    (" ", None),
    ("{", None),
    ("{\"a\":1}x", None),
    ("[1,]", None),
    ("{\"a\":1,}", None),
    ("\u{feff}{}", None),
    ("nul", None),
    ("NaN", None),
    ("Infinity", None),
    ("undefined", None),
    ("'a'", None),
    ("\"\n\"", None),
    ("\"\\x41\"", None),
    ("01", None),
    ("+1", None),
    (".5", None),
    ("1.", None),
    ("1e999", None),
    ("-1e999", None),
    (r#"{"a":[1e999]}"#, None),
    ("// a\n1", None),
];

/// JSON, and the milliseconds since 1970 that it is as a date. `None`: it is none, or does not tell its zone.
const DATES: &[(&str, Option<i64>)] = &[
    ("1796040000", Some(1_796_040_000_000)),
    ("1796040000000", Some(1_796_040_000_000)),
    ("1.5", Some(1_500)),
    ("-7", Some(-7_000)),
    (r#"" 1796040000 ""#, Some(1_796_040_000_000)),
    (r#""1796040000000""#, Some(1_796_040_000_000)),
    (r#""2026-11-30T12:00:00Z""#, Some(1_796_040_000_000)),
    (r#""2026-11-30T12:00Z""#, Some(1_796_040_000_000)),
    (r#""2026-11-30 12:00:00Z""#, Some(1_796_040_000_000)),
    (r#""2026-11-30T12:00:00.25Z""#, Some(1_796_040_000_250)),
    (
        r#""2026-11-30T12:00:00.250000+00:00""#,
        Some(1_796_040_000_250),
    ),
    (r#""2026-11-30T14:30:00+02:30""#, Some(1_796_040_000_000)),
    (r#""2026-11-30T07:00:00-05:00""#, Some(1_796_040_000_000)),
    (
        r#""Mon, 30 Nov 2026 12:00:00 GMT""#,
        Some(1_796_040_000_000),
    ),
    (r#""Sun, 06 Nov 1994 08:49:37 GMT""#, Some(784_111_777_000)),
    (r#""1970-01-01T00:00:00Z""#, Some(0)),
    (r#""1969-12-31T23:59:59Z""#, Some(-1_000)),
    (r#""2000-02-29T00:00:00Z""#, Some(951_782_400_000)),
    (r#""2028-03-01T00:00:00Z""#, Some(1_835_481_600_000)),
    (r#""0001-01-01T00:00:00Z""#, Some(-62_135_596_800_000)),
    (r#""2100-03-01T00:00:00Z""#, Some(4_107_542_400_000)),
    (r#""2026-11-30""#, None),
    (r#""2026-11-30T12:00:00""#, None),
    (r#""2026-11-30T12:00:00+02""#, None),
    (r#""2026-13-30T12:00:00Z""#, None),
    (r#""2026-11-32T12:00:00Z""#, None),
    (r#""2026-11-30T25:00:00Z""#, None),
    (r#""2026-11-30T12:60:00Z""#, None),
    (r#""2026-11-30T12:00:00.Z""#, None),
    (r#""2026-11-30T12:00:00Z later""#, None),
    (r#""Mon, 30 Nov 2026 12:00:00""#, None),
    (r#""Mon, 30 Foo 2026 12:00:00 GMT""#, None),
    (r#""in 5 minutes""#, None),
    (r#""1.5""#, Some(1_500)),
    (r#""-7""#, Some(-7_000)),
    (r#""0""#, None),
    (r#""1e""#, None),
    (r#""7 days""#, None),
    (r#""""#, None),
    ("null", None),
    ("true", None),
    ("[1]", None),
    (r#"{"a":1}"#, None),
];

/// What is not as it should be, in words. `in_browser`: where the two are known to differ, which is expected.
pub(crate) fn failures(in_browser: bool) -> Vec<String> {
    let mut failures = Vec::new();
    let mut expect = |holds: bool, what: &str| {
        if !holds {
            failures.push(what.to_owned());
        }
    };
    for (text, expected) in TEXTS {
        let found = parse(text).map(|json| json.text());
        // `serde_json` writes a float as one.
        let is_zero = *text == "1e-999" && found.as_deref() == Some("0.0");
        expect(
            found.as_deref() == *expected || is_zero,
            &format!("{text:?} is {found:?}"),
        );
    }

    let nested = |open: &str, close: &str, depth| {
        [open.repeat(depth), "1".into(), close.repeat(depth)].concat()
    };
    for (depth, fits) in [(127, true), (128, false), (100_000, false)] {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            let is = parse(&nested(open, close, depth)).is_some();
            expect(is == fits, &format!("{open} {depth} deep"));
        }
    }
    expect(
        parse(&format!("\"{}\"", "é".repeat(1 << 20))).is_some(),
        "two megabytes",
    );

    let lone = parse(r#""\ud800""#).and_then(|json| json.as_string());
    let expected = in_browser.then_some("\u{fffd}");
    expect(lone.as_deref() == expected, "a lone surrogate");
    let numbered = parse(r#"{"2":0,"1":0}"#).map(|json| json.text());
    let expected = if in_browser {
        r#"{"1":0,"2":0}"#
    } else {
        r#"{"2":0,"1":0}"#
    };
    expect(
        numbered.as_deref() == Some(expected),
        "the order of names that are numbers",
    );

    for text in [
        "null",
        "true",
        "7",
        r#""length""#,
        r#"["length"]"#,
        r#"{"a":1}"#,
    ] {
        let json = parse(text).unwrap_or_else(Json::null);
        for name in ["length", "0", "constructor", "__proto__", "toString"] {
            expect(json.get(name).is_none(), &format!("{text} has {name}"));
        }
    }
    let own = parse(r#"{"__proto__":{"sub":"mallory"},"toString":1}"#).unwrap_or_else(Json::null);
    expect(own.get("sub").is_none(), "a member of __proto__");
    expect(own.get("toString") == Some(1.into()), "a name of Object's");
    let proto = own.get("__proto__").and_then(|proto| proto.get("sub"));
    expect(proto == Some("mallory".into()), "__proto__ as a name");

    for (text, whole) in [
        ("1.5", None),
        ("1e300", None),
        ("-7.0", Some(-7)),
        ("9007199254740992", Some(1 << 53)),
        ("-9007199254740992", Some(-(1 << 53))),
        ("9007199254740994", None),
        ("\"7\"", None),
    ] {
        let found = parse(text).and_then(|json| json.as_i64());
        expect(
            found == whole,
            &format!("{text} as a whole number is {found:?}"),
        );
    }
    expect(
        parse("true").and_then(|json| json.as_bool()) == Some(true),
        "a truth value",
    );
    expect(
        parse("1").and_then(|json| json.as_bool()).is_none(),
        "1 as a truth value",
    );
    expect(parse("null").is_some_and(|json| json.is_null()), "null");
    expect(
        parse("[]").is_some_and(|json| !json.is_object()),
        "an array as an object",
    );

    for (text, expected) in DATES {
        let json = parse(text).unwrap_or_else(Json::null);
        let found = NumericDate::read(&json).map(NumericDate::milliseconds);
        expect(
            found == *expected,
            &format!("{text} as a date is {found:?}"),
        );
    }

    let names = |text: &str| -> Vec<String> {
        let entries = parse(text).unwrap_or_else(Json::null).entries();
        entries.into_iter().map(|(name, _)| name).collect()
    };
    expect(
        names(r#"{"b":1,"a":2}"#) == ["b", "a"],
        "entries of an object",
    );
    expect(names("[7,8]") == ["0", "1"], "entries of an array");
    expect(names(r#""ab""#).is_empty(), "entries of a string");
    let list = parse("[7,[8]]").unwrap_or_else(Json::null);
    expect(
        list.at(0) == Some(7.into()) && list.at(2).is_none(),
        "items",
    );
    expect(
        list.at(1).and_then(|inner| inner.at(0)) == Some(8.into()),
        "an item's item",
    );

    let made = Json::object(vec![
        ("__proto__", "a\"b".into()),
        ("n", 1.into()),
        ("t", true.into()),
    ]);
    let text = r#"{"__proto__":"a\"b","n":1,"t":true}"#;
    expect(made.text() == text, "an object that was made");
    expect(Some(&made) == parse(text).as_ref(), "equality");
    expect(
        list.to::<Vec<f64>>().is_err(),
        "a list of numbers that is none",
    );
    let numbers = list.at(1).map(|numbers| numbers.to::<Vec<f64>>());
    expect(numbers == Some(Ok(vec![8.0])), "a list of numbers");
    failures
}

fn parse(text: &str) -> Option<Json> {
    Json::parse(text)
}
