//! The keys that sign access tokens, and the JWKS (RFC 7517) that shows their public halves.
//!
//! They live in memory: after a restart there are new ones, and pages refresh.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm as JwsAlgorithm, DecodingKey, EncodingKey};
use parking_lot::Mutex;

use crate::config::Algorithm;
use crate::error::{ApiError, internal};
use crate::secret::{random_bytes, random_id};

/// The keys of one client.
#[derive(Default)]
pub(crate) struct Keys {
    /// Newest last; the newest of an algorithm signs, all verify.
    keys: Mutex<Vec<Arc<Key>>>,
}

/// One key pair, or one HMAC secret.
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) algorithm: JwsAlgorithm,
    pub(crate) signing: EncodingKey,
    pub(crate) verifying: DecodingKey,
    /// `None` of an HMAC secret, which has no public half.
    public: Option<Jwk>,
}

impl Keys {
    /// The key that signs with `algorithm` now; made when first asked for.
    pub(crate) fn current(&self, algorithm: Algorithm) -> Result<Arc<Key>, ApiError> {
        let wanted = jws(algorithm);
        let mut keys = self.keys.lock();
        if let Some(key) = keys.iter().rev().find(|key| key.algorithm == wanted) {
            return Ok(key.clone());
        }
        let key = Arc::new(Key::generate(algorithm)?);
        keys.push(key.clone());
        Ok(key)
    }

    /// A new key signs from now on; the old ones go on verifying.
    pub(crate) fn rotate(&self, algorithm: Algorithm) -> Result<(), ApiError> {
        let key = Arc::new(Key::generate(algorithm)?);
        self.keys.lock().push(key);
        Ok(())
    }

    pub(crate) fn with_id(&self, id: &str) -> Option<Arc<Key>> {
        self.keys.lock().iter().find(|key| key.id == id).cloned()
    }

    /// The public halves of all keys, old ones too: what they signed is still valid.
    pub(crate) fn public(&self) -> JwkSet {
        JwkSet {
            keys: self
                .keys
                .lock()
                .iter()
                .filter_map(|key| key.public.clone())
                .collect(),
        }
    }

    pub(crate) fn clear(&self) {
        self.keys.lock().clear();
    }
}

impl Key {
    fn generate(algorithm: Algorithm) -> Result<Self, ApiError> {
        let signing = match algorithm {
            Algorithm::ES256 => {
                let pair =
                    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(internal)?;
                EncodingKey::from_ec_der(pair.to_pkcs8v1().map_err(internal)?.as_ref())
            }
            Algorithm::EdDSA => {
                let pair = Ed25519KeyPair::generate().map_err(internal)?;
                EncodingKey::from_ed_der(pair.to_pkcs8v1().map_err(internal)?.as_ref())
            }
            Algorithm::RS256 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(internal)?;
                let pkcs8: Pkcs8V1Der<'_> = pair.as_der().map_err(internal)?;
                EncodingKey::from_rsa_der(pkcs1_inside(pkcs8.as_ref())?)
            }
            Algorithm::HS256 => EncodingKey::from_secret(&random_bytes()?),
        };
        let algorithm = jws(algorithm);
        let id = random_id()?;
        if algorithm == JwsAlgorithm::HS256 {
            let verifying = DecodingKey::from_secret(signing.as_bytes());
            return Ok(Self {
                id,
                algorithm,
                signing,
                verifying,
                public: None,
            });
        }
        let mut public = Jwk::from_encoding_key(&signing, algorithm).map_err(internal)?;
        public.common.key_id = Some(id.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        let verifying = DecodingKey::from_jwk(&public).map_err(internal)?;
        Ok(Self {
            id,
            algorithm,
            signing,
            verifying,
            public: Some(public),
        })
    }
}

fn jws(algorithm: Algorithm) -> JwsAlgorithm {
    match algorithm {
        Algorithm::ES256 => JwsAlgorithm::ES256,
        Algorithm::RS256 => JwsAlgorithm::RS256,
        Algorithm::EdDSA => JwsAlgorithm::EdDSA,
        Algorithm::HS256 => JwsAlgorithm::HS256,
    }
}

/// The PKCS #1 key in a PKCS #8 wrapper (RFC 5208 §5), which is 26 bytes long for a key of 2048 bits.
/// A wrong cut does not go unseen: the public half is computed from what is left.
fn pkcs1_inside(pkcs8: &[u8]) -> Result<&[u8], ApiError> {
    pkcs8.get(26..).ok_or_else(|| internal("a short RSA key"))
}
