//! Gates, at which answers wait until a test lets them pass.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::http::ApiError;

const MAX_GATES: usize = 1_000;
/// No page lets an answer wait for longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// By name: how many more chunks may pass.
#[derive(Default)]
pub(super) struct Gates(Mutex<HashMap<String, Arc<Semaphore>>>);

impl Gates {
    pub(super) fn named(&self, name: &str) -> Result<Arc<Semaphore>, ApiError> {
        let mut gates = self.0.lock();
        if gates.len() >= MAX_GATES && !gates.contains_key(name) {
            return Err(ApiError::invalid_request("too many gates"));
        }
        let gate = gates
            .entry(name.to_owned())
            .or_insert_with(|| Arc::new(Semaphore::new(0)));
        Ok(gate.clone())
    }

    /// Waits until the gate of this name lets one pass, if there is a name.
    pub(super) async fn wait_at(&self, name: Option<&str>) {
        if let Some(Ok(gate)) = name.map(|name| self.named(name)) {
            pass(&gate).await;
        }
    }

    /// Lets one pass.
    pub(super) fn open(&self, name: &str) -> Result<(), ApiError> {
        self.named(name)?.add_permits(1);
        Ok(())
    }

    /// Whatever waits at a gate goes on.
    pub(super) fn clear(&self) {
        for (_, gate) in self.0.lock().drain() {
            gate.close();
        }
    }
}

/// Whether the gate has let one pass.
pub(super) async fn pass(gate: &Semaphore) -> bool {
    match timeout(PATIENCE, gate.acquire()).await {
        Ok(Ok(permit)) => {
            permit.forget();
            true
        }
        _ => false,
    }
}
