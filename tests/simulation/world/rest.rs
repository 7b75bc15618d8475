//! Rest: everything is mended, everybody meets, and what must hold in the end is looked at.

use std::collections::BTreeSet;

use central::domain::node::NodeStatus;
use uuid::Uuid;

use super::{
    World,
    broken::{Held, broken, demand},
    checks::{self, Row, Seen},
    device::Device,
};

/// After so many rounds in which each device meets central nothing may be new.
const MOST_MEETINGS: u32 = 12;
const HOUR: i64 = 3_600_000;
/// A device that pages by two rows is through after so many rounds.
const MOST_ROUNDS: u32 = 200;

impl World {
    /// Everybody meets, and everything is looked at.
    pub async fn rest(&mut self) -> Held {
        self.mend().await?;
        self.settle_money().await?;
        self.meet().await?;
        let rows = checks::rows(&self.hall).await;
        let (revision, tickets) = self.hall.tickets().await;
        let seen = Seen {
            tickets,
            rows: rows.clone(),
        };
        checks::sales::hold(&self.hall).await?;
        if !self.hall.was_put_back {
            checks::sales::books_agree(&self.hall).await?;
        }
        checks::logs::every_record_arrived_once(&self.devices, &rows, &self.hall).await?;
        checks::conflicts::the_manager_sees_every_double(&self.hall, &rows).await?;
        checks::logs::every_fork_is_found(&self.devices, &self.hall).await?;
        let silenced = self.silenced().await;
        let works = |device: &&Device| {
            let contact = device.node().contact().expect("the log can be read");
            !contact.is_copy && !silenced.contains(&device.id.0)
        };
        for device in self.devices.iter().filter(works) {
            checks::replicas::a_replica_equals_central(device, &seen, revision)?;
            checks::replicas::wristbands_equal_centrals(device, &self.hall).await?;
            checks::conflicts::both_gates_know_every_double(device, &rows)?;
        }
        self.logs_hold().await?;
        super::retell::in_another_order(self, &rows).await?;
        self.tell(&rows);
        Ok(())
    }

    async fn mend(&mut self) -> Held {
        while !self.flights.is_empty() {
            self.lose(0).await?;
        }
        self.echoes.clear();
        self.hall.till.set_down(false);
        self.free();
        for at in 0..self.devices.len() {
            self.devices[at].is_cut = false;
            if self.devices[at].node.is_none() {
                self.wake(at)?;
            }
        }
        Ok(())
    }

    /// Central's worker and the desk go on until no money is on its way. Second payments whose notices were lost are told
    /// once more: the provider does so, and only it knows of them.
    async fn settle_money(&mut self) -> Held {
        for _ in 0..MOST_MEETINGS {
            self.market.tell_all_payments(&self.hall).await;
            if let Some(said) = self.end_disputes(true).await {
                self.trace.say(said);
            }
            // Longer than any pause between two tries.
            self.pass(2 * HOUR).await?;
            self.worker().await?;
            self.market.give_by_hand(&self.hall).await;
            if checks::sales::books_agree(&self.hall).await.is_ok() {
                break;
            }
        }
        self.after_sales().await
    }

    /// Rounds of all devices until nothing is new to anybody.
    async fn meet(&mut self) -> Held {
        for _ in 0..MOST_MEETINGS {
            let before = self.standing().await;
            for at in 0..self.devices.len() {
                self.talk(at).await?;
            }
            if self.standing().await == before {
                return Ok(());
            }
        }
        broken(
            "everybody comes to rest",
            format!("not after {MOST_MEETINGS} meetings"),
        )
    }

    /// Rounds of one device until it has nothing more to say or to hear.
    async fn talk(&mut self, at: usize) -> Held {
        for _ in 0..MOST_ROUNDS {
            self.quick_round(at).await?;
            if !self.devices[at].has_more {
                return Ok(());
            }
        }
        broken("a device comes to an end", self.devices[at].name.clone())
    }

    async fn standing(&self) -> (u64, Vec<u64>) {
        let (revision, _) = self.hall.tickets().await;
        let held = self.devices.iter().map(|device| {
            let status = device.node().status().expect("a status");
            status.replica.revision + (status.unsent << 32)
        });
        (revision, held.collect())
    }

    /// Nodes that have no replica any more: revoked, or found to contradict themselves.
    async fn silenced(&self) -> BTreeSet<Uuid> {
        let app = &self.hall.central.app;
        let nodes = app.nodes(None).await.expect("nodes");
        let gone = nodes
            .iter()
            .filter(|node| node.status != NodeStatus::Active);
        gone.map(|node| node.id.0).collect()
    }

    /// Central's own check of what it stored.
    async fn logs_hold(&self) -> Held {
        let app = &self.hall.central.app;
        for check in app.verify_logs().await.expect("logs") {
            demand(check.fault.is_none(), "stored logs hold together", || {
                format!("{check:?}")
            })?;
        }
        Ok(())
    }

    /// The end, for the trace.
    fn tell(&mut self, rows: &[Row]) {
        let ruled = |name| {
            rows.iter()
                .filter(|row| row.told.as_ref().is_some_and(|told| told.ruling == name))
                .count()
        };
        let undecidable = ruled("double_undecidable");
        self.doubles = (ruled("double") + undecidable, undecidable);
        for row in rows {
            let told = format!("{:?} {:?} {:?} {:?}", row.scan, row.time, row.told, row.day);
            self.trace.say(told);
        }
    }
}
