//! In place of certificates, where the feature `tls` is off.

use std::convert::Infallible;

use tokio::net::TcpStream;

use crate::backend::MissingFeature;

/// A certificate with its key. Without the feature `tls` there is none.
#[derive(Clone, Debug)]
pub struct Tls(Infallible);

impl Tls {
    /// Needs the feature `tls`.
    ///
    /// # Errors
    /// Always a [`MissingFeature`].
    pub fn self_signed(
        _names: impl IntoIterator<Item = impl Into<String>>,
    ) -> std::io::Result<Self> {
        Err(MissingFeature("tls").into())
    }

    /// The names, the first of which is in the base URL.
    pub fn names(&self) -> &[String] {
        match self.0 {}
    }

    /// The certificate as DER, for a client that shall trust it.
    pub fn certificate_der(&self) -> &[u8] {
        match self.0 {}
    }

    /// What Chromium's `--ignore-certificate-errors-spki-list` takes.
    pub fn spki_sha256(&self) -> &str {
        match self.0 {}
    }

    pub(crate) async fn accept(&self, _stream: TcpStream) -> std::io::Result<TcpStream> {
        match self.0 {}
    }
}
