//! What stands in rows of several tables.

use rusqlite::{Row, Transaction};

use crate::backend::clock::{Millis, real_now};
use crate::backend::store::records::User;

/// From the columns `users.id`, `email`, `name`, the first of them at `first`.
pub(super) fn user_of(row: &Row<'_>, first: usize) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(first)?,
        email: row.get(first + 1)?,
        name: row.get(first + 2)?,
    })
}

pub(super) fn list(
    tx: &Transaction<'_>,
    client: &str,
    id: &str,
    left: Millis,
) -> rusqlite::Result<()> {
    let now = real_now();
    tx.execute("DELETE FROM revocations WHERE until <= ?1", [now])?;
    tx.execute(
        "INSERT OR REPLACE INTO revocations (client, id, until) VALUES (?1, ?2, ?3)",
        (client, id, now.saturating_add(left)),
    )?;
    Ok(())
}
