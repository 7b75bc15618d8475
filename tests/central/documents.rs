//! What a buyer gets on paper: every line adds up to the total, taxes have names, and strangers read every code.
use std::{path::Path, process::Command};

use central::{
    app::{refunds::RefundAsk, trail::Actor},
    domain::{
        charge::{Charge, ChargeBase, ChargeKind, Rate},
        refund::{RefundReason, Scope},
    },
    store::refund_rule::RefundRule,
};
use support::{
    central::Engine,
    letter::{connected, header, parsed, text},
    post_box::PostBox,
    shop::{IDENTITY, Shop},
};

/// What a tool says of the document.
fn said(tool: &str, arguments: &[&str], pdf: &Path) -> String {
    let output = Command::new(tool)
        .args(arguments)
        .arg(pdf)
        .arg("-")
        .output();
    let output = output.unwrap_or_else(|error| panic!("{tool}: {error}"));
    assert!(
        output.status.success(),
        "{tool}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("text");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn bars(folder: &Path, pdf: &Path) -> Vec<String> {
    let page = folder.join("page");
    let drawn = Command::new("pdftoppm")
        .args(["-r", "200", "-gray"])
        .args([pdf, &page])
        .status();
    assert!(drawn.expect("pdftoppm").success());
    let mut pages: Vec<_> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "pgm"))
        .collect();
    pages.sort();
    let read = |page: &std::path::PathBuf| {
        let mut zbar = Command::new("zbarimg");
        let zbar = zbar
            .args(["--quiet", "--raw", "-Sdisable", "-Scode128.enable"])
            .arg(page);
        String::from_utf8(zbar.output().expect("zbarimg").stdout).expect("text")
    };
    let all: String = pages.iter().map(read).collect();
    all.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn an_invoice_names_discounts_fees_and_taxes_and_its_tickets_carry_their_number_as_bars() {
    for engine in Engine::both() {
        let shop = Shop::open_with(engine, |wish| {
            let charge = |kind, name: &str, rate, is_included| Charge {
                kind,
                name: name.to_owned(),
                rate,
                base: ChargeBase::Tickets,
                is_included,
            };
            wish.prices.charges = vec![
                charge(
                    ChargeKind::Fee,
                    "Service fee",
                    Rate::PerTicket(5_000),
                    false,
                ),
                charge(ChargeKind::Tax, "PBJT 10%", Rate::Percent(1_000), true),
            ];
        })
        .await;
        let order = shop.buy("on-paper", &[(0, 2)]).await;
        shop.drive(&order, "settlement").await;
        let (status, bytes) = shop.get(&order.path("/invoice.pdf")).await;
        assert_eq!(status, 200);
        let folder = tempfile::tempdir().expect("a folder");
        let pdf = folder.path().join("order.pdf");
        std::fs::write(&pdf, bytes).expect("written");

        let checked = Command::new("qpdf")
            .arg("--check")
            .arg(&pdf)
            .output()
            .expect("qpdf");
        assert!(
            checked.status.success(),
            "{}",
            String::from_utf8_lossy(&checked.stderr)
        );
        let invoice = said("pdftotext", &["-layout", "-l", "1"], &pdf);
        for part in [
            "INV/FESTIVAL/2026/00001",
            &order.number,
            "Regular 2 IDR 150,000 IDR 300,000",
            "Service fee 1 IDR 10,000 IDR 10,000",
            "Total IDR 310,000",
            "Prices include PBJT 10%: IDR 27,273",
            "Organiser",
            "Paid on",
        ] {
            assert!(invoice.contains(part), "{engine:?}: {part} in {invoice}");
        }
        assert!(!invoice.contains(IDENTITY), "{invoice}");
        let seen = shop.look(&order).await;
        let tickets = seen["tickets"].as_array().expect("tickets");
        let numbers: Vec<_> = tickets
            .iter()
            .map(|ticket| {
                ticket["number"]
                    .as_str()
                    .expect("a number")
                    .replace('-', "")
            })
            .collect();
        assert_eq!(bars(folder.path(), &pdf), numbers);
    }
}

#[tokio::test]
async fn what_goes_back_is_mailed_with_a_credit_note_and_a_refusal_without() {
    for engine in Engine::both() {
        let (shop, post) = (Shop::open(engine).await, PostBox::open().await);
        let app = connected(&shop, &post);
        let order = crate::refunds::paid(&shop, "partly-back", &[(0, 2)], "qris").await;
        while app.send_letters(10).await.expect("sends") > 0 {}
        let view = app.find_order(&order.number, &order.access).await;
        let ticket = view.expect("found").tickets[0].gate.clone();
        let ask = RefundAsk {
            scope: Scope::Tickets(vec![ticket.id]),
            reason: RefundReason::Staff,
            note: "ill".to_owned(),
        };
        let desk = Actor::Staff("Rini".to_owned());
        let refunded = app.refund_order(&order.number, &ask, &desk).await;
        refunded.expect("refunded");
        assert_eq!(app.send_letters(10).await.expect("sends"), 1);
        let letter = parsed(&post.letters()[1]);
        assert_eq!(header(&letter, "subject"), "Refund: Festival");
        assert!(
            text(&letter).contains("Refund: IDR\u{A0}150,000"),
            "{}",
            text(&letter)
        );
        let ended = format!("No longer valid: {} ", ticket.number);
        assert!(text(&letter).contains(&ended), "{}", text(&letter));
        assert!(!text(&letter).contains("Your tickets stay valid."));
        let part = &letter["parts"][2];
        assert_eq!(part["file"], "CN-FESTIVAL-2026-00001.pdf");
        let coded = part["base64"].as_str().expect("a file").as_bytes();
        let bytes = data_encoding::BASE64.decode(coded).expect("base64");
        let folder = tempfile::tempdir().expect("a folder");
        let pdf = folder.path().join("note.pdf");
        std::fs::write(&pdf, bytes).expect("written");
        let note = said("pdftotext", &["-layout"], &pdf);
        for part in [
            "Credit note",
            "CN/FESTIVAL/2026/00001",
            "For receipt",
            "INV/FESTIVAL/2026/00001",
            &ticket.number.to_string(),
            "Total refunded IDR 150,000",
        ] {
            assert!(note.contains(part), "{engine:?}: {part} in {note}");
        }

        let rule = RefundRule {
            gives_back: true,
            ask_until: Some(shop.central.now().plus_ms(1)),
        };
        let event = shop.event.event.id;
        let ruled = app.set_refund_rule(event, rule, &desk).await;
        ruled.expect("a rule");
        let numbers: Vec<String> = Vec::new();
        let asked = app.request_refund(&order.number, &order.access, &numbers, "please");
        let asked = asked.await.expect("may ask");
        app.decline_refund(asked.id, &desk).await.expect("declined");
        assert_eq!(app.send_letters(10).await.expect("sends"), 1);
        let letter = parsed(&post.letters()[2]);
        assert!(text(&letter).contains("was declined"), "{}", text(&letter));
        assert_eq!(
            letter["parts"].as_array().map(Vec::len),
            Some(2),
            "no credit note"
        );
    }
}
