//! What happens to few events, and at most once: a copied disk, a revoked node, a central that goes down.

use central::app::trail::Actor;

use super::{
    World,
    broken::{Broken, Held},
};

/// Whether nodes send again what a restored central lost.
const RESTORES: bool = true;
/// A disk is full for so many steps.
const FULL_STEPS: u32 = 25;

impl World {
    /// What the plan has for this step.
    pub async fn rare_event(&mut self, step: u32) -> Held {
        let rare = self.plan.rare;
        let is_due = |at: Option<u32>| at == Some(step);
        let (fork, revoke, crash) = (
            is_due(rare.fork),
            is_due(rare.revoke),
            is_due(rare.central_crash),
        );
        if fork {
            self.fork();
        }
        match rare.full_disk {
            Some(at) if at == step => self.fill(),
            Some(at) if at + FULL_STEPS == step => self.free(),
            _ => {}
        }
        if revoke {
            self.revoke().await;
        }
        if crash {
            self.central_crash().await?;
        }
        if is_due(rare.cancel) {
            self.call_off().await?;
        }
        match rare.restore {
            Some((copy, _)) if copy == step => self.backup = Some(self.hall.image()),
            Some((_, back)) if back == step => self.central_restore().await?,
            _ => {}
        }
        Ok(())
    }

    /// Central's database is replaced by the older copy of it. What was sold since is lost, and people hold tickets that
    /// central does not know; what gates sent since must come again.
    async fn central_restore(&mut self) -> Held {
        let Some(backup) = self.backup.take().filter(|_| RESTORES) else {
            return Ok(());
        };
        while !self.flights.is_empty() {
            self.lose(0).await?;
        }
        self.echoes.clear();
        self.hall.crash(&backup).await;
        self.hall.was_put_back = true;
        self.market.forget_lost_orders(&self.hall).await;
        self.trace
            .say("central's database is an older copy".to_owned());
        self.look_at_central().await
    }

    /// The event will not take place; its refunds begin at the worker's next turns. One that was called off before its
    /// database went back is called off again, or not at all.
    async fn call_off(&mut self) -> Held {
        let (app, event) = (&self.hall.central.app, self.hall.event.event.id);
        let organiser = Actor::Staff("the organiser".to_owned());
        let cancelled = app.cancel_event(event, &organiser).await;
        cancelled.expect("it was published");
        self.trace.say("the event is cancelled".to_owned());
        self.look_at_central().await
    }

    fn fill(&mut self) {
        let device = &mut self.devices[0];
        let said = if device.fill() {
            "is full"
        } else {
            "cannot be filled here"
        };
        self.trace
            .say(format!("the disk of {} {said}", device.name));
    }

    /// Somebody makes room on a disk.
    pub fn free(&mut self) {
        let device = &mut self.devices[0];
        if device.is_full {
            device.free();
            self.trace
                .say(format!("the disk of {} has room again", device.name));
        }
    }

    fn fork(&mut self) {
        let at = self.chance.below(self.devices.len());
        let number = self.devices.len() as u64;
        if self.devices[at].node.is_none() || self.devices[at].is_full {
            return;
        }
        let twin = self.devices[at].twin(number, self.plan.seed);
        self.trace
            .say(format!("the disk of {} is copied", self.devices[at].name));
        self.devices.push(twin);
    }

    async fn revoke(&mut self) {
        let device = self.chance.pick(&self.devices);
        let app = &self.hall.central.app;
        app.revoke_node(device.id).await.expect("a known node");
        self.trace.say(format!("{} is revoked", device.name));
    }

    /// Central's machine goes down while it takes a round in, and comes back. Nobody hears its answer.
    async fn central_crash(&mut self) -> Held {
        let at = self.chance.below(self.devices.len());
        let is_idle = self.flights.iter().all(|flight| flight.device != at);
        let mut before = self.hall.image();
        if is_idle && let Some(flight) = self.until_sync(at).await? {
            before = self.hall.image();
            self.carry(flight, true).await?;
        }
        let after = self.hall.image();
        let image = match self.chance.percent(50) {
            true => after,
            false => before.torn(&after, &["central.db"], &self.chance),
        };
        self.hall.crash(&image).await;
        self.trace
            .say("central goes down and comes back".to_owned());
        while !self.flights.is_empty() {
            self.lose(0).await?;
        }
        self.look_at_central().await
    }

    /// Begins a round and carries it on to where the scans go up.
    async fn until_sync(&mut self, device: usize) -> Result<Option<usize>, Broken> {
        let known = self.flights.len();
        self.start_round(device).await?;
        while let Some(flight) = self.flights.get(known) {
            if flight.path.ends_with("/sync") {
                return Ok(Some(known));
            }
            self.carry(known, true).await?;
        }
        Ok(None)
    }
}
