//! Rows in a file: packed, each as one CBOR array behind its length. `[0, table, column …]` begins a table, `[1, value …]`
//! is a row of it, `[2]` is the end, without which the file is not whole.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use minicbor::{Decoder, Encoder, data::Type};

use super::{BackupError, file};
use crate::store::backup::mysql::{Load, Sink, Table, Value};

/// No row is longer; a length beyond it is none of ours.
const LONGEST: u32 = 256 * 1024 * 1024;
const LEVEL: i32 = 3;

/// Rows on their way into a file.
pub(super) struct RowsOut {
    path: PathBuf,
    packer: zstd::stream::write::Encoder<'static, BufWriter<File>>,
}

impl RowsOut {
    pub(super) fn begin(path: &Path) -> Result<Self, BackupError> {
        let writer = BufWriter::new(file::create(path)?);
        let packer = zstd::stream::write::Encoder::new(writer, LEVEL);
        Ok(Self {
            path: path.to_owned(),
            packer: packer.map_err(file::disk(path))?,
        })
    }

    pub(super) fn finish(mut self) -> Result<(), BackupError> {
        let path = self.path.clone();
        let end = frame(2, |_| Ok(()), 0);
        self.put(&end).map_err(file::disk(&path))?;
        let writer = self.packer.finish().map_err(file::disk(&path))?;
        let file = writer.into_inner().map_err(|error| error.into_error());
        let file = file.map_err(file::disk(&path))?;
        file.sync_all().map_err(file::disk(&path))
    }

    fn put(&mut self, frame: &[u8]) -> std::io::Result<()> {
        let length = u32::try_from(frame.len()).map_err(std::io::Error::other)?;
        self.packer.write_all(&length.to_be_bytes())?;
        self.packer.write_all(frame)
    }
}

type Encoded = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

fn frame(
    kind: u8,
    fill: impl FnOnce(&mut Encoder<&mut Vec<u8>>) -> Encoded,
    values: usize,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes);
    // Writing into memory does not fail.
    let written = encoder
        .array(values as u64 + 1)
        .and_then(|encoder| encoder.u8(kind))
        .map(|_| ())
        .and_then(|()| fill(&mut encoder));
    debug_assert!(written.is_ok(), "memory takes a row");
    bytes
}

impl Sink for RowsOut {
    fn table(&mut self, table: &Table) -> std::io::Result<()> {
        let names = std::iter::once(&table.name).chain(&table.columns);
        let fill = |encoder: &mut Encoder<&mut Vec<u8>>| {
            for name in names {
                encoder.str(name)?;
            }
            Ok(())
        };
        let frame = frame(0, fill, table.columns.len() + 1);
        self.put(&frame)
    }

    fn row(&mut self, row: &[Value]) -> std::io::Result<()> {
        let fill = |encoder: &mut Encoder<&mut Vec<u8>>| {
            for value in row {
                match value {
                    Value::Null => encoder.null()?,
                    Value::Number(number) => encoder.i64(*number)?,
                    Value::Text(text) => encoder.str(text)?,
                    Value::Bytes(bytes) => encoder.bytes(bytes)?,
                };
            }
            Ok(())
        };
        let frame = frame(1, fill, row.len());
        self.put(&frame)
    }
}

/// Rows on their way back.
pub(super) struct RowsIn {
    path: PathBuf,
    unpacker: BufReader<zstd::stream::read::Decoder<'static, BufReader<File>>>,
}

/// What stands in a file.
enum Frame {
    Table(Table),
    Row(Vec<Value>),
    End,
}

impl RowsIn {
    pub(super) fn open(path: &Path) -> Result<Self, BackupError> {
        let file = File::open(path).map_err(file::disk(path))?;
        let unpacker = zstd::stream::read::Decoder::new(file).map_err(file::disk(path))?;
        Ok(Self {
            path: path.to_owned(),
            unpacker: BufReader::new(unpacker),
        })
    }

    /// Reads it to its end: it must have the tables of its schema, each once, and rows that fit.
    pub(super) fn check(mut self, own: &[Table]) -> Result<(), BackupError> {
        let (mut into, mut seen) = (None, BTreeSet::new());
        loop {
            match self.next()? {
                Frame::Table(table) => {
                    into = own.iter().find(|own| **own == table);
                    if into.is_none() || !seen.insert(table.name.clone()) {
                        return Err(misfit(&table.name));
                    }
                }
                Frame::Row(row) => match into {
                    Some(table) if table.columns.len() == row.len() => {}
                    Some(table) => return Err(misfit(&table.name)),
                    None => return Err(misfit("a row")),
                },
                Frame::End => {
                    let missing = own.iter().find(|own| !seen.contains(&own.name));
                    return missing.map_or(Ok(()), |table| Err(misfit(&table.name)));
                }
            }
        }
    }

    pub(super) async fn load_into(mut self, load: &mut Load) -> Result<(), BackupError> {
        loop {
            match self.next()? {
                Frame::Table(table) => load.table(&table).await?,
                Frame::Row(row) => load.row(row).await?,
                Frame::End => return Ok(()),
            }
        }
    }

    fn next(&mut self) -> Result<Frame, BackupError> {
        let mut length = [0; 4];
        let cut = |error| BackupError::Disk(self.path.clone(), error);
        self.unpacker.read_exact(&mut length).map_err(cut)?;
        let length = u32::from_be_bytes(length);
        if length > LONGEST {
            return Err(BackupError::Damaged("a row has no end".to_owned()));
        }
        let mut bytes = vec![0; length as usize];
        let cut = |error| BackupError::Disk(self.path.clone(), error);
        self.unpacker.read_exact(&mut bytes).map_err(cut)?;
        read(&bytes).map_err(|error| BackupError::Damaged(format!("a row cannot be read: {error}")))
    }
}

fn misfit(what: &str) -> BackupError {
    BackupError::Damaged(format!("{what} is not as its schema has it"))
}

fn read(bytes: &[u8]) -> Result<Frame, minicbor::decode::Error> {
    let mut decoder = Decoder::new(bytes);
    let values = decoder.array()?.unwrap_or(0).saturating_sub(1);
    match decoder.u8()? {
        0 => {
            let name = decoder.str()?.to_owned();
            let columns = (1..values).map(|_| decoder.str().map(str::to_owned));
            let columns = columns.collect::<Result<_, _>>()?;
            Ok(Frame::Table(Table { name, columns }))
        }
        1 => {
            let values = (0..values).map(|_| value(&mut decoder));
            Ok(Frame::Row(values.collect::<Result<_, _>>()?))
        }
        2 => Ok(Frame::End),
        _ => Err(minicbor::decode::Error::message("an unknown kind of row")),
    }
}

fn value(decoder: &mut Decoder<'_>) -> Result<Value, minicbor::decode::Error> {
    Ok(match decoder.datatype()? {
        Type::Null => {
            decoder.null()?;
            Value::Null
        }
        Type::String => Value::Text(decoder.str()?.to_owned()),
        Type::Bytes => Value::Bytes(decoder.bytes()?.to_vec()),
        _ => Value::Number(decoder.i64()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_comes_back() {
        let table = Table {
            name: "orders".into(),
            columns: vec!["id".into(), "note".into()],
        };
        let row = vec![
            Value::Bytes(vec![0, 255]),
            Value::Text("Siti; ünï\u{1F3B5}".into()),
            Value::Number(i64::MIN),
            Value::Number(i64::MAX),
            Value::Null,
        ];
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("rows");
        let mut out = RowsOut::begin(&path).expect("a file");
        out.table(&table).expect("written");
        out.row(&row).expect("written");
        out.finish().expect("whole");
        let mut back = RowsIn::open(&path).expect("a file");
        assert!(matches!(back.next(), Ok(Frame::Table(found)) if found == table));
        assert!(matches!(back.next(), Ok(Frame::Row(found)) if found == row));
        assert!(matches!(back.next(), Ok(Frame::End)));
        assert!(back.next().is_err(), "nothing follows");
    }
    #[test]
    fn rows_that_do_not_fit_the_schema_are_found_before_they_are_loaded() {
        let table = |name: &str, columns: &[&str]| Table {
            name: name.to_owned(),
            columns: columns.iter().map(|one| (*one).to_owned()).collect(),
        };
        let own = [table("a", &["id"]), table("b", &["id", "note"])];
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("rows");
        for (tables, values, is_whole, fits) in [
            (vec![own[0].clone(), own[1].clone()], 2, true, true),
            (vec![own[1].clone(), own[0].clone()], 1, true, true),
            (vec![own[0].clone(), own[1].clone()], 3, true, false),
            (vec![own[0].clone(), own[1].clone()], 2, false, false),
            (vec![own[1].clone()], 2, true, false),
            (
                vec![own[0].clone(), own[0].clone(), own[1].clone()],
                2,
                true,
                false,
            ),
            (
                vec![own[0].clone(), own[1].clone(), table("c", &["id"])],
                1,
                true,
                false,
            ),
            (
                vec![own[0].clone(), table("b", &["note", "id"])],
                2,
                true,
                false,
            ),
        ] {
            let mut out = RowsOut::begin(&path).expect("a file");
            for table in &tables {
                out.table(table).expect("written");
            }
            out.row(&vec![Value::Null; values]).expect("written");
            if is_whole {
                out.finish().expect("whole");
            } else {
                drop(out.packer.finish().expect("cut off"));
            }
            let found = RowsIn::open(&path).and_then(|rows| rows.check(&own));
            assert_eq!(found.is_ok(), fits, "{tables:?}, {values}: {found:?}");
        }
    }
}
