//! Rounds in a world: requests and answers on their way, each of which may be lost, late or doubled, and devices and
//! central that go down in the middle.
//!
//! A client gives up after half a minute, and nothing of a connection arrives much later: that is the one thing about
//! networks that central relies on (`sync_protocol::moment::REQUEST_LIMIT_MS`).

use sync_protocol::time::Timestamp;

use super::{
    World,
    broken::{Broken, Held},
    checks,
    flight::{Flight, Landed, Stage},
    guests::read_log_again,
};

/// A client waits for an answer as long as this.
const PATIENCE_MS: i64 = 30_000;
/// A request that was doubled on the way arrives no later than this after it left.
const ECHO_MS: i64 = 55_000;

/// A copy of a request that arrives later.
pub struct Echo {
    left_at: Timestamp,
    path: String,
    body: Vec<u8>,
    bearer: Option<String>,
}

impl World {
    /// A device begins a round.
    pub async fn start_round(&mut self, device: usize) -> Result<Option<usize>, Broken> {
        let now = self.hall.now();
        let Some(node) = self.devices[device].node.clone() else {
            return Ok(None);
        };
        // A second program on the same folder has a session of its own.
        let session = self.devices[device].session.take().unwrap_or_default();
        let mut flight = Flight::start(device, node, session, now);
        match flight.run(now).await {
            Some(landed) => self.land(device, landed).await?,
            None => self.flights.push(flight),
        }
        Ok(self.flights.len().checked_sub(1))
    }

    /// A whole round on a good link.
    pub async fn quick_round(&mut self, device: usize) -> Held {
        let before = self.flights.len();
        self.start_round(device).await?;
        while self.flights.len() > before {
            let ms = self.chance.between(1, 400);
            self.pass(ms).await?;
            if self.flights.len() > before {
                self.carry(before, true).await?;
            }
        }
        Ok(())
    }

    /// Carries one message on by one leg.
    pub async fn carry(&mut self, at: usize, is_good: bool) -> Held {
        let device = self.flights[at].device;
        let is_lost = !is_good && self.chance.percent(self.plan.loss);
        if is_lost || self.devices[device].is_cut {
            return self.lose(at).await;
        }
        match &self.flights[at].stage {
            Stage::Asked(_) => self.ask_central(at, is_good).await,
            Stage::Answered(..) if !is_good && self.chance.percent(6) => {
                self.hand_over_and_crash(at).await
            }
            Stage::Answered(..) => self.hand_over(at).await,
            Stage::Running => unreachable!("the world waits until it stops"),
        }
    }

    async fn ask_central(&mut self, at: usize, is_good: bool) -> Held {
        let flight = &mut self.flights[at];
        let Stage::Asked(parcel) = std::mem::replace(&mut flight.stage, Stage::Running) else {
            unreachable!("it was asked");
        };
        let left_at = flight.asked_at;
        let body = self.narrow(&parcel.path, &parcel.body);
        let answered = self
            .hall
            .post(&parcel.path, body.clone(), parcel.bearer.as_deref())
            .await;
        let name = &self.devices[self.flights[at].device].name;
        self.trace
            .say(format!("{name} asks {}: {}", parcel.path, answered.status));
        if !is_good && self.chance.percent(10) {
            let (path, bearer) = (parcel.path.clone(), parcel.bearer.clone());
            self.echoes.push(Echo {
                left_at,
                path,
                body,
                bearer,
            });
        }
        self.flights[at].answered(parcel, answered);
        self.look_at_central().await
    }

    /// A small screen asks for small pages: the pages that large events have.
    fn narrow(&self, path: &str, body: &[u8]) -> Vec<u8> {
        use sync_protocol::wire::{self, v1::SyncRequest};
        match (path, wire::decode::<SyncRequest>(body)) {
            ("/node/v1/sync", Ok(mut request)) => {
                request.page_rows = request.page_rows.min(self.plan.page_rows);
                wire::encode(&request)
            }
            _ => body.to_vec(),
        }
    }

    async fn hand_over(&mut self, at: usize) -> Held {
        self.flights[at].hand_over();
        self.run_on(at).await
    }

    /// A message does not arrive.
    pub async fn lose(&mut self, at: usize) -> Held {
        let name = self.devices[self.flights[at].device].name.clone();
        self.trace.say(format!("{name}: a message is lost"));
        self.flights[at].lose();
        self.run_on(at).await
    }

    async fn run_on(&mut self, at: usize) -> Held {
        let now = self.hall.now();
        match self.flights[at].run(now).await {
            Some(landed) => {
                let flight = self.flights.remove(at);
                self.land(flight.device, landed).await
            }
            None => Ok(()),
        }
    }

    /// The device takes the answer in and goes down in the middle of it.
    async fn hand_over_and_crash(&mut self, at: usize) -> Held {
        let device = self.flights[at].device;
        let before = self.devices[device].image();
        self.hand_over(at).await?;
        let after = self.devices[device].image();
        let image = before.torn(&after, &["replica.db", "log.db"], &self.chance);
        self.trace.say(format!(
            "{} goes down on the answer",
            self.devices[device].name
        ));
        self.ground(device).await;
        self.devices[device].crash(&image);
        Ok(())
    }

    /// The rounds of a device end, because its program does.
    pub async fn ground(&mut self, device: usize) {
        while let Some(at) = self
            .flights
            .iter()
            .position(|flight| flight.device == device)
        {
            self.flights.remove(at).abort().await;
        }
    }

    async fn land(&mut self, device: usize, (session, done): Landed) -> Held {
        let device = &mut self.devices[device];
        device.session = Some(session);
        device.has_more = done.as_ref().is_ok_and(|applied| applied.more);
        let told = match &done {
            Ok(applied) => format!("{applied:?}"),
            Err(error) => format!("fails: {}", error.code()),
        };
        self.trace.say(format!("{} round {told}", device.name));
        checks::replicas::a_replica_is_what_it_says(device, &self.revisions)
    }

    /// A copy of an old request arrives.
    pub async fn echo(&mut self, at: usize) -> Held {
        let echo = self.echoes.remove(at);
        let answered = self
            .hall
            .post(&echo.path, echo.body, echo.bearer.as_deref())
            .await;
        self.trace.say(format!(
            "an echo of {} arrives: {}",
            echo.path, answered.status
        ));
        self.look_at_central().await
    }

    /// Time goes on. What waited too long is given up.
    pub async fn pass(&mut self, ms: i64) -> Held {
        let then = self.hall.now().plus_ms(ms);
        let is_late = |since: Timestamp, most| then.ms_since(since) > most;
        self.echoes.retain(|echo| !is_late(echo.left_at, ECHO_MS));
        while let Some(at) = self
            .flights
            .iter()
            .position(|f| is_late(f.asked_at, PATIENCE_MS))
        {
            self.lose(at).await?;
        }
        self.hall.central.clock.advance_ms(ms);
        Ok(())
    }

    /// A program that is down is started again.
    pub fn wake(&mut self, at: usize) -> Held {
        let now = self.hall.now();
        let device = &mut self.devices[at];
        match device.open() {
            Err(_) if device.is_full => {
                self.trace
                    .say(format!("{} finds no room to start", device.name));
                return Ok(());
            }
            opened => opened.expect("a node's folder opens"),
        }
        self.trace.say(format!("{} starts", device.name));
        read_log_again(device, now)?;
        checks::replicas::a_replica_is_what_it_says(device, &self.revisions)
    }
}
