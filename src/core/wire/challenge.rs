//! What a refusal asks for that no new token gives.

use crate::core::wire::text::mentions;

/// `error` as a parameter, at the begin of a challenge's parameters or behind another; quoted or not (RFC 9110 §11.2).
const INSUFFICIENT: &str = " error=\"insufficient_user_authentication|,error=\"insufficient_user_authentication| error=insufficient_user_authentication|,error=insufficient_user_authentication";

/// Whether `WWW-Authenticate`, which may hold several challenges, wants another authentication of the user (RFC 9470 §3).
#[must_use]
pub fn wants_step_up(challenges: &str) -> bool {
    mentions(challenges, INSUFFICIENT)
}

#[cfg(test)]
mod tests {
    use super::wants_step_up;

    #[test]
    fn a_challenge_to_step_up_is_known_in_each_of_its_forms() {
        for challenges in [
            r#"Bearer error="insufficient_user_authentication""#,
            r#"bearer Error=Insufficient_User_Authentication, acr_values=gold"#,
            r#"DPoP error="invalid_token", Bearer realm="a",error="insufficient_user_authentication""#,
        ] {
            assert!(wants_step_up(challenges), "{challenges}");
        }
    }

    #[test]
    fn any_other_challenge_wants_none() {
        for challenges in [
            "",
            "Bearer",
            r#"Bearer error="invalid_token""#,
            r#"Bearer my_error="insufficient_user_authentication""#,
            r#"Bearer error_description="insufficient_user_authentication""#,
        ] {
            assert!(!wants_step_up(challenges), "{challenges}");
        }
    }
}
