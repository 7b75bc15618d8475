//! Backups: a folder with the whole database of one moment, made while central works, and put back.
//!
//! Invariants: a folder that has its name is a whole backup, made durable before it got it; what is in it is readable by
//! its owner alone; what is sealed stays sealed, and the master key is never in it. Nothing is put back before every
//! file was found as the manifest says, the schema is one that this program knows, and the master key is the one that it
//! was made with. A database that was used is replaced only where that is asked for, and never under a running central.

mod file;
mod manifest;
mod rows;

use std::path::{Path, PathBuf};

use sync_protocol::time::Timestamp;

pub use self::manifest::Manifest;
use self::{
    manifest::{Engine, Kept},
    rows::{RowsIn, RowsOut},
};
use super::vault::Vault;
use crate::store::{
    self, Store, StoreError,
    backup::{mysql, plan, sqlite},
};

/// The database of a SQLite backup, and the rows of one of MySQL or MariaDB.
const DATABASE: &str = "central.db";
const ROWS: &str = "central.rows.zst";
const MANIFEST: &str = "manifest.json";
/// The row that shows whether a master key is the right one.
const CHECK: &str = "vault_check";

/// Why there is no backup, or it is not put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Something has that name.
    #[error("{0} is there already: name a folder that is not")]
    Exists(PathBuf),
    /// No manifest.
    #[error("{0} is no backup: name a folder that `central backup` made")]
    NoBackup(PathBuf),
    /// It is not as the manifest says.
    #[error("the backup is damaged ({0}): take another one")]
    Damaged(String),
    /// Made with another master key.
    #[error(
        "the backup was made with another master key: set MASTER_KEY or MASTER_KEY_FILE to that of the central it is from"
    )]
    OtherKey,
    /// Of the other kind of database.
    #[error(
        "the backup is of {0}, and DATABASE_URL names another kind of database: set it to one of {0}"
    )]
    OtherEngine(&'static str),
    /// Made by a newer program, or of its database.
    #[error("the schema {0} is newer than this program: update this program")]
    Newer(i64),
    /// The target is not empty.
    #[error("the database is in use by an installation: say --over to replace all of it")]
    NotEmpty,
    /// A central runs on the target.
    #[error("a program has the database open: stop every central that uses it, and try again")]
    InUse,
    /// The disk.
    #[error("{0}: {1}")]
    Disk(PathBuf, std::io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a backup of a database in a new folder.
///
/// # Errors
/// See [`BackupError`]; the folder is not there then.
pub async fn take(url: &str, folder: &Path, now: Timestamp) -> Result<Manifest, BackupError> {
    if folder.exists() {
        return Err(BackupError::Exists(folder.to_owned()));
    }
    let beside = file::beside(folder);
    file::make_folder(&beside)?;
    let taken = fill(url, &beside, now).await;
    let named = taken.and_then(|manifest| {
        file::name(&beside, folder)?;
        Ok(manifest)
    });
    if named.is_err() {
        // What is left of it would only take room.
        let _ = std::fs::remove_dir_all(&beside);
    }
    named
}

async fn fill(url: &str, folder: &Path, now: Timestamp) -> Result<Manifest, BackupError> {
    let store = Store::open_as_it_is(url).await?;
    let schema = store::backup::schema(&store).await?;
    let schema = schema.ok_or_else(|| {
        let said = "the database is empty: there is nothing to back up";
        StoreError::Unfit(said.to_owned())
    })?;
    let mut tx = store.read().await?;
    let check = store::setting::get(&mut tx, CHECK).await?;
    drop(tx);
    let (engine, name) = match &store {
        Store::Sqlite { reader, .. } => {
            let path = folder.join(DATABASE);
            file::create(&path)?;
            sqlite::copy_into(reader, &path).await?;
            if let Some(fault) = sqlite::fault(&path).await? {
                return Err(BackupError::Damaged(fault));
            }
            file::make_durable(&path)?;
            (Engine::Sqlite, DATABASE)
        }
        Store::MySql { reader, .. } => {
            if schema > store::newest_schema() {
                return Err(BackupError::Newer(schema));
            }
            let own = plan::tables(schema).await?;
            let mut rows = RowsOut::begin(&folder.join(ROWS))?;
            mysql::read_all(reader, &own, &mut rows).await?;
            rows.finish()?;
            (Engine::MySql, ROWS)
        }
    };
    store.close().await;
    let manifest = Manifest {
        format: manifest::FORMAT,
        engine,
        schema,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        taken_at: now.0,
        vault_check: check.map(|sealed| data_encoding::HEXLOWER.encode(&sealed)),
        files: vec![Kept::of(folder, name)?],
    };
    file::write(&folder.join(MANIFEST), &manifest.text())?;
    Ok(manifest)
}

/// Looks at a backup without putting it back.
///
/// # Errors
/// What is wrong with it.
pub fn look(folder: &Path, vault: &Vault) -> Result<Manifest, BackupError> {
    let text = std::fs::read(folder.join(MANIFEST));
    let text = text.map_err(|_| BackupError::NoBackup(folder.to_owned()))?;
    let manifest = Manifest::read(&text)?;
    if manifest.schema > store::newest_schema() {
        return Err(BackupError::Newer(manifest.schema));
    }
    if let Some(sealed) = manifest.sealed_check()? {
        let opened = vault.open(CHECK, &sealed);
        opened.map_err(|_| BackupError::OtherKey)?;
    }
    for kept in &manifest.files {
        kept.check(folder)?;
    }
    Ok(manifest)
}

/// Puts a backup in the place of a database, and brings that up to this program's schema.
///
/// # Errors
/// See [`BackupError`]. Before anything is replaced all is looked at; a SQLite database that was replaced stays beside
/// the new one under another name.
pub async fn restore(
    url: &str,
    folder: &Path,
    vault: &Vault,
    may_replace: bool,
) -> Result<Manifest, BackupError> {
    let manifest = look(folder, vault)?;
    match (manifest.engine, url.strip_prefix("sqlite:")) {
        (Engine::Sqlite, Some(path)) => {
            let path = Path::new(path.trim_start_matches("//"));
            restore_file(url, path, folder, may_replace).await?;
        }
        (Engine::MySql, None) => restore_rows(url, folder, &manifest, may_replace).await?,
        (engine, _) => return Err(BackupError::OtherEngine(engine.words())),
    }
    Store::open(url).await?.close().await;
    Ok(manifest)
}

async fn restore_file(
    url: &str,
    target: &Path,
    folder: &Path,
    may_replace: bool,
) -> Result<(), BackupError> {
    let fresh = file::with_end(target, "restoring");
    let put = async {
        file::copy(&folder.join(DATABASE), &fresh)?;
        if target.exists() {
            may_be_replaced(url, target, may_replace).await?;
        }
        put_aside(target)?;
        file::name(&fresh, target)
    };
    let put = put.await;
    if put.is_err() {
        // What is left of it would only take room.
        let _ = std::fs::remove_file(&fresh);
    }
    put
}

/// Looks at a database that is to be replaced, and folds it into one file. One that cannot be read any more is why there
/// are backups: it stays as it is.
async fn may_be_replaced(url: &str, target: &Path, may_replace: bool) -> Result<(), BackupError> {
    let looked = async {
        if is_used(url).await? && !may_replace {
            return Err(BackupError::NotEmpty);
        }
        sqlite::fold(target).await.map_err(BackupError::from)
    };
    match looked.await {
        Err(BackupError::Store(StoreError::TryAgain(_))) => Err(BackupError::InUse),
        Err(BackupError::Store(error)) if may_replace => {
            tracing::warn!(%error, "the database that is replaced cannot be read");
            Ok(())
        }
        looked => looked,
    }
}

/// Gives a database another name, and what belongs to it first: beside the new one it would be taken for its own.
fn put_aside(target: &Path) -> Result<(), BackupError> {
    let aside = file::free_name(target);
    for end in ["-wal", "-shm", ""] {
        let from = file::with_end(target, end);
        if from.exists() {
            file::name(&from, &file::with_end(&aside, end))?;
        }
    }
    Ok(())
}

async fn is_used(url: &str) -> Result<bool, StoreError> {
    let store = Store::open_as_it_is(url).await?;
    let is_used = store::backup::is_used(&store).await;
    store.close().await;
    is_used
}

async fn restore_rows(
    url: &str,
    folder: &Path,
    manifest: &Manifest,
    may_replace: bool,
) -> Result<(), BackupError> {
    let own = plan::tables(manifest.schema).await?;
    // To its end, before anything is dropped: of rows that do not fit nothing would be left.
    RowsIn::open(&folder.join(ROWS))?.check(&own)?;
    if mysql::is_in_use(url).await? {
        return Err(BackupError::InUse);
    }
    let store = Store::open_as_it_is(url).await?;
    let Store::MySql { writer, .. } = &store else {
        return Err(BackupError::OtherEngine(manifest.engine.words()));
    };
    let found = store::backup::schema(&store).await?;
    let mut known = plan::tables(store::newest_schema()).await?;
    if let Some(found) = found {
        // With those that later migrations dropped.
        known.extend(plan::tables(found).await?);
    }
    let is_used = match found {
        Some(_) => store::backup::is_used(&store).await?,
        // Tables of these names without a list of migrations are another program's.
        None => mysql::has_any(writer, &known).await?,
    };
    if is_used && !may_replace {
        return Err(BackupError::NotEmpty);
    }
    let is_known = found.is_none_or(|found| found <= store::newest_schema());
    mysql::clear(writer, is_known.then_some(known.as_slice())).await?;
    store.migrate_to(manifest.schema).await?;
    let mut load = mysql::Load::begin(writer, own).await?;
    RowsIn::open(&folder.join(ROWS))?
        .load_into(&mut load)
        .await?;
    load.finish().await?;
    store.close().await;
    Ok(())
}
