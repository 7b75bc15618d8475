//! `central receipts`: how an event's receipt numbers are written, and how far they have come.

use std::process::ExitCode;

use serde_json::json;

use super::{open, output, who::Who};
use crate::{
    config::Config,
    domain::receipt::{Pattern, ReceiptKind},
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The event's slug or id
    event: String,
    /// Write receipts of sales like this from now on, such as INV/{event}/{year}/{number:05}
    #[arg(long, value_name = "PATTERN")]
    sale: Option<String>,
    /// Write credit notes like this from now on, such as CN/{event}/{year}/{number:05}
    #[arg(long, value_name = "PATTERN")]
    refund: Option<String>,
    /// One JSON object per line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    who: Who,
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let typed = [
        (ReceiptKind::Sale, &arguments.sale),
        (ReceiptKind::Refund, &arguments.refund),
    ];
    // Before anything is opened: a bad pattern needs no database.
    let mut wished = Vec::new();
    for (kind, typed) in typed {
        if let Some(typed) = typed {
            wished.push((kind, Pattern::parse(typed)?));
        }
    }
    let app = open::open(config).await?.app;
    let event = open::event(&app, &arguments.event).await?.event.id;
    let by = arguments.who.actor();
    for (kind, pattern) in &wished {
        app.put_receipt_pattern(event, *kind, pattern, &by).await?;
    }
    for (kind, pattern, last) in app.receipt_numberings(event).await? {
        let kind = kind.name();
        if arguments.json {
            output::json(&json!({"kind": kind, "pattern": pattern, "last_number": last}));
        } else {
            output::line(&format!("{kind:<7} {pattern}  last number {last}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
