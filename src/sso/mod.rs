//! Sign-in at an identity provider: OpenID Connect with the code flow and PKCE (RFC 6749, RFC 7636, RFC 9700).
//!
//! Decisions only: what a provider's document, an answer in the URL, a token answer and an ID token mean, and what is asked for.
//! Time, randomness, hashes, signatures, storage and the network come from outside, so that the tests drive the code that ships.
//!
//! | file | what it decides |
//! |---|---|
//! | `form` | names and values, as forms and queries have them |
//! | `url` | which URLs a provider may name, and which path an app may be sent back to |
//! | `discovery` | what of a provider's document is believed |
//! | `request` | what a login asks for, and the slot that is kept of it |
//! | `slot` | how long it is kept |
//! | `callback` | what an answer in the URL is |
//! | `token` | what is sent for a code, and what of the answer is taken |
//! | `id_token` | whether the claims of an ID token are those that were asked for |
//! | `logout` | how the session at the provider ends, and the way back |
//! | `pushed` | whether a request is pushed to the provider first |
//! | `api` | the token for one of several APIs |
//! | `dpop` | what a proof of possession says, and what follows from its answer |
//! | `challenge` | what `WWW-Authenticate` says |
//! | `refusal` | why something is not taken |
//! | `calls`, `further` | the same by name, for JavaScript: those of a sign-in, and those that few need |

mod api;
mod callback;
mod calls;
mod challenge;
mod discovery;
mod dpop;
mod form;
mod further;
mod id_token;
mod logout;
mod pushed;
mod refusal;
mod request;
mod slot;
mod token;
mod url;

#[cfg(test)]
mod tests;

pub use api::{answered_for_api, ask_for_api};
pub use callback::{Callback, STATE_PREFIX, judge};
pub use calls::call;
pub use challenge::challenges;
pub use discovery::{read, well_known};
pub use dpop::{answer_to_proof, is_of_type, is_own_key, proof, proves};
pub use form::Form;
pub use further::call_further;
pub use id_token::{check, same_person};
pub use logout::{is_long, leave};
pub use pushed::{Push, push, pushed};
pub use refusal::{Code, Refusal};
pub use request::{Begun, begin};
pub use slot::{LIFETIME, MOST, ended, used};
pub use token::{answered, exchange};
pub use url::{is_safe, is_same_site, return_to};
