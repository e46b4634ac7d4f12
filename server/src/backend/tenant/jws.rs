//! The signatures of access tokens (RFC 7518 §3, RFC 8037 §3.1), as jsonwebtoken asks for them.
//!
//! By ring: the libraries that jsonwebtoken knows by itself take far longer to compile.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::jwk::EllipticCurve;
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind, EncodingKey};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
    Ed25519KeyPair, KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents, UnparsedPublicKey,
};

static BY_RING: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    key_utils: KeyUtils {
        rsa_pub_components_from_private_key: rsa_public,
        rsa_pub_components_from_public_key: |_| Err(ErrorKind::UnsupportedAlgorithm.into()),
        ec_pub_components_from_private_key: p256_public,
        ed_pub_components_from_private_key: ed25519_public,
        compute_digest: |_, _| Err(ErrorKind::UnsupportedAlgorithm.into()),
    },
};

/// Needed once in a process, before its first key.
pub(crate) fn install() {
    // Whoever came first may stay.
    let _ = BY_RING.install_default();
}

enum Signing {
    ES256(EcdsaKeyPair),
    RS256(RsaKeyPair),
    EdDSA(Ed25519KeyPair),
    HS256(hmac::Key),
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    let private = key.as_bytes();
    Ok(Box::new(match (algorithm, key.family()) {
        (Algorithm::ES256, AlgorithmFamily::Ec) => Signing::ES256(p256_pair(private)?),
        (Algorithm::RS256, AlgorithmFamily::Rsa) => Signing::RS256(rsa_pair(private)?),
        (Algorithm::EdDSA, AlgorithmFamily::Ed) => Signing::EdDSA(ed25519_pair(private)?),
        (Algorithm::HS256, AlgorithmFamily::Hmac) => {
            Signing::HS256(hmac::Key::new(hmac::HMAC_SHA256, private))
        }
        _ => return Err(ErrorKind::UnsupportedAlgorithm.into()),
    }))
}

impl Signer<Vec<u8>> for Signing {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        let random = SystemRandom::new();
        match self {
            Self::ES256(pair) => {
                let signature = pair.sign(&random, message);
                Ok(signature
                    .map_err(|_| SignatureError::new())?
                    .as_ref()
                    .into())
            }
            Self::RS256(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .map_err(|_| SignatureError::new())?;
                Ok(signature)
            }
            Self::EdDSA(pair) => Ok(pair.sign(message).as_ref().into()),
            Self::HS256(secret) => Ok(hmac::sign(secret, message).as_ref().into()),
        }
    }
}

impl JwtSigner for Signing {
    fn algorithm(&self) -> Algorithm {
        match self {
            Self::ES256(_) => Algorithm::ES256,
            Self::RS256(_) => Algorithm::RS256,
            Self::EdDSA(_) => Algorithm::EdDSA,
            Self::HS256(_) => Algorithm::HS256,
        }
    }
}

struct Verifying {
    algorithm: Algorithm,
    key: DecodingKey,
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    match (algorithm, key.family()) {
        (Algorithm::ES256, AlgorithmFamily::Ec)
        | (Algorithm::RS256, AlgorithmFamily::Rsa)
        | (Algorithm::EdDSA, AlgorithmFamily::Ed)
        | (Algorithm::HS256, AlgorithmFamily::Hmac) => Ok(Box::new(Verifying {
            algorithm: *algorithm,
            key: key.clone(),
        })),
        _ => Err(ErrorKind::UnsupportedAlgorithm.into()),
    }
}

impl Verifier<Vec<u8>> for Verifying {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), SignatureError> {
        let verified = match (self.algorithm, self.key.kind()) {
            (Algorithm::ES256, DecodingKeyKind::SecretOrDer(point)) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            (Algorithm::RS256, DecodingKeyKind::RsaModulusExponent { n, e }) => {
                RsaPublicKeyComponents { n, e }.verify(
                    &RSA_PKCS1_2048_8192_SHA256,
                    message,
                    signature,
                )
            }
            (Algorithm::EdDSA, DecodingKeyKind::SecretOrDer(public)) => {
                UnparsedPublicKey::new(&ED25519, public).verify(message, signature)
            }
            (Algorithm::HS256, DecodingKeyKind::SecretOrDer(secret)) => hmac::verify(
                &hmac::Key::new(hmac::HMAC_SHA256, secret),
                message,
                signature,
            ),
            _ => return Err(SignatureError::new()),
        };
        verified.map_err(|_| SignatureError::new())
    }
}

impl JwtVerifier for Verifying {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

fn p256_pair(pkcs8: &[u8]) -> Result<EcdsaKeyPair, Error> {
    EcdsaKeyPair::from_pkcs8(
        &ECDSA_P256_SHA256_FIXED_SIGNING,
        pkcs8,
        &SystemRandom::new(),
    )
    .map_err(|_| ErrorKind::InvalidEcdsaKey.into())
}

fn rsa_pair(pkcs1: &[u8]) -> Result<RsaKeyPair, Error> {
    RsaKeyPair::from_der(pkcs1).map_err(|error| ErrorKind::InvalidRsaKey(error.to_string()).into())
}

/// jsonwebtoken takes no key in which the public half stands too, so there is nothing to check it against.
fn ed25519_pair(pkcs8: &[u8]) -> Result<Ed25519KeyPair, Error> {
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).map_err(|_| ErrorKind::InvalidEddsaKey.into())
}

/// Modulus and exponent.
fn rsa_public(pkcs1: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let RsaPublicKeyComponents { n, e } = rsa_pair(pkcs1)?.public().into();
    Ok((n, e))
}

/// The curve, and the point by both its coordinates.
fn p256_public(
    pkcs8: &[u8],
    algorithm: Algorithm,
) -> Result<(EllipticCurve, Vec<u8>, Vec<u8>), Error> {
    if algorithm != Algorithm::ES256 {
        return Err(ErrorKind::UnsupportedAlgorithm.into());
    }
    let pair = p256_pair(pkcs8)?;
    // SEC 1 §2.3.3: a 4, then the coordinates.
    let coordinates = pair.public_key().as_ref().strip_prefix(&[4]);
    let (x, y) = coordinates
        .and_then(|both| both.split_at_checked(32))
        .ok_or(ErrorKind::InvalidEcdsaKey)?;
    Ok((EllipticCurve::P256, x.into(), y.into()))
}

fn ed25519_public(pkcs8: &[u8], curve: &EllipticCurve) -> Result<Vec<u8>, Error> {
    match curve {
        EllipticCurve::Ed25519 => Ok(ed25519_pair(pkcs8)?.public_key().as_ref().into()),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jsonwebtoken::crypto::{sign, verify};

    use super::*;

    /// The payload of RFC 7515, Appendix A.
    const JOE: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    fn bytes(base64url: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(base64url).unwrap()
    }

    #[track_caller]
    fn holds_of_this_message_alone(
        algorithm: Algorithm,
        key: &DecodingKey,
        message: &str,
        signature: &str,
    ) {
        install();
        let verifies =
            |message: &str| verify(signature, message.as_bytes(), key, algorithm).unwrap();
        assert!(verifies(message));
        assert!(!verifies(&message.replace("eyJ", "eyK")));
    }

    #[test]
    fn hs256_is_that_of_rfc_7515_a_1() {
        let message = format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{JOE}");
        let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let secret = bytes(
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
        );
        let key = DecodingKey::from_secret(&secret);
        holds_of_this_message_alone(Algorithm::HS256, &key, &message, signature);
        let key = EncodingKey::from_secret(&secret);
        let signed = sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
        assert_eq!(signed, signature);
    }

    #[test]
    fn rs256_is_that_of_rfc_7515_a_2() {
        let message = format!("eyJhbGciOiJSUzI1NiJ9.{JOE}");
        let modulus = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
        let key = DecodingKey::from_rsa_components(modulus, "AQAB").unwrap();
        let signature = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
        holds_of_this_message_alone(Algorithm::RS256, &key, &message, signature);
    }

    #[test]
    fn es256_is_that_of_rfc_7515_a_3() {
        let message = format!("eyJhbGciOiJFUzI1NiJ9.{JOE}");
        let (x, y) = (
            "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        );
        let key = DecodingKey::from_ec_components(x, y).unwrap();
        let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        holds_of_this_message_alone(Algorithm::ES256, &key, &message, signature);
    }

    #[test]
    fn eddsa_is_that_of_rfc_8037_a() {
        let message = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        let public = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let key = DecodingKey::from_ed_components(public).unwrap();
        holds_of_this_message_alone(Algorithm::EdDSA, &key, message, signature);
        let private = bytes("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
        let pkcs8 = [super::super::keys::ED25519_PKCS8.as_slice(), &private].concat();
        let key = EncodingKey::from_ed_der(&pkcs8);
        let signed = sign(message.as_bytes(), &key, Algorithm::EdDSA).unwrap();
        assert_eq!(signed, signature);
        let computed = ed25519_public(&pkcs8, &EllipticCurve::Ed25519).unwrap();
        assert_eq!(computed, bytes(public));
    }

    #[test]
    fn a_key_of_another_kind_neither_signs_nor_verifies() {
        install();
        let public_as_secret = DecodingKey::from_secret(b"the public half of some key");
        assert!(verify("", b"", &public_as_secret, Algorithm::ES256).is_err());
        let key = DecodingKey::from_rsa_components("AQAB", "AQAB").unwrap();
        assert!(verify("", b"", &key, Algorithm::HS256).is_err());
        let secret = EncodingKey::from_secret(b"a secret");
        assert!(sign(b"", &secret, Algorithm::EdDSA).is_err());
        assert!(sign(b"", &secret, Algorithm::HS512).is_err());
    }
}
