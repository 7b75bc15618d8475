//! Records of an upload without what their receiver computes: each holds the hash of the one before it, and a hash
//! does not compress, so without it an upload is a third as long.
//!
//! A record that holds that hash goes as its two ends, `[before, after]`; any other as one byte string. Joining gives
//! back the same bytes, whatever they are, so chain and signature are checked as if nothing had been left out.
//! Used by [`super::v1::SyncRequest`] alone.

use minicbor::{
    Decoder, Encoder,
    bytes::ByteVec,
    data::Type,
    decode::Error,
    encode::{Error as WriteError, Write},
};

use super::MAX_BODY;
use crate::scan::record_hash;

/// What a record costs its receiver besides its bytes, so that millions of empty ones are refused early.
const OVERHEAD: usize = 64;

pub(super) fn encode<C, W: Write>(
    records: &[ByteVec],
    e: &mut Encoder<W>,
    _: &mut C,
) -> Result<(), WriteError<W::Error>> {
    e.array(records.len() as u64)?;
    let mut before: Option<&ByteVec> = None;
    for record in records {
        match before.and_then(|before| ends(record, before)) {
            Some([head, tail]) => e.array(2)?.bytes(head)?.bytes(tail)?,
            None => e.bytes(record)?,
        };
        before = Some(record);
    }
    Ok(())
}

pub(super) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<Vec<ByteVec>, Error> {
    let count = d
        .array()?
        .ok_or(Error::message("records without a count"))?;
    let mut records: Vec<ByteVec> = Vec::new();
    let mut length = 0;
    for _ in 0..count {
        let record = record(d, records.last())?;
        length += record.len() + OVERHEAD;
        if length > MAX_BODY {
            return Err(Error::message("records too long").at(d.position()));
        }
        records.push(record);
    }
    Ok(records)
}

fn record(d: &mut Decoder<'_>, before: Option<&ByteVec>) -> Result<ByteVec, Error> {
    if d.datatype()? == Type::Bytes {
        return Ok(d.bytes()?.to_vec().into());
    }
    let before = before.ok_or(Error::message("nothing before the first record"))?;
    if d.array()? != Some(2) {
        return Err(Error::message("a record has two ends").at(d.position()));
    }
    let head = d.bytes()?;
    let hash = record_hash(before);
    Ok([head, hash.as_bytes(), d.bytes()?].concat().into())
}

/// What stands on either side of the hash of the record before.
fn ends<'r>(record: &'r [u8], before: &[u8]) -> Option<[&'r [u8]; 2]> {
    let hash = record_hash(before);
    let hash = hash.as_bytes();
    let at = record
        .windows(hash.len())
        .position(|window| window == hash)?;
    Some([&record[..at], &record[at + hash.len()..]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packed(records: &[ByteVec]) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(records, &mut Encoder::new(&mut bytes), &mut ()).expect("writing to memory");
        bytes
    }

    fn unpacked(bytes: &[u8]) -> Result<Vec<ByteVec>, Error> {
        decode(&mut Decoder::new(bytes), &mut ())
    }

    /// Each record holds the hash of the one before it, as a log's do, where `follows` says so.
    fn log(parts: &[(Vec<u8>, bool, Vec<u8>)]) -> Vec<ByteVec> {
        let mut records: Vec<ByteVec> = Vec::new();
        for (head, follows, tail) in parts {
            let hash = records.last().filter(|_| *follows).map(|r| record_hash(r));
            let hash = hash.as_ref().map_or(&[][..], |hash| hash.as_bytes());
            records.push([head, hash, tail].concat().into());
        }
        records
    }

    fn part() -> impl Strategy<Value = (Vec<u8>, bool, Vec<u8>)> {
        let bytes = || prop::collection::vec(any::<u8>(), 0..40);
        (bytes(), any::<bool>(), bytes())
    }

    proptest! {
        #[test]
        fn whatever_the_records_are_they_come_back(parts in prop::collection::vec(part(), 0..20)) {
            let records = log(&parts);
            prop_assert_eq!(unpacked(&packed(&records)).expect("our own"), records);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = unpacked(&bytes);
        }
    }

    #[test]
    fn a_chained_record_travels_without_its_hash() {
        let records = log(&vec![(vec![1; 50], true, vec![2; 50]); 100]);
        let plain: usize = records.iter().map(|record| record.len()).sum();
        assert!(packed(&records).len() < plain - 99 * 26);
    }

    #[test]
    fn senseless_ends_and_bombs_are_refused() {
        let nothing_before = [0x81, 0x82, 0x40, 0x40];
        let three_ends = [0x82, 0x40, 0x83, 0x40, 0x40, 0x40];
        let many = 1_000_000_u32;
        let mut bomb = [&[0x9a][..], &many.to_be_bytes()].concat();
        bomb.resize(bomb.len() + many as usize, 0x40);
        for bytes in [&nothing_before[..], &three_ends, &bomb, &[0x9f, 0xff]] {
            assert!(unpacked(bytes).is_err());
        }
    }
}
