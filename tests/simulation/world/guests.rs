//! Guests: whoever holds a ticket shows it, at any gate, once, again, to leave, or tries something else.

use edge_node::scan::Scan;
use sync_protocol::{scan::Action, time::Timestamp, verdict::Reason};

use super::{
    World,
    broken::{Held, demand},
    checks,
    device::Device,
};

/// What a guest does.
pub struct Attempt {
    /// At which device.
    pub device: usize,
    /// What is shown.
    pub text: String,
    /// The wristband that an exchange is to bind.
    pub wristband: Option<String>,
    /// What for.
    pub action: Action,
    /// How the trace tells it.
    pub told: String,
}

impl World {
    /// A guest comes to a gate that works.
    pub fn attempt(&self) -> Option<Attempt> {
        let open: Vec<usize> = (0..self.devices.len())
            .filter(|at| self.devices[*at].node.is_some())
            .collect();
        if open.is_empty() || self.market.tickets.is_empty() {
            return None;
        }
        let device = *self.chance.pick(&open);
        let action = self.action();
        let (text, shown) = self.thing(action);
        let wristband = self.new_wristband(action);
        let for_it = wristband.map(|at| format!(" for wristband {at}"));
        let for_it = for_it.unwrap_or_default();
        let told = format!("{} {action:?} {shown}{for_it}", self.devices[device].name);
        Some(Attempt {
            device,
            text,
            wristband: wristband.map(|at| self.market.wristbands[at].clone()),
            action,
            told,
        })
    }

    fn action(&self) -> Action {
        let binds = !self.market.wristbands.is_empty();
        let exchange = match self.plan.rules.exchange_required || binds {
            true => 40,
            false => 5,
        };
        *self.chance.weighted(&[
            (60, Action::Entry),
            (exchange, Action::Exchange),
            (15, Action::Exit),
            (if binds { 5 } else { 1 }, Action::Unpair),
        ])
    }

    /// What is shown.
    fn thing(&self, action: Action) -> (String, String) {
        let wristbands = &self.market.wristbands;
        let may_wear = action != Action::Exchange || self.chance.percent(3);
        if may_wear && !wristbands.is_empty() && self.chance.percent(55) {
            let at = self.few(wristbands.len());
            return (wristbands[at].clone(), format!("wristband {at}"));
        }
        let at = self.few(self.market.tickets.len());
        let ticket = &self.market.tickets[at];
        match self.chance.below(100) {
            0..3 => ("hello".to_owned(), "nonsense".to_owned()),
            3..6 => (ticket.number.clone(), format!("number of ticket {at}")),
            6..8 => (forged(&ticket.code), format!("forgery of ticket {at}")),
            _ => (ticket.code.clone(), format!("ticket {at}")),
        }
    }

    /// The wristband that the officer takes from the roll, which is sometimes one that somebody else took, or forgotten.
    fn new_wristband(&self, action: Action) -> Option<usize> {
        let count = self.market.wristbands.len();
        let is_wanted = action == Action::Exchange && self.chance.percent(92);
        (is_wanted && count > 0).then(|| self.few(count))
    }

    /// One of so many, often one of the few that come again and again.
    fn few(&self, count: usize) -> usize {
        match self.chance.percent(60) {
            true => self.chance.below(count.min(4)),
            false => self.chance.below(count),
        }
    }

    /// The guest shows it and sees the light.
    pub fn show(&mut self, attempt: &Attempt) -> Held {
        let at = self.hall.now();
        let device = &mut self.devices[attempt.device];
        let before = device.log.len();
        let scan = device.scan(attempt, at);
        let said = say(&scan);
        self.scans += 1;
        self.trace.say(format!("{}: {said}", attempt.told));
        checks::gates::the_answer_is_in_the_log(device, before, &scan)?;
        checks::gates::a_gate_without_lease_is_locked(device, at, &scan)?;
        checks::gates::a_gate_keeps_to_its_rights(device, attempt.action, &scan)?;
        demand(
            device.is_full || scan.verdict.reason != Reason::CannotStore,
            "a scan is stored when there is room",
            || format!("{}: {:?}", attempt.told, scan.cause),
        )?;
        device
            .log
            .iter_mut()
            .skip(before)
            .for_each(|deed| deed.shown = true);
        checks::gates::a_gate_admits_once(device, &self.plan.rules)
    }

    /// The guest shows it, and the machine goes down before the light comes.
    pub fn show_and_crash(&mut self, attempt: &Attempt) {
        let at = self.hall.now();
        let device = &mut self.devices[attempt.device];
        let before = device.image();
        device.scan(attempt, at);
        let after = device.image();
        let image = before.torn(&after, &["log.db"], &self.chance);
        device.crash(&image);
        self.scans += 1;
        self.trace
            .say(format!("{}: the machine goes down", attempt.told));
    }
}

/// After a crash: takes the log as it is, and sees that nothing which was shown is gone.
pub fn read_log_again(device: &mut Device, at: Timestamp) -> Held {
    let records = device.records();
    let same = records
        .iter()
        .zip(&device.log)
        .take_while(|(bytes, deed)| **bytes == deed.bytes);
    let kept = same.count();
    let lost = device.log.iter().skip(kept).find(|deed| deed.shown);
    demand(lost.is_none(), "what was shown is in the log", || {
        format!("{}: after a crash the log lacks {lost:?}", device.name)
    })?;
    device.log.truncate(kept);
    device.remember(at);
    Ok(())
}

/// How the trace tells an answer.
pub fn say(scan: &Scan) -> String {
    let repeat = if scan.repeat { " again" } else { "" };
    let provisional = if scan.provisional {
        " provisionally"
    } else {
        ""
    };
    let verdict = &scan.verdict;
    format!(
        "{:?} {:?}{repeat}{provisional} #{:?} at {}",
        verdict.decision, verdict.reason, scan.seq, scan.scanned_at.0
    )
}

/// The same ticket under a signature that nobody made.
fn forged(code: &str) -> String {
    let (body, end) = code.split_at(code.len() - 20);
    let turned: String = end.chars().rev().collect();
    format!("{body}{turned}")
}
