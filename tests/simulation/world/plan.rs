//! The plan of a world: the event and its troubles, drawn from the seed before anything happens.

use central::domain::{
    charge::{Charge, ChargeBase, ChargeKind, Cut, Rate},
    event::GateRules,
    new_event::NewEvent,
    new_price::{NewPrices, NewPromo, NewSharedQuota},
};
use support::{
    central::START,
    festival::{festival, new_type},
};
use sync_protocol::{
    config::{EntryRule, Policy},
    rights::Rights,
    time::Timestamp,
};

use super::{chance::Chance, oracle::Rules};

/// A promo code.
pub const CODE: &str = "THIRD";
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// What a world will be like.
#[derive(Debug)]
pub struct Plan {
    /// The seed it was drawn from.
    pub seed: u64,
    /// The event's rules at the gate.
    pub rules: GateRules,
    /// When everybody counts as outside again.
    pub check_outs: Vec<Timestamp>,
    /// Capacity of the two types.
    pub quotas: [i64; 2],
    /// Price of the first type; free tickets are paid when they are ordered.
    pub price_minor: i64,
    /// What gates answer to a wristband that they know nothing of; `None` = the event has no wristbands.
    pub wristbands: Option<Policy>,
    /// What each device may do.
    pub rights: Vec<Rights>,
    /// Each device's wall clock is wrong by this much, and its crystal runs wrong by this much.
    pub clocks: Vec<(i64, i64)>,
    /// How many steps are taken before everything comes to rest.
    pub steps: u32,
    /// Of a hundred messages so many are lost.
    pub loss: usize,
    /// Longest pages that devices ask for.
    pub page_rows: u32,
    /// Rare events: at this step.
    pub rare: Rare,
}

/// Steps at which something rare happens, if it does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rare {
    /// A device's disk is copied, and both go on.
    pub fork: Option<u32>,
    /// A device is revoked.
    pub revoke: Option<u32>,
    /// Central's machine crashes.
    pub central_crash: Option<u32>,
    /// A device's disk fills up, for a while.
    pub full_disk: Option<u32>,
    /// The event is cancelled.
    pub cancel: Option<u32>,
    /// Central's database is copied, and later replaced by that copy: at the one step and at the other.
    pub restore: Option<(u32, u32)>,
}

/// How many devices stand at the gates.
pub const DEVICES: usize = 3;

impl Plan {
    /// The plan of a seed.
    pub fn draw(seed: u64) -> Self {
        let chance = Chance::new(seed, 1);
        let steps = 90 + u32::try_from(chance.below(90)).expect("small");
        Self {
            seed,
            rules: rules(&chance),
            check_outs: check_outs(&chance),
            quotas: [chance.between(8, 20), chance.between(2, 5)],
            price_minor: *chance.pick(&[0, 150_000, 150_000]),
            wristbands: *chance.pick(&[
                None,
                None,
                None,
                Some(Policy::Admit),
                Some(Policy::Ask),
                Some(Policy::Refuse),
            ]),
            rights: (0..DEVICES).map(|_| rights(&chance)).collect(),
            clocks: (0..DEVICES).map(|_| clock(&chance)).collect(),
            steps,
            loss: *chance.pick(&[0, 5, 15, 30]),
            page_rows: *chance.pick(&[2, 5, 40_000]),
            rare: Rare {
                fork: at(&chance, 15, steps),
                revoke: at(&chance, 20, steps),
                central_crash: at(&chance, 40, steps),
                full_disk: at(&chance, 20, steps),
                restore: restore(&chance, steps),
                cancel: at(&chance, 12, steps),
            },
        }
    }

    /// The same rules, for the oracle.
    pub fn oracles_rules(&self) -> Rules {
        Rules {
            entry: self.rules.entry_rule,
            check_outs: self.check_outs.clone(),
        }
    }

    /// The event as it is created.
    pub fn wish(&self) -> NewEvent {
        let mut wish = festival();
        wish.rules = self.rules;
        wish.check_outs = self.check_outs.clone();
        wish.wristbands = self.wristbands;
        wish.gates.push("Gate C".into());
        wish.types = vec![
            new_type("Regular", self.price_minor, self.quotas[0]),
            new_type("VIP", 1_000_000, self.quotas[1]),
        ];
        wish.types[1].gates = vec!["Gate A".into(), "Gate B".into()];
        wish.prices = self.prices();
        for kind in &mut wish.types {
            kind.shared_quota = Some("Hall".into());
        }
        wish
    }
}

impl Plan {
    /// A little less room than both types have together, a code that is used up soon, and a tax in the price.
    fn prices(&self) -> NewPrices {
        NewPrices {
            shared_quotas: vec![NewSharedQuota {
                name: "Hall".into(),
                quota: self.quotas.iter().sum::<i64>() - 2,
            }],
            promos: vec![NewPromo {
                code: CODE.into(),
                ticket_type: None,
                cut: Cut::Percent(3_333),
                valid_from: START,
                valid_until: START.plus_ms(48 * HOUR),
                quota: 3,
                per_buyer: 2,
                min_spend_minor: 0,
                is_stackable: false,
            }],
            charges: vec![Charge {
                kind: ChargeKind::Tax,
                name: "PBJT 10%".into(),
                rate: Rate::Percent(1_000),
                base: ChargeBase::Tickets,
                is_included: self.quotas[0] % 2 == 0,
            }],
            group_discounts: Vec::new(),
        }
    }
}

fn rules(chance: &Chance) -> GateRules {
    let entry_rule = *chance.pick(&[
        EntryRule::Single,
        EntryRule::Single,
        EntryRule::OncePerDay,
        EntryRule::Times(2),
        EntryRule::TimesPerGate(1),
        EntryRule::ReEntry,
        EntryRule::ReEntry,
    ]);
    GateRules {
        entry_rule,
        exchange_required: chance.percent(35),
        sold_after_sync: *chance.pick(&[Policy::Admit, Policy::Ask, Policy::Refuse]),
        repeat_ms: *chance.pick(&[0, 30_000]),
        lease_ms: *chance.pick(&[2 * HOUR, 24 * HOUR, 72 * HOUR]),
        most_per_minute: festival().rules.most_per_minute,
    }
}

/// Most devices may do everything; some only validate, some only exchange.
fn rights(chance: &Chance) -> Rights {
    let words = *chance.pick(&["all", "all", "all", "all", "entry,exit", "exchange,unpair"]);
    Rights::parse(words).expect("our own words")
}

/// Some venues are empty at certain hours, whatever the gates counted.
fn check_outs(chance: &Chance) -> Vec<Timestamp> {
    let mut moments: Vec<_> = (0..*chance.pick(&[0, 0, 1, 3]))
        .map(|_| START.plus_ms(chance.between(MINUTE, 20 * HOUR)))
        .collect();
    moments.sort_unstable();
    moments.dedup();
    moments
}

/// Skew in milliseconds and drift in parts per million: boards stay below 100.
fn clock(chance: &Chance) -> (i64, i64) {
    let skew = match chance.below(6) {
        0 | 1 => chance.between(-2_000, 2_000),
        2 => *chance.pick(&[-5 * MINUTE, 5 * MINUTE]),
        3 => *chance.pick(&[-3 * HOUR, 3 * HOUR]),
        4 => chance.between(-30 * HOUR, 30 * HOUR),
        _ => 0,
    };
    (skew, chance.between(-90, 90))
}

fn restore(chance: &Chance, steps: u32) -> Option<(u32, u32)> {
    let (one, other) = (at(chance, 100, steps)?, at(chance, 15, steps)?);
    Some((one.min(other), one.max(other)))
}

fn at(chance: &Chance, share: usize, steps: u32) -> Option<u32> {
    let step = u32::try_from(chance.below(steps as usize)).expect("small");
    chance.percent(share).then_some(step)
}
