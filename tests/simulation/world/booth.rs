//! The supervisor's booth: in some worlds the event has an operator, who decides where gates asked or refused, takes scans
//! back, and tries the gates with rehearsal tickets. Its choices come from a stream of their own.

use central::app::staff::NewStaff;
use edge_node::operator::decision::DecisionError;
use sync_protocol::{
    decision::Choice,
    id::OperatorId,
    operator::Role,
    scan::{Action, Subject},
    verdict::{Decision, Reason},
};

use super::{
    World,
    broken::{Held, demand},
    chance::Chance,
    checks,
    guests::{Attempt, say},
    hall::Hall,
    plan::Plan,
};

/// The longest that a rehearsal ticket is good here, hours.
const HOURS: i64 = 8;

/// The booth of a world that has one.
pub struct Booth {
    /// Who works all gates.
    pub operator: OperatorId,
    rehearsal: String,
    chance: Chance,
}

impl Booth {
    /// Takes the supervisor in, in about every third world.
    pub async fn open(hall: &Hall, plan: &Plan) -> Option<Self> {
        let chance = Chance::new(plan.seed, 4);
        if !chance.percent(35) {
            return None;
        }
        let (app, event) = (&hall.central.app, hall.event.event.id);
        let wish = NewStaff {
            name: "Ratna".to_owned(),
            login: "ratna".to_owned(),
            email: "ratna@example.id".to_owned(),
            role: Role::Supervisor,
            events: vec![event],
        };
        app.add_staff(&wish).await.expect("taken in");
        let staff = app.staff(Some(event)).await.expect("staff");
        let made = app.make_rehearsals(event, 1, HOURS).await.expect("a key");
        Some(Self {
            operator: staff[0].account.id,
            rehearsal: made.codes[0].clone(),
            chance,
        })
    }
}

impl World {
    /// Now and then the supervisor does something.
    pub fn supervise(&mut self) -> Held {
        let Some(booth) = &self.booth else {
            return Ok(());
        };
        let open: Vec<usize> = (0..self.devices.len())
            .filter(|at| self.devices[*at].node.is_some())
            .collect();
        if open.is_empty() || !booth.chance.percent(30) {
            return Ok(());
        }
        let device = *booth.chance.pick(&open);
        match booth.chance.below(10) {
            0 => self.rehearse(device),
            _ => self.decide(device),
        }
    }

    fn rehearse(&mut self, device: usize) -> Held {
        let Some(booth) = &self.booth else {
            return Ok(());
        };
        let attempt = Attempt {
            device,
            text: booth.rehearsal.clone(),
            wristband: None,
            action: *booth.chance.pick(&Action::OF_GUESTS),
            told: format!("{} rehearses", self.devices[device].name),
        };
        let before = self.devices[device].log.len();
        self.show(&attempt)?;
        let deed = self.devices[device].log.get(before);
        let counts = deed.is_some_and(|deed| {
            let known = matches!(deed.record.subject, Subject::Unknown(_));
            !known || deed.record.decision == Decision::Admit
        });
        demand(!counts, "a rehearsal ticket never counts", || {
            format!("{deed:?}")
        })
    }

    /// About one of the last scans of a gate.
    fn decide(&mut self, at: usize) -> Held {
        let now = self.hall.now();
        let (Some(booth), device) = (&self.booth, &mut self.devices[at]) else {
            return Ok(());
        };
        let last = device.log.len();
        if last == 0 {
            return Ok(());
        }
        let seq = (last - booth.chance.below(last.min(12))) as u64;
        let (node, who) = (device.node().clone(), Some(booth.operator));
        let (word, said) = match booth.chance.below(5) {
            0 | 1 => ("undoes", node.undo(seq, who)),
            2 => ("turns away", node.decide_for(seq, Choice::TurnAway, who)),
            _ => ("admits", node.decide_for(seq, Choice::Admit, who)),
        };
        device.remember(now);
        let told = format!("at {} the supervisor {word} #{seq}", device.name);
        let scan = match said {
            Ok(scan) => scan,
            Err(error) => {
                let nothing = device.log.len() == last;
                let fits = device.is_full || !matches!(error, DecisionError::Node(_));
                self.trace.say(format!("{told}: {}", error.code()));
                return demand(
                    nothing && fits,
                    "what cannot be decided leaves no record",
                    || format!("{told}: {error}"),
                );
            }
        };
        self.trace.say(format!("{told}: {}", say(&scan)));
        checks::gates::the_answer_is_in_the_log(device, last, &scan)?;
        checks::gates::a_gate_without_lease_is_locked(device, now, &scan)?;
        checks::gates::a_gate_keeps_to_its_rights(device, scan.action, &scan)?;
        let is_full = device.is_full;
        demand(
            is_full || scan.verdict.reason != Reason::CannotStore,
            "a decision is stored when there is room",
            || format!("{told}: {:?}", scan.cause),
        )?;
        device
            .log
            .iter_mut()
            .skip(last)
            .for_each(|deed| deed.shown = true);
        Ok(())
    }
}
