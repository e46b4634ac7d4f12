//! Who somebody is.

use crate::json::Json;

/// Claims that belong to one token, not to its subject: a user shown with them would change at every refresh.
const OF_ONE_TOKEN: [&str; 4] = ["exp", "iat", "nbf", "jti"];

/// The user that claims describe.
pub(crate) fn user_of_claims(claims: &Json) -> Json {
    let members = claims.entries();
    let mut lasting = Vec::new();
    for (name, value) in &members {
        if !OF_ONE_TOKEN.contains(&name.as_str()) {
            lasting.push((name.as_str(), value.clone()));
        }
    }
    Json::object(lasting)
}

/// Who a user is: the first of the usual identifiers.
pub(crate) fn subject_of(user: &Json) -> Option<Json> {
    SUBJECTS
        .iter()
        .find_map(|name| user.get(name).filter(|value| !value.is_null()))
}

/// Whether an identifier that both have says that they are two people.
pub(crate) fn are_two(one: &Json, other: &Json) -> bool {
    let differ = |name: &&str| matches!((one.get(name), other.get(name)), (Some(one), Some(other)) if one != other);
    SUBJECTS.iter().any(differ)
}

/// Members that identify a user, the best first.
const SUBJECTS: &[&str] = &[
    "sub", "id", "user_id", "userId", "_id", "uuid", "email", "username",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text).unwrap_or_else(Json::null)
    }

    #[test]
    fn a_renewed_token_shows_the_same_user() {
        let first = json(r#"{"sub":"1","name":"Ada","exp":1,"iat":0,"jti":"a","nbf":0}"#);
        let second = json(r#"{"sub":"1","name":"Ada","exp":9,"iat":8,"jti":"b"}"#);
        assert_eq!(user_of_claims(&first), user_of_claims(&second));
    }

    #[test]
    fn the_subject_is_the_first_usual_identifier_that_has_a_value() {
        let user = json(r#"{"sub":null,"id":7,"email":"a"}"#);
        assert_eq!(subject_of(&user), Some(Json::from(7)));
        assert_eq!(subject_of(&json(r#"{"name":"Ada"}"#)), None);
        assert_eq!(subject_of(&Json::from("Ada")), None);
    }

    #[test]
    fn two_people_differ_in_a_name_that_both_have() {
        for (one, other, are_two_people) in [
            (r#"{"id":1}"#, r#"{"id":2}"#, true),
            (r#"{"id":1}"#, r#"{"sub":"ada","id":1}"#, false),
            (r#"{"id":1}"#, r#"{"sub":"ada"}"#, false),
            (
                r#"{"id":null,"email":"a"}"#,
                r#"{"id":2,"email":"b"}"#,
                true,
            ),
            ("{}", r#"{"id":2}"#, false),
        ] {
            assert_eq!(
                are_two(&json(one), &json(other)),
                are_two_people,
                "{one} {other}"
            );
        }
    }
}
