//! Databases that central refuses to work on, each with a sentence that says what to do.
use central::store::{Store, StoreError};
use support::{
    central::{Engine, TestCentral},
    mariadb::MariaDb,
};

#[tokio::test]
async fn a_collation_that_mixes_texts_up_is_refused() {
    let url = MariaDb::shared()
        .await
        .create_database("utf8mb4_general_ci")
        .await
        .expect("a database");
    let refused = Store::open(&url).await.expect_err("another collation");
    assert!(matches!(refused, StoreError::Unfit(_)));
    assert!(refused.to_string().contains("utf8mb4_bin"), "{refused}");
}

#[tokio::test]
async fn a_database_from_a_newer_central_is_refused() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                     VALUES (9999, 'later', 1, 'x', 0)";
        let written = match &central.app.store {
            Store::Sqlite { writer, .. } => sqlx::query(newer).execute(writer).await.map(|_| ()),
            Store::MySql { writer, .. } => sqlx::query(newer).execute(writer).await.map(|_| ()),
        };
        written.expect("the mark of a newer program is written");
        let refused = Store::open(&central.database_url)
            .await
            .expect_err("a newer schema");
        assert!(matches!(refused, StoreError::Newer), "{refused:?}");
        assert!(
            refused.to_string().contains("update this program"),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn an_address_of_no_engine_is_refused() {
    let refused = Store::open("postgres://x")
        .await
        .expect_err("another engine");
    assert!(refused.to_string().contains("DATABASE_URL"), "{refused}");
}
