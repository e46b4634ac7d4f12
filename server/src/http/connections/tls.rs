//! Certificates for serving `https`.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertifiedKey, PublicKeyData as _, generate_simple_self_signed};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{Error, ServerConfig};
use tokio_rustls::server::TlsStream;

use crate::backend::sha256;

/// A certificate with its key.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
    names: Vec<String>,
    certificate: CertificateDer<'static>,
    spki_sha256: String,
}

impl Tls {
    /// A new self-signed certificate for these host names and IP addresses.
    ///
    /// # Errors
    /// If a name is none, or there is none at all.
    pub fn self_signed(
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> std::io::Result<Self> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        if names.is_empty() {
            return Err(std::io::Error::other("a certificate needs a name"));
        }
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(names.clone()).map_err(std::io::Error::other)?;
        let certificate = cert.der().clone();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        let config = server_config(certificate.clone(), key).map_err(std::io::Error::other)?;
        let spki_sha256 = STANDARD.encode(sha256(&signing_key.subject_public_key_info()));
        Ok(Self {
            config: Arc::new(config),
            names,
            certificate,
            spki_sha256,
        })
    }

    /// The names, the first of which is in the base URL.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The certificate as DER, for a client that shall trust it.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// What Chromium's `--ignore-certificate-errors-spki-list` takes.
    pub fn spki_sha256(&self) -> &str {
        &self.spki_sha256
    }

    /// The handshake.
    pub(crate) async fn accept(&self, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        TlsAcceptor::from(self.config.clone()).accept(stream).await
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

/// HTTP/1.1 only: there a request can be left without an answer by closing its connection.
fn server_config(
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig, Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
