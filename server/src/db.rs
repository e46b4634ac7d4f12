//! The database: SQLite on a thread of its own, which runs one transaction after the other.

use std::path::Path;
use std::sync::mpsc;

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use crate::error::{ApiError, internal};

/// Comes when the database is closed.
pub(crate) type Closed = oneshot::Receiver<()>;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The way to the database thread. The thread ends with the last clone.
#[derive(Clone)]
pub(crate) struct Db {
    jobs: mpsc::Sender<Job>,
}

impl Db {
    /// Opens `path`, or a database in memory, and sets up its tables.
    pub(crate) fn open(path: Option<&Path>) -> std::io::Result<(Self, Closed)> {
        let mut connection = match path {
            Some(path) => Connection::open(path),
            None => Connection::open_in_memory(),
        }
        .and_then(set_up)
        .map_err(std::io::Error::other)?;
        let (jobs, queue) = mpsc::channel::<Job>();
        let (closing, closed) = oneshot::channel();
        std::thread::Builder::new()
            .name("hallpass-db".to_owned())
            .spawn(move || {
                for job in queue {
                    job(&mut connection);
                }
                drop(connection);
                let _ = closing.send(());
            })?;
        Ok((Self { jobs }, closed))
    }

    /// Runs `work` as one transaction, which is kept if and only if `work` succeeds.
    pub(crate) async fn run<T, W>(&self, work: W) -> Result<T, ApiError>
    where
        T: Send + 'static,
        W: FnOnce(&Transaction<'_>) -> Result<T, DbError> + Send + 'static,
    {
        let (answer, outcome) = oneshot::channel();
        let job = move |connection: &mut Connection| {
            // A caller that went away does not undo what it asked for.
            let _ = answer.send(in_transaction(connection, work));
        };
        self.jobs.send(Box::new(job)).map_err(internal)?;
        Ok(outcome.await.map_err(internal)??)
    }
}

/// What a transaction fails with: the database's own failure, or a refusal that undoes it.
pub(crate) enum DbError {
    Sqlite(rusqlite::Error),
    Refused(ApiError),
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<ApiError> for DbError {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Sqlite(error) => internal(error),
            DbError::Refused(error) => error,
        }
    }
}

fn in_transaction<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, DbError>,
) -> Result<T, DbError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

fn set_up(connection: Connection) -> rusqlite::Result<Connection> {
    // WAL is refused in memory and by some file systems; SQLite then answers with what it has instead.
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.execute_batch(SCHEMA)?;
    Ok(connection)
}

/// Times are milliseconds since 1970 by the client's clock. Secrets are present as SHA-256 only.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS secrets (
        name TEXT PRIMARY KEY,
        value BLOB NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS users (
        id TEXT PRIMARY KEY,
        email TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        password TEXT NOT NULL -- PHC string
    ) STRICT;
    CREATE TABLE IF NOT EXISTS sessions (
        hash BLOB PRIMARY KEY,
        client TEXT NOT NULL,
        user_id TEXT NOT NULL REFERENCES users,
        created_at INTEGER NOT NULL,
        seen_at INTEGER NOT NULL,
        csrf_nonce BLOB NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS sessions_of_client ON sessions (client);
    CREATE TABLE IF NOT EXISTS families (
        id TEXT PRIMARY KEY,
        client TEXT NOT NULL,
        mode TEXT NOT NULL,
        user_id TEXT NOT NULL REFERENCES users,
        csrf_nonce BLOB NOT NULL,
        ends_at INTEGER NOT NULL,
        revoked INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX IF NOT EXISTS families_of_client ON families (client);
    CREATE TABLE IF NOT EXISTS refresh_tokens (
        hash BLOB PRIMARY KEY,
        family TEXT NOT NULL REFERENCES families ON DELETE CASCADE,
        expires_at INTEGER NOT NULL,
        rotated_at INTEGER,
        sealed_answer BLOB
    ) STRICT;
    CREATE INDEX IF NOT EXISTS refresh_tokens_of_family ON refresh_tokens (family);
    CREATE TABLE IF NOT EXISTS opaque_tokens (
        hash BLOB PRIMARY KEY,
        family TEXT NOT NULL REFERENCES families ON DELETE CASCADE,
        expires_at INTEGER
    ) STRICT;
    CREATE INDEX IF NOT EXISTS opaque_tokens_of_family ON opaque_tokens (family);
    CREATE TABLE IF NOT EXISTS orders (
        id INTEGER PRIMARY KEY,
        client TEXT NOT NULL,
        user_id TEXT NOT NULL REFERENCES users,
        item TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS orders_of_user ON orders (client, user_id);
";

/// The secret of this name, made at its first use. It outlives the process, so that a restart breaks no page.
pub(crate) fn lasting_secret(tx: &Transaction<'_>, name: &str) -> Result<Vec<u8>, DbError> {
    let known = tx
        .query_row("SELECT value FROM secrets WHERE name = ?1", [name], |row| {
            row.get(0)
        })
        .optional()?;
    if let Some(secret) = known {
        return Ok(secret);
    }
    let secret = crate::secret::random_bytes()?.to_vec();
    tx.execute(
        "INSERT INTO secrets (name, value) VALUES (?1, ?2)",
        (name, &secret),
    )?;
    Ok(secret)
}
