//! The app's own data, that the credentials are for. It lies in the node's own database.

use serde::Serialize;

use super::error::Stored;
use super::store::{Db, User};
use super::tenant::Tenant;

/// Orders that are kept per user.
const MAX_ORDERS: i64 = 100;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS orders (
        id INTEGER PRIMARY KEY,
        client TEXT NOT NULL,
        user_id TEXT NOT NULL,
        item TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS orders_of_user ON orders (client, user_id);
";

/// What a user has ordered.
#[derive(Serialize)]
pub(crate) struct Order {
    id: i64,
    item: String,
}

/// All orders.
pub(crate) struct Orders {
    db: Db,
}

impl Orders {
    pub(crate) async fn open(db: Db) -> Stored<Self> {
        db.run(|tx| tx.execute_batch(TABLES)).await?;
        Ok(Self { db })
    }

    pub(crate) async fn of(&self, tenant: &Tenant, user: &User) -> Stored<Vec<Order>> {
        let (client, user) = (tenant.name().to_owned(), user.id.clone());
        self.db
            .read(move |tx| {
                let mut query = tx.prepare_cached(
                    "SELECT id, item FROM orders WHERE client = ?1 AND user_id = ?2 ORDER BY id",
                )?;
                let orders = query.query_map((client, user), |row| {
                    Ok(Order {
                        id: row.get(0)?,
                        item: row.get(1)?,
                    })
                })?;
                orders.collect()
            })
            .await
    }

    pub(crate) async fn add(&self, tenant: &Tenant, user: &User, item: String) -> Stored<Order> {
        let (client, user) = (tenant.name().to_owned(), user.id.clone());
        self.db
            .run(move |tx| {
                let id = tx.query_row(
                    "INSERT INTO orders (client, user_id, item) VALUES (?1, ?2, ?3) RETURNING id",
                    (&client, &user, &item),
                    |row| row.get(0),
                )?;
                tx.execute(
                    "DELETE FROM orders WHERE client = ?1 AND user_id = ?2 AND id NOT IN (
                         SELECT id FROM orders WHERE client = ?1 AND user_id = ?2
                         ORDER BY id DESC LIMIT ?3)",
                    (&client, &user, MAX_ORDERS),
                )?;
                Ok(Order { id, item })
            })
            .await
    }

    pub(crate) async fn forget(&self, tenant: &Tenant) -> Stored<()> {
        let client = tenant.name().to_owned();
        let forget = "DELETE FROM orders WHERE client = ?1";
        self.db.run(move |tx| tx.execute(forget, [client])).await?;
        Ok(())
    }
}
