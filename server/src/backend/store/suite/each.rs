//! One test for each store.

/// Runs the tests of these names once for each store.
macro_rules! on_every_store {
    ($($name:ident),+ $(,)?) => {
        on_every_store!(memory Memory, $($name),+);
        on_every_store!(sqlite Sqlite, $($name),+);
        on_every_store!(redis Redis, $($name),+);
    };
    ($store:ident $kind:ident, $($name:ident),+) => {
        mod $store {
            use crate::backend::store::suite::pair::{Kind, Pair};

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(Pair::new(Kind::$kind).await).await;
            })+
        }
    };
}
