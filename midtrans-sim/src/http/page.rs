//! The page a customer sees behind `redirect_url`: choose a channel, then pay, fail, let it expire
//! or come back later. Plain forms, no scripts.
//!
//! Invariant: whatever happens here, the browser ends at the merchant's finish address with the
//! query Midtrans adds; the merchant must not trust it. A dead page says so and offers nothing.

use std::sync::Arc;

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    channel::Channel,
    drive::Drive,
    refusal::Refusal,
    row::Row,
    simulator::Simulator,
    transaction::Transaction,
    world::{Session, World},
};

type Shared = State<Arc<Simulator>>;

#[derive(Deserialize)]
pub(super) struct Choice {
    channel: Option<String>,
    action: String,
}

pub(super) async fn show(State(simulator): Shared, Path(token): Path<String>) -> Response {
    let page = simulator.with(|world, now| {
        let session = world.session(&token, now)?;
        Ok::<_, Refusal>(render(session, world.current(&token)))
    });
    match page {
        Ok(html) => Html(html).into_response(),
        Err(_) => gone(),
    }
}

pub(super) async fn act(
    State(simulator): Shared,
    Path(token): Path<String>,
    Form(choice): Form<Choice>,
) -> Response {
    let acted = simulator.with(|world, now| {
        apply(world, &token, &choice, now)?;
        let session = world.session(&token, now)?;
        let transaction = world
            .current(&token)
            .ok_or_else(Refusal::unknown_transaction)?;
        let usual = simulator.finish_url.as_deref();
        let finish = session.request.finish_url.as_deref().or(usual);
        Ok::<_, Refusal>(finish.map(|url| return_url(url, transaction, &simulator.merchant_id)))
    });
    match acted {
        Ok(Some(url)) => Redirect::to(&url).into_response(),
        Ok(None) => Redirect::to(&format!("/snap/v2/vtweb/{token}")).into_response(),
        Err(refusal) if refusal.code == 404 => gone(),
        Err(refusal) => {
            let text = format!("<p>{}</p>", escape(&refusal.messages.join("; ")));
            (StatusCode::CONFLICT, Html(frame("Not possible", &text))).into_response()
        }
    }
}

fn apply(world: &mut World, token: &str, choice: &Choice, now: i64) -> Result<(), Refusal> {
    let order_id = world.session(token, now)?.request.order_id.clone();
    let chosen = choice.channel.as_deref().and_then(Channel::from_name);
    let channel = match world.current(token) {
        Some(open) if !open.row.is_failed_attempt() => open.channel,
        _ => chosen.unwrap_or(Channel::BankTransfer),
    };
    let to = match (choice.action.as_str(), channel) {
        ("pay", Channel::CreditCard) => Row::Capture,
        ("pay", _) => Row::Settlement,
        ("fail", _) => Row::Deny,
        ("expire", _) => Row::Expire,
        ("later", _) => Row::Pending,
        _ => return Err(Refusal::new(400, "unknown action")),
    };
    let drive = Drive {
        to: to.name().to_owned(),
        channel: Some(channel.name().to_owned()),
        ..Drive::default()
    };
    world.drive(&order_id, &drive, now).map(|_| ())
}

/// The finish address with the query Midtrans adds.
fn return_url(finish: &str, transaction: &Transaction, merchant_id: &str) -> String {
    let joint = if finish.contains('?') { '&' } else { '?' };
    format!(
        "{finish}{joint}order_id={}&status_code={}&transaction_status={}&merchant_id={merchant_id}",
        transaction.order_id,
        transaction.row.reply_code(),
        transaction.row.status(),
    )
}

fn render(session: &Session, current: Option<&Transaction>) -> String {
    let mut main = summary(session);
    match current {
        Some(done) if !done.row.is_failed_attempt() && done.row != Row::Pending => {
            main += &format!(
                "<p class=\"note\">Payment is <b>{}</b>.</p>",
                done.row.name()
            );
        }
        Some(open) if open.row == Row::Pending => {
            main += &format!(
                "<p class=\"note\">Waiting for: {}</p>",
                open.channel.label()
            );
            main += &form(&[]);
        }
        other => {
            if let Some(failed) = other {
                main += &format!(
                    "<p class=\"note\">The last attempt ended as <b>{}</b>. Try again.</p>",
                    failed.row.name()
                );
            }
            main += &form(&offered(session));
        }
    }
    frame("Payment", &main)
}

fn offered(session: &Session) -> Vec<Channel> {
    let enabled = &session.request.enabled_payments;
    Channel::ALL
        .into_iter()
        .filter(|channel| channel.is_enabled(enabled))
        .collect()
}

fn summary(session: &Session) -> String {
    let request = &session.request;
    let lines: String = request
        .items
        .iter()
        .map(|(name, price, quantity)| {
            let line = rupiah(price * quantity);
            format!(
                "<tr><td>{} × {quantity}</td><td>{line}</td></tr>",
                escape(name)
            )
        })
        .collect();
    format!(
        "<p class=\"sum\">{}</p><p class=\"id\">Order {}</p><table>{lines}</table>",
        rupiah(request.gross_amount),
        escape(&request.order_id)
    )
}

fn form(channels: &[Channel]) -> String {
    let radios: String = channels
        .iter()
        .enumerate()
        .map(|(index, channel)| {
            let checked = if index == 0 { " checked" } else { "" };
            format!(
                "<label><input type=\"radio\" name=\"channel\" value=\"{}\"{checked}> {}</label>",
                channel.name(),
                channel.label()
            )
        })
        .collect();
    let later = if channels.is_empty() {
        ""
    } else {
        "<button name=\"action\" value=\"later\">Pay later</button>"
    };
    format!(
        "<form method=\"post\">{radios}\
         <button class=\"pay\" name=\"action\" value=\"pay\">Pay</button>\
         <div class=\"row\">{later}<button name=\"action\" value=\"fail\">Fail</button>\
         <button name=\"action\" value=\"expire\">Let expire</button></div></form>"
    )
}

fn gone() -> Response {
    let text = "<p>This payment page has ended. Go back to the shop and start again.</p>";
    (StatusCode::NOT_FOUND, Html(frame("Page has ended", text))).into_response()
}

fn frame(title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} · simulated Midtrans</title><link rel=\"icon\" href=\"data:,\"><style>{STYLE}</style></head>\
         <body><main><header>Simulated Midtrans · no real money</header>\
         <h1>{title}</h1>{main}</main></body></html>"
    )
}

const STYLE: &str = "\
body{margin:0;background:#eef1f5;color:#1d2733;font:16px/1.5 system-ui,sans-serif}\
main{max-width:26rem;margin:2rem auto;background:#fff;padding:0 1.5rem 1.5rem;border-radius:.75rem;\
box-shadow:0 2px 12px #0002;overflow:hidden}\
header{margin:0 -1.5rem 1rem;padding:.5rem 1.5rem;background:#002855;color:#fff;font-size:.85rem}\
h1{font-size:1.1rem;margin:0}.sum{font-size:1.8rem;font-weight:700;margin:.25rem 0 0}\
.id{color:#5a6675;margin:0 0 1rem}table{width:100%;border-collapse:collapse;margin-bottom:1rem}\
td{padding:.35rem 0;border-top:1px solid #e3e8ee}td:last-child{text-align:right}\
label{display:block;padding:.7rem;border:1px solid #cfd7e0;border-radius:.5rem;margin-bottom:.5rem}\
button{flex:1;padding:.7rem;border:1px solid #9aa7b5;border-radius:.5rem;background:#fff;font:inherit}\
.pay{width:100%;background:#002855;color:#fff;border-color:#002855;font-weight:600;margin:.5rem 0}\
.row{display:flex;gap:.5rem}.note{background:#fff6dc;padding:.7rem;border-radius:.5rem}";

/// `Rp 150.000`, as a customer in Indonesia reads it.
fn rupiah(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    let sign = if amount < 0 { "-" } else { "" };
    format!("{sign}Rp {text}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_rupiah() {
        assert_eq!(rupiah(150_000), "Rp 150.000");
        assert_eq!(rupiah(-50), "-Rp 50");
        assert_eq!(rupiah(1_234_567), "Rp 1.234.567");
    }

    #[test]
    fn names_cannot_break_the_page() {
        assert_eq!(escape("<b>\"A&B\""), "&lt;b&gt;&quot;A&amp;B&quot;");
    }
}
