//! An answer to order, for tests of what a page's `fetch` makes of it.

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::RawQuery;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::Channel;
use http_body_util::channel::Sender;

use super::clients::Client;
use super::gates::pass;
use crate::http::ApiError;

/// What is streamed comes in pieces of this size.
const PIECE: usize = 64 * 1024;
const MAX_BYTES: usize = 110 * 1024 * 1024;
const MAX_CHUNKS: usize = 100;
/// What the query of `/open/answer` orders.
struct Order {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    content: Content,
    /// The name of the gate that it waits at.
    gate: String,
}

enum Content {
    Whole(Bytes),
    /// So many zeros.
    Bytes(usize),
    /// So many numbered pieces; each but the first waits until the gate lets it pass.
    Chunks(usize),
    /// Breaks off after this, when the gate lets it.
    Broken(Bytes),
}

impl Order {
    fn read(query: &str) -> Result<Order, ApiError> {
        let invalid = |name: &str| ApiError::invalid_request(format!("{name} is invalid"));
        let members: Vec<(String, String)> =
            serde_urlencoded::from_str(query).map_err(|_| invalid("the query"))?;
        let mut order = Order {
            status: StatusCode::OK,
            headers: Vec::new(),
            content: Content::Whole(Bytes::new()),
            gate: String::new(),
        };
        for (name, value) in members {
            let wrong = || invalid(&name);
            match name.as_str() {
                "status" => order.status = value.parse().map_err(|_| wrong())?,
                "header" => {
                    let (name, value) = value.split_once(": ").ok_or_else(wrong)?;
                    let name = name.parse().map_err(|_| wrong())?;
                    order
                        .headers
                        .push((name, value.parse().map_err(|_| wrong())?));
                }
                "body" => order.content = Content::Whole(value.into()),
                "base64" => {
                    let bytes = STANDARD.decode(value).map_err(|_| wrong())?;
                    order.content = Content::Whole(bytes.into());
                }
                "bytes" => {
                    let count = value.parse().ok().filter(|count| *count <= MAX_BYTES);
                    order.content = Content::Bytes(count.ok_or_else(wrong)?);
                }
                "chunks" => {
                    let count = value.parse().ok().filter(|count| *count <= MAX_CHUNKS);
                    order.content = Content::Chunks(count.ok_or_else(wrong)?);
                }
                "gate" => order.gate = value,
                "broken" => order.content = Content::Broken(value.into()),
                // Anything else makes one URL differ from another.
                _ => {}
            }
        }
        Ok(order)
    }
}

/// Answers what the query asks for: `status`, `header=Name: value` as often as wanted, and one of `body`, `base64`, `bytes`,
/// `chunks` or `broken` with `gate`.
pub(super) async fn answer(
    Extension(client): Extension<Arc<Client>>,
    RawQuery(query): RawQuery,
) -> Result<Response<Body>, ApiError> {
    let order = Order::read(query.as_deref().unwrap_or_default())?;
    let body = match order.content {
        Content::Whole(bytes) => Body::from(bytes),
        Content::Bytes(count) => streamed(|mut sender| async move {
            let piece = Bytes::from(vec![0; PIECE]);
            let mut left = count;
            while left > 0 {
                let next = piece.slice(..left.min(PIECE));
                left -= next.len();
                if sender.send_data(next).await.is_err() {
                    return; // nobody listens any more
                }
            }
        }),
        Content::Chunks(count) => {
            let gate = client.gates.named(&order.gate)?;
            streamed(|mut sender| async move {
                for number in 0..count {
                    if number > 0 && !pass(&gate).await {
                        return;
                    }
                    let chunk = format!("chunk {number}\n");
                    if sender.send_data(chunk.into()).await.is_err() {
                        return;
                    }
                }
            })
        }
        Content::Broken(bytes) => {
            let gate = client.gates.named(&order.gate)?;
            let (mut sender, body) = Channel::new(1);
            tokio::spawn(async move {
                // Whether it got that far makes no difference.
                let _ = sender.send_data(bytes).await;
                pass(&gate).await;
                sender.abort(std::io::Error::other("broken off, as ordered"));
            });
            Body::new(body)
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = order.status;
    for (name, value) in order.headers {
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

fn streamed<F>(send: impl FnOnce(Sender<Bytes>) -> F) -> Body
where
    F: Future<Output = ()> + Send + 'static,
{
    let (sender, body) = Channel::new(1);
    tokio::spawn(send(sender));
    Body::new(body)
}

/// Lets one more chunk pass.
pub(super) async fn open_gate(
    Extension(client): Extension<Arc<Client>>,
    RawQuery(name): RawQuery,
) -> Result<StatusCode, ApiError> {
    client.gates.open(name.as_deref().unwrap_or_default())?;
    Ok(StatusCode::NO_CONTENT)
}
