//! What others hear of a round once it is durable: the counters, and gates that wait for news.

use super::{App, prepare::Prepared, upload::Stored};
use crate::counter;

impl App {
    pub(super) fn tell(&self, prepared: &Prepared, stored: &Stored) {
        if !prepared.fresh.is_empty() {
            self.waits.changed(prepared.node.event);
        }
        counter::round(prepared.fresh.len(), stored.redecided);
        for link in &prepared.fresh {
            if let Err(why) = &link.content {
                counter::parked(why.code(), 1);
            }
        }
    }
}
