//! The store, and its tables.

use rusqlite::Transaction;

use super::db::Db;

/// See [`crate::backend::store::Store`].
pub(crate) struct Sqlite {
    pub(super) db: Db,
}

impl Sqlite {
    pub(crate) async fn open(db: Db) -> std::io::Result<Self> {
        db.run(set_up)
            .await
            .map_err(|error| std::io::Error::other(error.to_string()))?;
        Ok(Self { db })
    }
}

fn set_up(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute_batch(include_str!("tables.sql"))?;
    // A file of before families had an end of their own: theirs is that of the token in force.
    let column =
        "SELECT EXISTS (SELECT 1 FROM pragma_table_info('families') WHERE name = 'must_end_at')";
    if !tx.query_row(column, [], |row| row.get(0))? {
        tx.execute_batch(
            "ALTER TABLE families ADD COLUMN must_end_at INTEGER NOT NULL DEFAULT 0;
             UPDATE families SET must_end_at = ends_at;",
        )?;
    }
    Ok(())
}
