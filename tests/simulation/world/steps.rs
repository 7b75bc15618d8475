//! One step of a world: somebody moves, by chance.

use super::{World, broken::Held, checks};
use sync_protocol::ticket::TicketStatus;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// Who moves.
#[derive(Clone, Copy, Debug)]
enum Move {
    Guest,
    GuestAndCrash,
    Round,
    SecondRound,
    QuickRound,
    Carry,
    Echo,
    Buyer,
    Worker,
    Status,
    Device,
    Clock,
    Link,
    Wait,
}

const MOVES: [(usize, Move); 14] = [
    (36, Move::Guest),
    (2, Move::GuestAndCrash),
    (8, Move::Round),
    (1, Move::SecondRound),
    (7, Move::QuickRound),
    (24, Move::Carry),
    (3, Move::Echo),
    (7, Move::Buyer),
    (2, Move::Worker),
    (3, Move::Status),
    (5, Move::Device),
    (2, Move::Clock),
    (4, Move::Link),
    (3, Move::Wait),
];

impl World {
    /// Somebody moves.
    pub async fn step(&mut self, step: u32) -> Held {
        let ms = *self.chance.pick(&[0, 1, 700, 5 * SECOND, 20 * SECOND]);
        let ms = self.chance.between(0, ms);
        self.pass(ms).await?;
        self.rare_event(step).await?;
        self.supervise()?;
        self.bank().await?;
        let next = *self.chance.weighted(&MOVES);
        match next {
            Move::Guest => self.guest(),
            Move::GuestAndCrash => self.guest_and_crash().await,
            Move::Round => self.round(false).await,
            Move::SecondRound => self.round(true).await,
            Move::QuickRound => self.whole_round().await,
            Move::Carry => self.carry_any().await,
            Move::Echo => self.echo_any().await,
            Move::Buyer => self.buyer().await,
            Move::Worker => self.worker().await,
            Move::Status => self.status().await,
            Move::Device => self.device_trouble().await,
            Move::Clock => self.clock_trouble(),
            Move::Link => self.link_trouble(),
            Move::Wait => self.wait().await,
        }
    }

    fn guest(&mut self) -> Held {
        match self.attempt() {
            Some(attempt) => self.show(&attempt),
            None => Ok(()),
        }
    }

    async fn guest_and_crash(&mut self) -> Held {
        if let Some(attempt) = self.attempt() {
            self.show_and_crash_all(&attempt).await;
        }
        Ok(())
    }

    async fn show_and_crash_all(&mut self, attempt: &super::guests::Attempt) {
        self.ground(attempt.device).await;
        self.show_and_crash(attempt);
        self.reboot(attempt.device);
    }

    /// A device that is idle, or busy, begins a round.
    async fn round(&mut self, busy: bool) -> Held {
        let at = self.chance.below(self.devices.len());
        let is_busy = self.flights.iter().any(|flight| flight.device == at);
        if is_busy == busy {
            self.start_round(at).await?;
        }
        Ok(())
    }

    async fn whole_round(&mut self) -> Held {
        let at = self.chance.below(self.devices.len());
        let is_busy = self.flights.iter().any(|flight| flight.device == at);
        if is_busy || self.devices[at].node.is_none() {
            return Ok(());
        }
        self.quick_round(at).await
    }

    async fn carry_any(&mut self) -> Held {
        if self.flights.is_empty() {
            return Ok(());
        }
        let at = self.chance.below(self.flights.len());
        self.carry(at, false).await
    }

    async fn echo_any(&mut self) -> Held {
        if self.echoes.is_empty() {
            return Ok(());
        }
        let at = self.chance.below(self.echoes.len());
        self.echo(at).await
    }

    async fn buyer(&mut self) -> Held {
        let down = self.chance.percent(10);
        self.hall.till.set_down(down);
        let said = match self.chance.below(10) {
            0..3 => self.market.order(&self.hall, &self.chance).await,
            3..7 => self.market.pay(&self.hall, &self.chance).await,
            7..9 => self.market.refund(&self.hall, &self.chance).await,
            _ => self.market.cancel(&self.hall, &self.chance).await,
        };
        self.hall.till.set_down(false);
        self.trace.say(format!("a buyer {said}"));
        self.after_sales().await
    }

    pub async fn worker(&mut self) -> Held {
        self.hall.till.lose_answers(self.chance.percent(20));
        let app = &self.hall.central.app;
        let expired = app.expire_holds(100).await.expect("central looks");
        let settled = app.settle_payments(100).await.expect("central asks");
        let followed = app.follow_notices(100).await.expect("central asks");
        let sent = app.send_refunds(100).await.expect("central asks");
        let off = app.refund_cancelled(2).await.expect("central gives back");
        let by_hand = match self.chance.percent(30) {
            true => self.market.give_by_hand(&self.hall).await,
            false => 0,
        };
        self.hall.till.lose_answers(false);
        self.trace.say(format!(
            "central ends {expired} holds, settles {settled} payments, follows {followed} notices, sends {sent} \
             refunds and deals with {off} orders of a cancelled event; {by_hand} refunds are made by hand"
        ));
        self.after_sales().await
    }

    pub async fn after_sales(&mut self) -> Held {
        self.market.hand_out(&self.hall).await;
        checks::sales::hold(&self.hall).await?;
        self.look_at_central().await
    }

    /// A refund, a transfer, a revocation: another status at the next revision.
    async fn status(&mut self) -> Held {
        if !self.market.wristbands.is_empty() && self.chance.percent(20) {
            let said = self.market.void_wristband(&self.hall, &self.chance).await;
            self.trace.say(said);
            return self.look_at_central().await;
        }
        let (_, mut known) = self.hall.tickets().await;
        // What went with its money stays so.
        let gone = checks::sales::gone(&self.hall).await;
        known.retain(|ticket| !gone.contains(&ticket.id.0));
        if known.is_empty() {
            return Ok(());
        }
        let at = self.chance.below(known.len());
        let to = *self.chance.pick(&[
            TicketStatus::Refunded,
            TicketStatus::Transferred,
            TicketStatus::Revoked,
            TicketStatus::Valid,
        ]);
        let ticket = known[at].id;
        self.hall
            .central
            .set_status(&self.hall.event, ticket, to)
            .await;
        self.trace.say(format!("{ticket} is {to:?} now"));
        self.look_at_central().await
    }

    /// A device stops, dies, boots again, or is started.
    async fn device_trouble(&mut self) -> Held {
        let at = self.chance.below(self.devices.len());
        if self.devices[at].node.is_none() {
            return self.wake(at);
        }
        self.ground(at).await;
        let device = &mut self.devices[at];
        match self.chance.percent(50) {
            true => device.stop(),
            false => {
                let image = device.image();
                device.crash(&image);
            }
        }
        self.trace.say(format!("{} is down", self.devices[at].name));
        if self.chance.percent(60) {
            self.reboot(at);
        }
        match self.chance.percent(70) {
            true => self.wake(at),
            false => Ok(()),
        }
    }

    /// The machine boots: some have no battery for their clock.
    fn reboot(&mut self, at: usize) {
        let device = &self.devices[at];
        let wall = match self.chance.below(4) {
            0 => Some(sync_protocol::time::Timestamp(self.chance.between(0, HOUR))),
            1 => Some(self.hall.now()),
            _ => None,
        };
        device.clock.reboot(device.entropy.boot(), wall);
        self.trace
            .say(format!("{} boots with {wall:?}", device.name));
    }

    fn clock_trouble(&mut self) -> Held {
        let device = self.chance.pick(&self.devices);
        let ms = *self
            .chance
            .pick(&[-3 * HOUR, -5 * MINUTE, 5 * MINUTE, 3 * HOUR, 40 * HOUR]);
        device.clock.jump(ms);
        self.trace
            .say(format!("{}'s clock jumps by {ms}", device.name));
        Ok(())
    }

    fn link_trouble(&mut self) -> Held {
        let at = self.chance.below(self.devices.len());
        let device = &mut self.devices[at];
        device.is_cut = !device.is_cut;
        let said = if device.is_cut {
            "cut off"
        } else {
            "connected"
        };
        self.trace.say(format!("{} is {said}", device.name));
        Ok(())
    }

    /// Nothing happens for a while.
    async fn wait(&mut self) -> Held {
        let long = *self
            .chance
            .pick(&[3 * MINUTE, 20 * MINUTE, HOUR, 5 * HOUR, 13 * HOUR]);
        let ms = self.chance.between(0, long);
        self.trace.say(format!("{ms} ms pass"));
        self.pass(ms).await
    }
}
