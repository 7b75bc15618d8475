//! The log from its first record on: does it hold together, and is it the one that central acknowledged?

use sync_protocol::scan::Head;

use super::{
    Check,
    said::{Said, Words, said},
};
use crate::log::{
    Log,
    contact::Contact,
    walk::{Walked, walk},
};

const ADVICE: Words = (
    "do not open this gate: export what there is (`edge-node export --all`), and enrol a new node",
    "jangan buka gerbang ini: simpan yang ada (`edge-node export --all`), lalu daftarkan node baru",
);

/// Follows the chain.
#[must_use]
pub fn chain(log: &Log, contact: &Contact, progress: &mut dyn FnMut(u64, u64)) -> Check {
    let marked = contact.receipt.map(|receipt| receipt.head);
    match walk(log, marked.map(|head| head.seq), progress) {
        Ok(walked) => judge(&walked, contact.acknowledged, marked),
        Err(error) => Check::failed("log", &error),
    }
}

fn judge(walked: &Walked, acknowledged: u64, receipt: Option<Head>) -> Check {
    let Walked {
        records,
        fault,
        marked,
    } = walked;
    if let Some(fault) = fault {
        let found = said!("{fault}", "catatan tidak utuh: {fault}");
        return Check::no_go("log", found, ADVICE);
    }
    if acknowledged > *records {
        let found = said!(
            "the log ends at record {records}, but central has {acknowledged} records of it",
            "catatan berakhir di nomor {records}, padahal pusat punya {acknowledged}"
        );
        return Check::no_go("log", found, ADVICE);
    }
    if let Some(head) = receipt
        && head.seq > 0
        && *marked != Some(head.hash)
    {
        let seq = head.seq;
        let found = said!(
            "record {seq} is not the one for which central gave its receipt",
            "catatan {seq} bukan yang diberi tanda terima oleh pusat"
        );
        return Check::no_go("log", found, ADVICE);
    }
    Check::ok("log", whole(*records, receipt.map(|head| head.seq)))
}

fn whole(records: u64, proven: Option<u64>) -> Said {
    match proven {
        None => said!(
            "{records} records hold together from the first on",
            "{records} catatan utuh dari yang pertama"
        ),
        Some(proven) => said!(
            "{records} records hold together from the first on, central's receipt proves {proven}",
            "{records} catatan utuh dari yang pertama, {proven} terbukti oleh tanda terima pusat"
        ),
    }
}

#[cfg(test)]
mod tests {
    use sync_protocol::{digest::Digest, id::NodeId, scan::ChainFault};

    use super::*;
    use crate::{doctor::Level, log::walk::RowFault};

    fn walked(records: u64, fault: Option<RowFault>, marked: Option<u8>) -> Walked {
        Walked {
            records,
            fault,
            marked: marked.map(|byte| Digest([byte; 32])),
        }
    }

    #[test]
    fn case_25_what_was_edited_cut_off_or_rewritten_is_a_no_go() {
        let receipt = |seq| {
            Some(Head {
                node: NodeId::from_u128(1),
                seq,
                hash: Digest([7; 32]),
            })
        };
        let broken = Some(RowFault::Chain(ChainFault::Broken(3)));
        for (walked, acknowledged, receipt, level, says) in [
            (walked(0, None, None), 0, None, Level::Ok, "0 records"),
            (walked(9, None, None), 9, None, Level::Ok, "9 records"),
            (
                walked(9, None, Some(7)),
                9,
                receipt(8),
                Level::Ok,
                "receipt proves 8",
            ),
            (walked(2, broken, None), 0, None, Level::NoGo, "record 3"),
            (
                walked(4, Some(RowFault::Columns(5)), None),
                0,
                None,
                Level::NoGo,
                "record 5",
            ),
            (
                walked(7, None, None),
                9,
                None,
                Level::NoGo,
                "ends at record 7",
            ),
            (
                walked(9, None, Some(8)),
                9,
                receipt(8),
                Level::NoGo,
                "record 8",
            ),
        ] {
            let check = judge(&walked, acknowledged, receipt);
            assert_eq!(check.level, level, "{check:?}");
            assert!(check.found.to_string().contains(says), "{check:?}");
        }
    }
}
