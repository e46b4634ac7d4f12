//! A node's own database: SQLite on a thread of its own, which runs one transaction after the other.

use std::path::Path;
use std::sync::mpsc;

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use crate::backend::error::{StoreError, Stored};

/// Comes when the database is closed.
pub(crate) type Closed = oneshot::Receiver<()>;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The way to the database thread. The thread ends with the last clone.
#[derive(Clone)]
pub(crate) struct Db {
    jobs: mpsc::Sender<Job>,
}

impl Db {
    /// Opens `path`, or a database in memory.
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
    pub(crate) async fn run<T, W>(&self, work: W) -> Stored<T>
    where
        T: Send + 'static,
        W: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        self.transaction(TransactionBehavior::Immediate, work).await
    }

    /// The same for what only reads: it waits for no other process that writes to the file.
    pub(crate) async fn read<T, W>(&self, work: W) -> Stored<T>
    where
        T: Send + 'static,
        W: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        self.transaction(TransactionBehavior::Deferred, work).await
    }

    async fn transaction<T, W>(&self, behavior: TransactionBehavior, work: W) -> Stored<T>
    where
        T: Send + 'static,
        W: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        let (answer, outcome) = oneshot::channel();
        let job = move |connection: &mut Connection| {
            // A caller that went away does not undo what it asked for.
            let _ = answer.send(in_transaction(connection, behavior, work));
        };
        self.jobs.send(Box::new(job)).map_err(broken)?;
        Ok(outcome.await.map_err(broken)??)
    }
}

fn broken(cause: impl std::fmt::Display) -> StoreError {
    StoreError::Broken(cause.to_string())
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            // Another process holds the file for longer than we wait.
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Broken(error.to_string()),
        }
    }
}

fn in_transaction<T>(
    connection: &mut Connection,
    behavior: TransactionBehavior,
    work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let transaction = connection.transaction_with_behavior(behavior)?;
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

fn set_up(connection: Connection) -> rusqlite::Result<Connection> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    // WAL is refused in memory and by some file systems; SQLite then answers with what it has instead.
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}
