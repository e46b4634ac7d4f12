//! A backend to test, and a client that hides nothing: one connection per request, no cookie jar, no retry.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cookie::Cookie;
use hallpass_server::{Config, PasswordCost, Running, StoreConfig, start};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{HeaderMap, Request};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

pub const ADA: &str = "ada@example.com";
pub const PASSWORD: &str = "correct horse";

/// Faults on, cheap passwords. The store is the usual one, or as `HALLPASS_STORE` says: `memory`, or a Redis with so many
/// databases that each server gets one of its own.
pub fn config() -> Config {
    static DATABASES: AtomicUsize = AtomicUsize::new(0);
    let store = match std::env::var("HALLPASS_STORE") {
        Ok(url) if url.starts_with("redis:") => {
            let database = DATABASES.fetch_add(1, Ordering::Relaxed);
            StoreConfig::Redis(format!("{url}/{database}"))
        }
        Ok(name) => name.parse().expect("HALLPASS_STORE names a store"),
        Err(_) => StoreConfig::default(),
    };
    Config {
        faults: true,
        password_cost: PasswordCost::TESTS,
        store,
        ..Config::default()
    }
}

pub async fn server() -> Server {
    Server::start(config()).await
}

pub struct Server {
    pub running: Running,
    certificate: Option<Vec<u8>>,
}

impl Server {
    pub async fn start(config: Config) -> Self {
        let certificate = config
            .tls
            .as_ref()
            .map(|tls| tls.certificate_der().to_vec());
        Self {
            running: start(config).await.expect("the backend starts"),
            certificate,
        }
    }

    pub fn get(&self, path: &str) -> Call<'_> {
        self.call("GET", path)
    }

    pub fn post(&self, path: &str) -> Call<'_> {
        self.call("POST", path)
    }

    pub fn put(&self, path: &str) -> Call<'_> {
        self.call("PUT", path)
    }

    pub fn call(&self, method: &str, path: &str) -> Call<'_> {
        let request = Request::builder().method(method).uri(path);
        Call {
            server: self,
            request,
            body: Bytes::new(),
        }
    }

    pub async fn login(&self, mode: &str) -> Answer {
        let answer = self.try_login("", mode, ADA, PASSWORD).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer
    }

    pub async fn try_login(&self, prefix: &str, mode: &str, email: &str, password: &str) -> Answer {
        let body = json!({ "email": email, "password": password });
        self.post(&format!("{prefix}/auth/{mode}/login"))
            .json(&body)
            .send()
            .await
    }

    pub async fn refresh(&self, refresh_token: &str, attempt: Option<&str>) -> Answer {
        let call = self
            .post("/auth/jwt/refresh")
            .json(&json!({ "refresh_token": refresh_token }));
        match attempt {
            Some(attempt) => call.header("idempotency-key", attempt).send().await,
            None => call.send().await,
        }
    }
}

/// A request that is being put together.
pub struct Call<'a> {
    server: &'a Server,
    request: hyper::http::request::Builder,
    body: Bytes,
}

impl Call<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Sends the cookies that an earlier answer set.
    pub fn cookies_of(self, answer: &Answer) -> Self {
        let cookies: Vec<_> = answer
            .cookies()
            .iter()
            .map(|c| format!("{}={}", c.name(), c.value()))
            .collect();
        self.header("cookie", &cookies.join("; "))
    }

    pub fn csrf(self, token: &str) -> Self {
        self.header("x-xsrf-token", token)
    }

    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header("content-type", content_type)
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub fn form(self, body: &str) -> Self {
        self.body("application/x-www-form-urlencoded", body.to_owned())
    }

    pub async fn send(self) -> Answer {
        self.try_send().await.expect("an answer")
    }

    /// An error means that the connection was closed without an answer.
    pub async fn try_send(self) -> hyper::Result<Answer> {
        let stream = TcpStream::connect(self.server.running.addr())
            .await
            .expect("a connection");
        let request = self.request.header("host", "localhost");
        let request = request.body(Full::new(self.body)).expect("a request");
        match &self.server.certificate {
            None => exchange(stream, request).await,
            Some(certificate) => exchange(secure(stream, certificate).await, request).await,
        }
    }
}

async fn secure(stream: TcpStream, certificate: &[u8]) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from(certificate.to_vec()))
        .expect("a certificate");
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .expect("a handshake")
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> hyper::Result<Answer> {
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let (parts, body) = sender.send_request(request).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body,
    })
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("no JSON ({e}): {self:?}"))
    }

    /// A field that is a string.
    pub fn text(&self, field: &str) -> String {
        match &self.json()[field] {
            Value::String(text) => text.clone(),
            other => panic!("{field} is {other}: {self:?}"),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .map(|value| value.to_str().expect("ASCII"))
    }

    pub fn cookies(&self) -> Vec<Cookie<'static>> {
        self.headers
            .get_all("set-cookie")
            .iter()
            .map(|value| {
                let text = value.to_str().expect("ASCII").to_owned();
                Cookie::parse(text).expect("a cookie")
            })
            .collect()
    }

    pub fn cookie(&self, name: &str) -> Cookie<'static> {
        let found = self
            .cookies()
            .into_iter()
            .find(|cookie| cookie.name() == name);
        found.unwrap_or_else(|| panic!("no cookie {name}: {self:?}"))
    }

    #[track_caller]
    pub fn is_error_without_words(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.text("error"), code);
    }

    #[track_caller]
    pub fn is_error(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.text("error"), code);
        assert_ne!(self.text("error_description"), "");
        assert_eq!(self.header("cache-control"), Some("no-store"));
    }
}
