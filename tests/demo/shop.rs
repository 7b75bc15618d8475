//! A buyer: places an order over HTTP, pays at the simulated Midtrans, fetches the PDF.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use support::{http, program};
use tokio::process::Command;

use crate::venue::Venue;

/// A placed order, as its buyer holds it.
#[derive(Debug)]
pub struct Purchase {
    /// The order's number.
    pub number: String,
    /// The secret of the buyer's own link.
    pub access: String,
}

/// Places an order for `names.len()` tickets of the first ticket type.
pub async fn order(venue: &Venue, names: &[&str]) -> Result<Purchase> {
    let url = venue.place.central_url();
    let event: Value = get(&format!("{url}/api/v1/events/{}", venue.event)).await?;
    let ticket_type = event["ticket_types"][0]["id"]
        .as_str()
        .context("a ticket type on sale")?;
    let body = json!({
        "event": venue.event,
        "buyer": {
            "full_name": names[0],
            "identity_type": "ktp",
            "identity_number": "3171011708450001",
            "email": "ani@example.org",
            "whatsapp_number": "0812-3456-7890",
        },
        "language": "en",
        "items": [{ "ticket_type_id": ticket_type, "quantity": names.len(), "attendees": names }],
    });
    let request = http::client().post(format!("{url}/api/v1/orders"));
    let answer = request
        .header("idempotency-key", "the-story-of-ani")
        .json(&body)
        .send()
        .await?;
    let status = answer.status();
    let order: Value = answer.json().await.context("the order")?;
    ensure!(status.is_success(), "the order was refused: {order}");
    let field = |name: &str| {
        Ok::<_, anyhow::Error>(order[name].as_str().context("an order's field")?.to_owned())
    };
    Ok(Purchase {
        number: field("number")?,
        access: field("access")?,
    })
}

/// Pays by bank transfer; Midtrans then tells central by its webhook.
pub async fn pay(venue: &Venue, purchase: &Purchase) -> Result<()> {
    let url = format!(
        "{}/sim/transactions/{}/drive",
        venue.place.midtrans_url(),
        purchase.number
    );
    let wish = json!({ "to": "settlement", "channel": "bank_transfer" });
    let answer = http::client().post(url).json(&wish).send().await?;
    ensure!(
        answer.status().is_success(),
        "Midtrans: {}",
        answer.text().await?
    );
    until_paid(venue, purchase).await
}

async fn until_paid(venue: &Venue, purchase: &Purchase) -> Result<()> {
    let url = format!(
        "{}/api/v1/orders/{}?access={}",
        venue.place.central_url(),
        purchase.number,
        purchase.access
    );
    for _ in 0..200 {
        let order: Value = get(&url).await?;
        if order["status"] == "paid" {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("the order was not paid within ten seconds of the payment")
}

/// Fetches the PDF and renders its pages; gives the pictures of the ticket pages, in order.
pub async fn ticket_pictures(venue: &Venue, purchase: &Purchase) -> Result<Vec<PathBuf>> {
    let url = format!(
        "{}/api/v1/orders/{}/invoice.pdf?access={}",
        venue.place.central_url(),
        purchase.number,
        purchase.access
    );
    let pdf = http::client()
        .get(url)
        .send()
        .await?
        .error_for_status()?
        .bytes()
        .await?;
    let folder = venue.place.folder.join("tickets");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("invoice.pdf"), &pdf)?;
    let mut render = Command::new("pdftoppm");
    render
        .args(["-png", "-r", "100", "invoice.pdf", "page"])
        .current_dir(&folder);
    program::finish(render, &[0])
        .await
        .context("pdftoppm (poppler-utils)")?;
    let mut pages: Vec<PathBuf> = folder
        .read_dir()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "png"))
        .collect();
    pages.sort();
    // The first page is the invoice; every ticket has a page of its own.
    Ok(pages.split_off(1))
}

async fn get(url: &str) -> Result<Value> {
    Ok(http::client()
        .get(url)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?)
}
