//! The fields that a code and a node have in common: name, gate and rights.

use sync_protocol::{
    id::{EventId, GateId},
    rights::Rights,
};

use super::super::door::Here;
use crate::store::{self, StoreError};

/// Name and words of a right.
const RIGHTS: [(&str, &str, &str); 7] = [
    (
        "exchange",
        "Exchange tickets for wristbands",
        "Menukar tiket dengan gelang",
    ),
    ("entry", "Let in", "Memasukkan tamu"),
    ("exit", "Let out", "Mengeluarkan tamu"),
    (
        "unpair",
        "Take wristbands off tickets",
        "Melepas gelang dari tiket",
    ),
    ("search", "Search by name", "Mencari nama"),
    (
        "override",
        "Supervisor may decide",
        "Pengawas boleh memutuskan",
    ),
    (
        "undo",
        "Supervisor may take scans back",
        "Pengawas boleh membatalkan pindaian",
    ),
];

/// What somebody chose, or what stands.
#[derive(Clone)]
pub(super) struct Fields {
    pub(super) name: String,
    /// Id, name, and whether it is chosen.
    pub(super) gates: Vec<(String, String, bool)>,
    /// Name, words, and whether it is chosen.
    pub(super) rights: Vec<(&'static str, &'static str, bool)>,
}

impl Fields {
    pub(super) async fn load(
        here: &Here,
        event: EventId,
        name: &str,
        gate: Option<GateId>,
        rights: Rights,
    ) -> Result<Self, StoreError> {
        let mut tx = here.app().store.read().await?;
        let gates = store::gate::of_event(&mut tx, event).await?;
        let chosen = rights.names();
        let language = here.door.visitor.language;
        Ok(Self {
            name: name.to_owned(),
            gates: gates
                .into_iter()
                .map(|one| (one.id.to_string(), one.name, gate == Some(one.id)))
                .collect(),
            rights: RIGHTS
                .iter()
                .map(|(name, english, indonesian)| {
                    let words = match language {
                        documents::Language::English => *english,
                        documents::Language::Indonesian => *indonesian,
                    };
                    (*name, words, chosen.contains(name))
                })
                .collect(),
        })
    }
}

/// The gate that a form names; `None` = none that can be.
pub(super) fn gate(here: &Here) -> Option<GateId> {
    here.form().text("gate").parse().ok()
}

/// The rights that a form names; every box checked is everything, also what is added later. `None` = no box.
pub(super) fn rights(here: &Here) -> Option<Rights> {
    let names: Vec<&str> = here.form().all("may").collect();
    if RIGHTS.iter().all(|(name, ..)| names.contains(name)) {
        return Some(Rights::ALL);
    }
    let rights = Rights::parse(&names.join(",")).ok();
    rights.filter(|rights| !rights.names().is_empty())
}

/// What is said where no box is checked.
pub(super) fn no_right(here: &Here) -> String {
    here.say(
        "Choose at least one thing that the node may do.",
        "Pilih paling sedikit satu hal yang boleh dilakukan perangkat.",
    )
    .to_owned()
}
