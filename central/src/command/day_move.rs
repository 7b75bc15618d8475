//! `central event days` and `move`: when an event takes place, and other times for it.

use anyhow::Context as _;
use serde_json::json;

use super::{event_file::moment, open, output, when::When, who::Who};
use crate::{
    app::App,
    domain::{
        event::{EventSetup, EventStatus},
        schedule::DayMove,
    },
};

/// Days with their new windows.
#[derive(clap::Args)]
pub(super) struct NewDays {
    /// A day's new times on the venue's clock, such as --day 1 2027-01-09T16:00 2027-01-10T04:00; days count from 1, and
    /// the option may be given several times
    #[arg(long = "day", num_args = 3, value_names = ["NUMBER", "OPENS", "CLOSES"])]
    days: Vec<String>,
}

impl NewDays {
    pub(super) const fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    pub(super) fn moves(&self, setup: &EventSetup) -> anyhow::Result<Vec<DayMove>> {
        let zone = setup.event.time_zone.parse()?;
        let (threes, _) = self.days.as_chunks::<3>();
        let one = |[number, opens, closes]: &[String; 3]| {
            let counted: u8 = number.parse().ok().filter(|n| *n > 0).with_context(|| {
                format!("--day: {number} is no number of a day: days count from 1")
            })?;
            Ok(DayMove {
                number: counted - 1,
                opens_at: moment("--day", opens, zone)?,
                closes_at: moment("--day", closes, zone)?,
            })
        };
        threes.iter().map(one).collect()
    }
}

#[derive(clap::Args)]
pub(super) struct Move {
    /// The event's slug or id
    event: String,
    #[command(flatten)]
    days: NewDays,
    #[command(flatten)]
    who: Who,
}

impl Move {
    pub(super) async fn run(&self, app: &App) -> anyhow::Result<()> {
        let setup = open::event(app, &self.event).await?;
        let (id, moves) = (setup.event.id, self.days.moves(&setup)?);
        app.move_days(id, &moves, &self.who.actor()).await?;
        list(app, &self.event, false).await?;
        tell(&setup);
        Ok(())
    }
}

/// What follows from new days.
pub(super) fn tell(setup: &EventSetup) {
    let (slug, status) = (&setup.event.slug, setup.event.status);
    match status {
        EventStatus::Draft => {}
        EventStatus::Postponed => output::line(&format!(
            "The buyers are told. Tickets stay good; open the sale again with central event publish {slug}."
        )),
        _ => output::line("The buyers of these days are told; their tickets stay good."),
    }
}

/// Lists the days of an event.
pub(super) async fn list(app: &App, event: &str, as_json: bool) -> anyhow::Result<()> {
    let setup = open::event(app, event).await?;
    let when = When::of(&setup);
    for day in &setup.days {
        let number = u16::from(day.number) + 1;
        if as_json {
            output::json(&json!({
                "day": number, "label": day.label, "local_date": day.local_date,
                "opens_at": day.opens_at.0, "closes_at": day.closes_at.0,
            }));
        } else {
            let (opens, closes) = (when.text(day.opens_at), when.text(day.closes_at));
            output::line(&format!("{number}  {}  {opens} – {closes}", day.label));
        }
    }
    Ok(())
}
