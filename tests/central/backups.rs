//! Backups: taken while central sells, put back whole, and refused where they would do harm.
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use central::{
    app::{
        backup::{self, BackupError},
        vault::Vault,
    },
    store::Store,
};
use sqlx::AssertSqlSafe;
use support::{
    box_office::BoxOffice,
    central::{Engine, TestCentral},
    mariadb::MariaDb,
    program,
};
use sync_protocol::time::Timestamp;
use tempfile::TempDir;

const NOW: Timestamp = Timestamp(1_796_083_200_000);
const KEY: [u8; 32] = [7; 32];

async fn fresh(engine: Engine, folder: &Path) -> String {
    match engine {
        Engine::Sqlite => format!("sqlite:{}", folder.join("fresh/central.db").display()),
        Engine::MariaDb => MariaDb::shared().await.fresh_database().await,
    }
}

async fn number(store: &Store, sql: &str) -> i64 {
    let sql = AssertSqlSafe(sql.to_owned());
    match store {
        Store::Sqlite { reader, .. } => sqlx::query_scalar(sql).fetch_one(reader).await,
        Store::MySql { reader, .. } => sqlx::query_scalar(sql).fetch_one(reader).await,
    }
    .expect("a number")
}

/// What a database holds: rows of each of these tables.
async fn rows(store: &Store) -> Vec<(&'static str, i64)> {
    let mut rows = Vec::new();
    for table in [
        "events",
        "event_keys",
        "orders",
        "order_items",
        "order_attendees",
        "holds",
        "payments",
        "tickets",
        "settings",
        "permissions",
        "role_permissions",
        "audit_log",
        "outbox",
        "nodes",
        "scans",
    ] {
        rows.push((
            table,
            number(store, &format!("SELECT COUNT(*) FROM {table}")).await,
        ));
    }
    rows
}

async fn office(engine: Engine, folder: &TempDir) -> BoxOffice {
    let opened = match engine {
        Engine::Sqlite => BoxOffice::open(folder.path()).await,
        Engine::MariaDb => {
            let database = MariaDb::shared().await.fresh_database().await;
            BoxOffice::open_at(folder.path(), database).await
        }
    };
    opened.expect("a database")
}

/// Runs `central` with these words; its answer.
async fn tell(office: &BoxOffice, url: Option<&str>, words: &[&str], code: i32) -> String {
    let mut central = office.central().expect("it was built");
    if let Some(url) = url {
        central.env("DATABASE_URL", url);
    }
    central.args(words);
    let said = program::finish(central, &[code]).await;
    let said = said.unwrap_or_else(|error| panic!("{words:?}: {error}"));
    [said.stdout, said.stderr]
        .concat()
        .iter()
        .map(|byte| char::from(*byte))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_of_one_moment_and_comes_back_whole() {
    for engine in Engine::both() {
        let folder = TempDir::new().expect("a folder");
        let office = office(engine, &folder).await;
        // What the real program makes on its first start: the check of the master key.
        tell(&office, None, &["audit", "verify"], 0).await;
        office.sell(40).await.expect("sold");
        let before = number(&office.app.store, "SELECT COUNT(*) FROM tickets").await;
        let (app, event) = (office.app.clone(), office.event.clone());
        let selling = tokio::spawn(async move {
            loop {
                let kind = event.types[0].id;
                let sold = app.issue_tickets_in_bulk(event.event.id, kind, 8, &["Ayu Lestari"]);
                sold.await.expect("there is stock");
            }
        });
        let sells = async |more: i64| {
            while number(&office.app.store, "SELECT COUNT(*) FROM tickets").await < before + more {
                tokio::task::yield_now().await;
            }
        };
        sells(16).await;
        let copy = folder.path().join("copy");
        let path = copy.to_str().expect("a path").to_owned();
        let said = tell(&office, None, &["backup", &path], 0).await;
        assert!(said.contains("master key is not in it"), "{said}");
        let after = number(&office.app.store, "SELECT COUNT(*) FROM tickets").await;
        sells(after - before + 8).await;
        selling.abort();
        let url = fresh(engine, folder.path()).await;
        // It ends with the audit: every ruling, every count, every log.
        let said = tell(&office, Some(&url), &["restore", &path], 0).await;
        assert!(said.contains("tickets are as counted"), "{said}");
        let restored = Store::open(&url).await.expect("it opens");
        let tickets = number(&restored, "SELECT COUNT(*) FROM tickets").await;
        assert!(
            (before + 16..=after).contains(&tickets),
            "{engine:?}: {before} {tickets} {after}"
        );
        let torn = "SELECT COUNT(*) FROM orders o WHERE o.status = 'paid' AND NOT EXISTS \
            (SELECT 1 FROM tickets t WHERE t.order_id = o.id)";
        assert_eq!(
            number(&restored, torn).await,
            0,
            "{engine:?}: an order without its tickets"
        );
    }
}

#[tokio::test]
async fn everything_comes_back_and_nothing_else() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let tickets = central.sell(&event, 30).await;
        let mut north = central.enrol(&event, "Gate A", "north").await;
        north.sync(&central).await;
        north.admit(&central, tickets[0]);
        north.sync(&central).await;
        central.admin().await;
        let folder = TempDir::new().expect("a folder");
        let copy = folder.path().join("copy");
        let taken = backup::take(&central.database_url, &copy, NOW)
            .await
            .expect("taken");
        assert_eq!(taken.schema, central::store::newest_schema());
        for (name, mode) in [
            ("", 0o700),
            ("manifest.json", 0o600),
            (&taken.files[0].name, 0o600),
        ] {
            let found = fs::metadata(copy.join(name))
                .expect("there")
                .permissions()
                .mode();
            assert_eq!(found & 0o777, mode, "{name}");
        }
        let again = backup::take(&central.database_url, &copy, NOW).await;
        assert!(matches!(again, Err(BackupError::Exists(_))), "{again:?}");
        let url = fresh(engine, folder.path()).await;
        let vault = Vault::new(KEY);
        backup::restore(&url, &copy, &vault, false)
            .await
            .expect("restored");
        let restored = Store::open(&url).await.expect("it opens");
        assert_eq!(
            rows(&restored).await,
            rows(&central.app.store).await,
            "{engine:?}"
        );
        // Sealed is what was sealed, byte for byte, and names are letters as they were.
        for digest in [
            "SELECT COUNT(*) FROM tickets WHERE attendee_name = 'Ayu Lestari'",
            "SELECT CAST(SUM(LENGTH(sealed)) AS SIGNED) FROM tickets",
            "SELECT CAST(SUM(number % 1000003) AS SIGNED) FROM tickets",
            "SELECT CAST(SUM(LENGTH(record)) AS SIGNED) FROM scans",
        ] {
            let of = (
                number(&restored, digest).await,
                number(&central.app.store, digest).await,
            );
            assert_eq!(of.0, of.1, "{digest}");
        }
    }
}

#[tokio::test]
async fn a_database_in_use_is_replaced_only_when_asked_for_and_never_while_it_is_open() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        central.sell(&event, 4).await;
        let folder = TempDir::new().expect("a folder");
        let copy = folder.path().join("copy");
        let url = &central.database_url;
        backup::take(url, &copy, NOW).await.expect("taken");
        central.sell(&event, 4).await;
        let vault = Vault::new(KEY);
        let open = backup::restore(url, &copy, &vault, true).await;
        assert!(
            matches!(open, Err(BackupError::InUse)),
            "{engine:?}: {open:?}"
        );
        central.app.store.close().await;
        let used = backup::restore(url, &copy, &vault, false).await;
        assert!(
            matches!(used, Err(BackupError::NotEmpty)),
            "{engine:?}: {used:?}"
        );
        let store = Store::open(url).await.expect("as it was");
        assert_eq!(number(&store, "SELECT COUNT(*) FROM tickets").await, 8);
        store.close().await;
        backup::restore(url, &copy, &vault, true)
            .await
            .expect("replaced");
        let store = Store::open(url).await.expect("the copy");
        assert_eq!(number(&store, "SELECT COUNT(*) FROM tickets").await, 4);
        if engine == Engine::Sqlite {
            let path = url.trim_start_matches("sqlite:");
            let kept = format!("sqlite:{path}.replaced-1");
            let kept = Store::open_as_it_is(&kept)
                .await
                .expect("beside the new one");
            assert_eq!(number(&kept, "SELECT COUNT(*) FROM tickets").await, 8);
        }
    }
}

#[tokio::test]
async fn a_backup_that_is_not_what_it_was_is_refused_before_anything_is_touched() {
    for engine in Engine::both() {
        let folder = TempDir::new().expect("a folder");
        let office = office(engine, &folder).await;
        tell(&office, None, &["audit", "verify"], 0).await;
        let copy = folder.path().join("copy");
        let path = copy.to_str().expect("a path");
        tell(&office, None, &["backup", path], 0).await;
        let manifest = copy.join("manifest.json");
        let whole = fs::read_to_string(&manifest).expect("a manifest");
        let url = fresh(engine, folder.path()).await;
        let refused = async |said: &str| {
            let told = tell(&office, Some(&url), &["restore", path], 2).await;
            assert!(told.contains(said), "{said}: {told}");
        };
        fs::write(&manifest, whole.replace("\"schema\": ", "\"schema\": 9")).expect("written");
        refused("newer than this program").await;
        fs::write(
            &manifest,
            whole.replace("\"name\": \"", "\"name\": \"../../etc/"),
        )
        .expect("written");
        refused("is no file of a backup").await;
        fs::write(&manifest, &whole).expect("written");
        let other = backup::look(&copy, &Vault::new([8; 32]));
        assert!(matches!(other, Err(BackupError::OtherKey)), "{other:?}");
        let data = fs::read_dir(&copy)
            .expect("a folder")
            .flatten()
            .map(|entry| entry.path());
        let data = data
            .filter(|path| *path != manifest)
            .last()
            .expect("its data");
        let mut bytes = fs::read(&data).expect("bytes");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&data, &bytes).expect("written");
        refused("is not as it was made").await;
        let nowhere = folder.path().join("nowhere");
        let told = tell(
            &office,
            Some(&url),
            &["restore", nowhere.to_str().expect("a path")],
            2,
        )
        .await;
        assert!(told.contains("is no backup"), "{told}");
        if engine == Engine::Sqlite {
            assert!(
                !Path::new(url.trim_start_matches("sqlite:")).exists(),
                "nothing was made"
            );
        }
    }
}

#[tokio::test]
async fn a_backup_goes_back_to_its_own_kind_of_database() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let folder = TempDir::new().expect("a folder");
    let copy = folder.path().join("copy");
    backup::take(&central.database_url, &copy, NOW)
        .await
        .expect("taken");
    let url = fresh(Engine::MariaDb, folder.path()).await;
    let refused = backup::restore(&url, &copy, &Vault::new(KEY), false).await;
    assert!(
        matches!(refused, Err(BackupError::OtherEngine("SQLite"))),
        "{refused:?}"
    );
    let none = backup::take("sqlite:/nowhere/central.db", &folder.path().join("x"), NOW).await;
    assert!(
        none.is_err() && !folder.path().join("x.part").exists(),
        "{none:?}"
    );
}

#[tokio::test]
async fn a_backup_with_a_foreign_table_goes_back_and_a_bad_one_replaces_nothing() {
    let central = TestCentral::new(Engine::MariaDb).await;
    let event = central.festival().await;
    central.sell(&event, 4).await;
    // Another program's, with a kind of column that central has nowhere.
    for statement in [
        "CREATE TABLE `crm-visits` (id INT PRIMARY KEY, spent DECIMAL(10, 2))",
        "INSERT INTO `crm-visits` VALUES (1, 2.50)",
    ] {
        central.execute(statement).await;
    }
    let folder = TempDir::new().expect("a folder");
    let copy = folder.path().join("copy");
    let (url, vault) = (&central.database_url, Vault::new(KEY));
    backup::take(url, &copy, NOW).await.expect("taken");
    central.sell(&event, 4).await;
    central.app.store.close().await;
    let holds = async || {
        let store = Store::open(url).await.expect("a database");
        let tickets = number(&store, "SELECT COUNT(*) FROM tickets").await;
        let visits = number(&store, "SELECT COUNT(*) FROM `crm-visits`").await;
        store.close().await;
        (tickets, visits)
    };
    let manifest = copy.join("manifest.json");
    let whole = fs::read_to_string(&manifest).expect("a manifest");
    let newest = format!("\"schema\": {}", central::store::newest_schema());
    let other = whole.replace(&newest, "\"schema\": 11");
    assert_ne!(other, whole);
    fs::write(&manifest, other).expect("written");
    let bad = backup::restore(url, &copy, &vault, true).await;
    assert!(matches!(bad, Err(BackupError::Damaged(_))), "{bad:?}");
    assert_eq!(holds().await, (8, 1), "nothing is replaced");
    fs::write(&manifest, whole).expect("written");
    backup::restore(url, &copy, &vault, true)
        .await
        .expect("restored");
    assert_eq!(holds().await, (4, 1), "what is another's stays");
}

#[tokio::test]
async fn a_broken_database_is_replaced() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let event = central.festival().await;
    central.sell(&event, 4).await;
    let folder = TempDir::new().expect("a folder");
    let copy = folder.path().join("copy");
    let (url, vault) = (&central.database_url, Vault::new(KEY));
    backup::take(url, &copy, NOW).await.expect("taken");
    central.app.store.close().await;
    let path = url.trim_start_matches("sqlite:").to_owned();
    let broken = vec![b'x'; 64 * 1024];
    fs::write(&path, &broken).expect("broken");
    let asks = backup::restore(url, &copy, &vault, false).await;
    assert!(matches!(asks, Err(BackupError::Store(_))), "{asks:?}");
    assert!(
        !Path::new(&format!("{path}.restoring")).exists(),
        "nothing is left lying about"
    );
    assert_eq!(fs::read(&path).expect("there"), broken, "as it was");
    backup::restore(url, &copy, &vault, true)
        .await
        .expect("replaced");
    let store = Store::open(url).await.expect("the copy");
    assert_eq!(number(&store, "SELECT COUNT(*) FROM tickets").await, 4);
    let kept = fs::read(format!("{path}.replaced-1")).expect("beside the new one");
    assert_eq!(kept, broken, "for whoever may yet save something of it");
}
