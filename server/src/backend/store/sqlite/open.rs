//! The store, and its tables.

use super::db::Db;

/// See [`crate::backend::store::Store`].
pub(crate) struct Sqlite {
    pub(super) db: Db,
}

impl Sqlite {
    pub(crate) async fn open(db: Db) -> std::io::Result<Self> {
        db.run(|tx| tx.execute_batch(include_str!("tables.sql")))
            .await
            .map_err(|error| std::io::Error::other(error.to_string()))?;
        Ok(Self { db })
    }
}
