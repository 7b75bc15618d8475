//! Running one seed: prologue, steps, rest; and what is said when a rule does not hold.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicU32, Ordering},
};

use sync_protocol::digest::Digest;

use super::{
    World,
    bank::Bank,
    booth::Booth,
    broken::{Broken, Held},
    chance::Chance,
    device::Device,
    disk::Image,
    hall::Hall,
    market::Market,
    plan::{DEVICES, Plan},
    trace::Trace,
};

/// What came of a seed in which everything held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The digest of its trace.
    pub digest: Digest,
    /// How many scans were made.
    pub scans: u32,
    /// How many of them were ruled doubles, and how many of those undecidable.
    pub doubles: (usize, usize),
}

/// Plays one seed; `aloud` tells every step. The error says which rule broke at which step, and how to repeat it.
pub fn run(seed: u64, aloud: bool) -> Result<Told, String> {
    let step = AtomicU32::new(0);
    let played = catch_unwind(AssertUnwindSafe(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(play(seed, aloud, &step))
    }));
    let at = step.load(Ordering::Relaxed);
    let said = match played {
        Ok(Ok(told)) => return Ok(told),
        Ok(Err((broken, tail))) => format!("\"{}\": {}\n{tail}", broken.rule, broken.what),
        Err(panic) => format!("a panic: {}", words(&*panic)),
    };
    Err(format!(
        "seed {seed}, step {at}: {said}\nrepeat it with: SEED={seed} cargo test -p tests --test simulation"
    ))
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or(panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    text.unwrap_or_default()
}

async fn play(seed: u64, aloud: bool, step: &AtomicU32) -> Result<Told, (Broken, String)> {
    let mut world = World::begin(seed, aloud).await;
    match world.live(step).await {
        Ok(()) => Ok(Told {
            digest: world.trace.digest(),
            scans: world.scans,
            doubles: world.doubles,
        }),
        Err(broken) => Err((broken, world.trace.tail(25).join("\n"))),
    }
}

impl World {
    async fn begin(seed: u64, aloud: bool) -> Self {
        let plan = Plan::draw(seed);
        let mut trace = Trace::new(aloud);
        trace.say(format!("{plan:?}"));
        let hall = Hall::open(&plan).await;
        let booth = Booth::open(&hall, &plan).await;
        let mut devices = Vec::new();
        for number in 0..DEVICES {
            let mut device = Device::enrol(&hall, &plan, number).await;
            device.operator = booth.as_ref().map(|booth| booth.operator);
            devices.push(device);
        }
        Self {
            chance: Chance::new(seed, 2),
            first_day: Image::take(&hall.home()),
            trace,
            devices,
            flights: Vec::new(),
            echoes: Vec::new(),
            market: Market::default(),
            bank: Bank::new(seed),
            booth,
            revisions: BTreeMap::new(),
            backup: None,
            scans: 0,
            doubles: (0, 0),
            hall,
            plan,
        }
    }

    async fn live(&mut self, step: &AtomicU32) -> Held {
        self.first_sales().await?;
        for at in 0..self.plan.steps {
            step.store(at, Ordering::Relaxed);
            self.step(at).await?;
        }
        step.store(self.plan.steps, Ordering::Relaxed);
        self.rest().await
    }

    /// Somebody has a ticket, and most gates have heard of it, before the doors open.
    async fn first_sales(&mut self) -> Held {
        if self.plan.wristbands.is_some() {
            self.market.print_wristbands(&self.hall).await;
        }
        self.look_at_central().await?;
        for _ in 0..4 {
            self.market.order(&self.hall, &self.chance).await;
            self.market.pay(&self.hall, &self.chance).await;
            self.after_sales().await?;
        }
        for at in 0..DEVICES {
            if self.chance.percent(80) {
                self.quick_round(at).await?;
            }
        }
        Ok(())
    }
}
