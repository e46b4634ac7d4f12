//! The table of JSON over `serde_json`, as off the browser; the browser tests run it over the browser's own.

mod cases;

#[test]
fn json_is_read_and_written_as_the_table_says() {
    assert_eq!(cases::failures(false), Vec::<String>::new());
}
