//! What tests need.

use async_trait::async_trait;

use super::connection::{Redis, broken};
use crate::backend::error::Stored;
use crate::backend::secret::random_bytes;
use crate::backend::store::contract::Tools;
use crate::backend::store::scope::Scope;

#[async_trait]
impl Tools for Redis {
    async fn end_all(&self, at: &Scope) -> Stored<()> {
        self.run(self.of(at, "end_all").arg(at.access_left())).await
    }

    async fn forget_opaque(&self, at: &Scope) -> Stored<()> {
        self.run(&self.of(at, "forget_opaque")).await
    }

    async fn rotate_csrf(&self, at: &Scope) -> Stored<()> {
        let seed = random_bytes().map_err(broken)?;
        self.run(self.of(at, "rotate_csrf").arg(&seed[..])).await
    }

    async fn reset(&self, at: &Scope) -> Stored<()> {
        self.run(&self.of(at, "reset")).await
    }
}
