//! How the gate stands, as the panel tells it: the node's status, and the counts that cost more than a glance, which are
//! kept from one glance to the next.

use std::sync::{Mutex, PoisonError};

use super::{crew::Crew, panel::MOST_RECENT, place_time::Zone};
use crate::{
    error::NodeError, glance::Glance, inside::InsideStatus, node::Node, status::Status,
    tally::Tally,
};

/// Counting who is inside reads every passage, so it rests for so many times what it took: at a small event it is never
/// behind the last scan.
const REST: i64 = 20;

/// All of it.
pub(super) struct Standing {
    pub status: Status,
    pub zone: Zone,
    pub inside: Option<InsideStatus>,
    pub tally: Tally,
    /// Names of ticket types.
    pub types: Vec<(u16, String)>,
    /// The last scans.
    pub last: Vec<Glance>,
}

/// What is kept from one glance to the next.
#[derive(Default)]
pub(super) struct Kept(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    tally: Tally,
    inside: Option<InsideStatus>,
    not_before_ms: i64,
}

impl Kept {
    /// How the gate stands now.
    pub(super) fn standing(&self, node: &Node) -> Result<Standing, NodeError> {
        let config = node.config()?;
        let zone = Zone::named(config.as_ref().map_or("", |config| &config.time_zone));
        let types = config.map_or_else(Vec::new, |config| config.types);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        node.tally(&mut counts.tally)?;
        counts.count_inside(node)?;
        Ok(Standing {
            status: node.status()?,
            zone,
            inside: counts.inside.clone(),
            tally: counts.tally.clone(),
            last: node.last_scans(MOST_RECENT)?,
            types: types
                .into_iter()
                .map(|kind| (kind.number, kind.name))
                .collect(),
        })
    }
}

impl Counts {
    fn count_inside(&mut self, node: &Node) -> Result<(), NodeError> {
        let began_ms = node.clock().reading().mono_ms;
        if began_ms < self.not_before_ms {
            return Ok(());
        }
        self.inside = Some(node.inside()?);
        let ended_ms = node.clock().reading().mono_ms;
        self.not_before_ms = ended_ms + (ended_ms - began_ms).saturating_mul(REST);
        Ok(())
    }
}

/// What may be done at a page: shown in its menu.
pub(super) fn links(
    crew: &Crew,
    tools: &super::tool_words::ToolWords,
    can_search: bool,
) -> Vec<(&'static str, &'static str)> {
    let mut links = vec![("/ready", tools.before_doors)];
    if can_search && crew.rights().allow_search() {
        links.push(("/find", tools.find));
    }
    if crew.is_needed {
        links.push(("/decide", tools.decide));
    }
    links
}
