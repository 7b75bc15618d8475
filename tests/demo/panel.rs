//! The first account of the panel, made as its operator would.

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::venue::Venue;

const EMAIL: &str = "admin@example.org";

/// What one signs in with; the panel wants another password at once.
pub struct Panel {
    pub email: &'static str,
    pub password: String,
}

/// Makes it.
pub async fn open(venue: &Venue) -> Result<Panel> {
    let words = ["admin", "create", EMAIL, "--name", "Ayu Admin", "--json"];
    let told: Value = serde_json::from_str(&venue.ask_central(&words).await?)?;
    let password = told["password"].as_str();
    Ok(Panel {
        email: EMAIL,
        password: password.context("a one-time password")?.to_owned(),
    })
}
