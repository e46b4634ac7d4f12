use crate::sso::Form;

#[test]
fn what_is_written_is_read_again() {
    let mut form = Form::default();
    form.put("a b", "1&2=3+4%é\n");
    form.put("a b", "again");
    assert_eq!(Form::parse(&form.text()), form);
    assert!(form.repeats("a b"));
}

#[test]
fn a_query_is_read_as_browsers_read_it() {
    let form = Form::parse("?a=1+2&b=%7e&&c&d=%&e=%zz&f=%ff");
    let read: Vec<_> = ["a", "b", "c", "d", "e", "f", "g"]
        .map(|name| form.get(name))
        .to_vec();
    assert_eq!(read, ["1 2", "~", "", "%", "%zz", "", ""]);
}

#[test]
fn a_number_is_whole_and_has_no_sign() {
    let form = Form::parse("a=12&b=-1&c=1e9&d=99999999999999999999&e=12.9&f=.5");
    let read = ["a", "b", "c", "d", "e", "f", "g"].map(|name| form.number(name));
    assert_eq!(read, [Some(12), None, None, None, Some(12), None, None]);
}

#[test]
fn no_value_is_shown_by_debug() {
    assert_eq!(format!("{:?}", Form::parse("code=secret")), r#"["code"]"#);
}
