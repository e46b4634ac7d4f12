//! The keys that sign access tokens, and the JWKS (RFC 7517) that shows their public halves.
//!
//! They lie in the store, for all nodes. A node knows them by heart for a few seconds, so that a rotation elsewhere is seen soon;
//! a key that it does not know it looks up at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use getrandom::SysRng;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm as JwsAlgorithm, DecodingKey, EncodingKey};
use parking_lot::Mutex;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use tokio::sync::Mutex as AsyncMutex;

use crate::backend::clock::{Millis, millis};
use crate::backend::error::{Refusal, StoreError, internal};
use crate::backend::policy::Algorithm;
use crate::backend::secret::{random_bytes, random_id};
use crate::backend::store::{Scope, Store, StoredKey, Turn, is_live};

const RSA_BITS: usize = 2048;

/// What stands before the 32 random bytes that are an Ed25519 key (RFC 8410 §7).
pub(crate) const ED25519_PKCS8: [u8; 16] =
    *b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

/// Another node's rotation is seen within this time.
const KNOWN_FOR: Duration = Duration::from_secs(5);

/// What a node knows of the keys of one tenant.
#[derive(Default)]
pub(crate) struct Keys {
    known: Mutex<Known>,
    /// Rotations that were asked for and that the store does not know of yet.
    due: AtomicUsize,
    rotating: AsyncMutex<()>,
}

#[derive(Default)]
struct Known {
    /// Oldest first.
    keys: Vec<Arc<Key>>,
    /// The store had them at this time, or later.
    as_of: Option<Instant>,
}

/// One key pair, or one HMAC secret.
pub(crate) struct Key {
    stored: StoredKey,
    pub(crate) algorithm: JwsAlgorithm,
    pub(crate) signing: EncodingKey,
    pub(crate) verifying: DecodingKey,
    /// `None` of an HMAC secret, which has no public half.
    public: Option<Jwk>,
}

impl Keys {
    /// The key that signs now; made when first asked for.
    pub(crate) async fn current(&self, store: &dyn Store, at: &Scope) -> Result<Arc<Key>, Refusal> {
        self.rotate_if_due(store, at).await?;
        let algorithm = at.policy.algorithm;
        if let Some(key) = self.fresh(|keys| newest(keys, algorithm)).flatten() {
            return Ok(key);
        }
        self.read(store, at).await?;
        if let Some(key) = newest(&self.known.lock().keys, algorithm) {
            return Ok(key);
        }
        let first = generate(algorithm).await?;
        let keys = store.add_key(at, first, Turn::First).await?;
        self.learn(keys, Instant::now())?;
        newest(&self.known.lock().keys, algorithm).ok_or_else(|| internal("no key signs"))
    }

    /// The key of this id, if it verifies still.
    pub(crate) async fn with_id(
        &self,
        store: &dyn Store,
        at: &Scope,
        id: &str,
    ) -> Result<Option<Arc<Key>>, StoreError> {
        let find = |keys: &[Arc<Key>]| {
            let found = keys.iter().find(|key| key.stored.id == id);
            found.filter(|key| key.is_live(at.now)).cloned()
        };
        if let Some(key) = self.fresh(find).flatten() {
            return Ok(Some(key));
        }
        let read = self.read(store, at).await;
        let found = find(&self.known.lock().keys);
        match read {
            Ok(()) => Ok(found),
            // An old key is as good as ever while the store cannot say otherwise; of an unknown one nothing can be said.
            Err(error) => found.map(Some).ok_or(error),
        }
    }

    /// Reads the keys: because one is wanted that is not known, or for when the store is away.
    pub(crate) async fn read(&self, store: &dyn Store, at: &Scope) -> Result<(), StoreError> {
        let asked_at = Instant::now();
        self.learn(store.keys(at).await?, asked_at)
    }

    /// The public halves of all keys, old ones too: what they signed is still valid.
    pub(crate) async fn public(&self, store: &dyn Store, at: &Scope) -> Result<JwkSet, Refusal> {
        let current = self.current(store, at).await;
        if self.known.lock().keys.is_empty() {
            current?;
        }
        // Who asks does so because of a key it has not seen, perhaps one that this node has not seen either.
        match self.read(store, at).await {
            Ok(()) | Err(StoreError::Unavailable(_)) => {}
            Err(broken) => return Err(broken.into()),
        }
        let known = self.known.lock();
        let live = known.keys.iter().filter(|key| key.is_live(at.now));
        Ok(JwkSet {
            keys: live.filter_map(|key| key.public.clone()).collect(),
        })
    }

    /// A new key signs from now on; the others go on verifying until the last token that they signed has ended.
    pub(crate) async fn rotate(&self, store: &dyn Store, at: &Scope) -> Result<(), Refusal> {
        self.order_rotation();
        self.rotate_if_due(store, at).await
    }

    /// A rotation before the next use, for who cannot wait.
    pub(crate) fn order_rotation(&self) {
        self.due.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) async fn rotate_if_due(&self, store: &dyn Store, at: &Scope) -> Result<(), Refusal> {
        if self.due.load(Ordering::SeqCst) == 0 {
            return Ok(());
        }
        // Who comes meanwhile waits, and signs with the new key.
        let _turn = self.rotating.lock().await;
        while self.due.load(Ordering::SeqCst) > 0 {
            let key = generate(at.policy.algorithm).await?;
            // Another node may sign with the old one until it has seen this.
            let overlap = at.access_left().saturating_add(millis(KNOWN_FOR));
            let others_end_at = at.now.saturating_add(overlap);
            let keys = store.add_key(at, key, Turn::Next { others_end_at }).await?;
            self.learn(keys, Instant::now())?;
            self.due.fetch_sub(1, Ordering::SeqCst);
        }
        Ok(())
    }

    pub(crate) fn forget(&self) {
        // An answer that is under way may have them still.
        *self.known.lock() = Known {
            keys: Vec::new(),
            as_of: Some(Instant::now()),
        };
    }

    /// What is read from the known keys, if they are not too old.
    fn fresh<T>(&self, read: impl FnOnce(&[Arc<Key>]) -> T) -> Option<T> {
        let known = self.known.lock();
        let fresh = known.as_of.is_some_and(|at| at.elapsed() < KNOWN_FOR);
        fresh.then(|| read(&known.keys))
    }

    /// Takes in what the store has had at this time or later, unless something newer is known.
    fn learn(&self, stored: Vec<StoredKey>, as_of: Instant) -> Result<(), StoreError> {
        let mut known = self.known.lock();
        if known.as_of.is_some_and(|newer| newer > as_of) {
            return Ok(());
        }
        let mut keys = Vec::new();
        for stored in stored {
            let same = known.keys.iter().find(|key| key.stored == stored);
            keys.push(match same {
                Some(key) => key.clone(),
                None => Arc::new(Key::read(stored)?),
            });
        }
        *known = Known {
            keys,
            as_of: Some(as_of),
        };
        Ok(())
    }
}

fn newest(keys: &[Arc<Key>], algorithm: Algorithm) -> Option<Arc<Key>> {
    let signs = |key: &&Arc<Key>| key.stored.algorithm == algorithm && key.stored.ends_at.is_none();
    keys.iter().rev().find(signs).cloned()
}

impl Key {
    pub(crate) fn id(&self) -> &str {
        &self.stored.id
    }

    fn is_live(&self, now: Millis) -> bool {
        is_live(&self.stored, now)
    }

    fn read(stored: StoredKey) -> Result<Self, StoreError> {
        let broken = |cause: String| StoreError::Broken(format!("key {}: {cause}", stored.id));
        let private = STANDARD.decode(&stored.private);
        let private = private.map_err(|error| broken(error.to_string()))?;
        let algorithm = jws(stored.algorithm);
        let signing = match stored.algorithm {
            Algorithm::ES256 => EncodingKey::from_ec_der(&private),
            Algorithm::EdDSA => EncodingKey::from_ed_der(&private),
            Algorithm::RS256 => EncodingKey::from_rsa_der(&private),
            Algorithm::HS256 => {
                return Ok(Self {
                    stored,
                    algorithm,
                    signing: EncodingKey::from_secret(&private),
                    verifying: DecodingKey::from_secret(&private),
                    public: None,
                });
            }
        };
        let public = Jwk::from_encoding_key(&signing, algorithm);
        let mut public = public.map_err(|error| broken(error.to_string()))?;
        public.common.key_id = Some(stored.id.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        let verifying = DecodingKey::from_jwk(&public);
        let verifying = verifying.map_err(|error| broken(error.to_string()))?;
        Ok(Self {
            stored,
            algorithm,
            signing,
            verifying,
            public: Some(public),
        })
    }
}

/// Takes a while for RSA, so it is done aside.
async fn generate(algorithm: Algorithm) -> Result<StoredKey, Refusal> {
    let private = tokio::task::spawn_blocking(move || private_half(algorithm)).await;
    Ok(StoredKey {
        id: random_id()?,
        algorithm,
        private: STANDARD.encode(private.map_err(internal)??),
        ends_at: None,
    })
}

/// As jsonwebtoken reads it. ring, which signs with it, makes no RSA key and puts the public half into an Ed25519 key.
fn private_half(algorithm: Algorithm) -> Result<Vec<u8>, Refusal> {
    Ok(match algorithm {
        Algorithm::ES256 => {
            let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(kind, &SystemRandom::new());
            pkcs8.map_err(internal)?.as_ref().to_vec()
        }
        Algorithm::EdDSA => [ED25519_PKCS8.as_slice(), &random_bytes()?].concat(),
        Algorithm::RS256 => {
            let key = rsa::PrivateKey::new(&mut SysRng, RSA_BITS).map_err(internal)?;
            key.to_pkcs1_der().map_err(internal)?.as_bytes().to_vec()
        }
        Algorithm::HS256 => random_bytes()?.to_vec(),
    })
}

fn jws(algorithm: Algorithm) -> JwsAlgorithm {
    match algorithm {
        Algorithm::ES256 => JwsAlgorithm::ES256,
        Algorithm::RS256 => JwsAlgorithm::RS256,
        Algorithm::EdDSA => JwsAlgorithm::EdDSA,
        Algorithm::HS256 => JwsAlgorithm::HS256,
    }
}
