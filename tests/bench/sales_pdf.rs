//! `sales.pdf`: tickets drawn per second, one order of four after the other as mail sends them, and in one document of
//! many.
//!
//! The peer is the same library drawing bare pages: as many of them, one line of text in a font that every reader has,
//! in documents of the same number of pages. What is more is ours: two cut-down fonts, QR codes, bars and layout.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use documents::{
    Accent, DocumentKind, Event, EventDay, Invoice, InvoiceLine, Language, Party, PaymentStatus,
    TicketPage,
};
use printpdf::{
    BuiltinFont, Mm, Op, PdfDocument, PdfFontHandle, PdfPage, PdfSaveOptions, Point, Pt, TextItem,
};

use crate::figure::{Figure, Report};

/// Long enough that noise averages out.
const RUN: Duration = Duration::from_secs(3);

/// Measures both shapes.
pub fn run(report: &mut Report) -> Result<()> {
    for (name, tickets) in [("order_of_4", 4), ("order_of_100", 100)] {
        let order = order(tickets);
        let ours = rate(tickets, || Ok(documents::invoice(&order)?.len()))?;
        let bare = rate(tickets, || Ok(bare(tickets)))?;
        let figure = Figure::new(format!("sales.pdf.{name}"), ours, "tickets/s");
        report.add(&figure.beside("bare pages", bare));
        let bytes = documents::invoice(&order)?.len() / tickets;
        report.add(&Figure::new(
            format!("sales.pdf.{name}.bytes"),
            f64::from(u32::try_from(bytes)?),
            "B/ticket",
        ));
    }
    Ok(())
}

/// Tickets per second of one thread.
fn rate(tickets: usize, mut draw: impl FnMut() -> Result<usize>) -> Result<f64> {
    ensure!(draw()? > 1_000, "a document");
    let (start, mut drawn) = (Instant::now(), 0);
    while start.elapsed() < RUN {
        draw()?;
        drawn += tickets;
    }
    Ok(f64::from(u32::try_from(drawn)?) / start.elapsed().as_secs_f64())
}

/// As many pages of the bare library, each with one line.
fn bare(tickets: usize) -> usize {
    let line = |n: usize| {
        let font = PdfFontHandle::Builtin(BuiltinFont::Helvetica);
        let pos = Point {
            x: Pt(40.0),
            y: Pt(500.0),
        };
        vec![
            Op::StartTextSection,
            Op::SetFont {
                font,
                size: Pt(12.0),
            },
            Op::SetTextCursor { pos },
            Op::ShowText {
                items: vec![TextItem::Text(format!("Ticket {n}"))],
            },
            Op::EndTextSection,
        ]
    };
    let pages = (0..=tickets).map(|n| PdfPage::new(Mm(148.0), Mm(210.0), line(n)));
    let mut document = PdfDocument::new("bare");
    document.with_pages(pages.collect());
    document
        .save(&PdfSaveOptions::default(), &mut Vec::new())
        .len()
}

fn order(tickets: usize) -> Invoice {
    let at = chrono::DateTime::from_timestamp(1_796_083_200, 0).unwrap_or_default();
    let days = vec![EventDay {
        date: at.date_naive(),
        gates_open_at: Some(at),
    }];
    let party = |name: &str| Party {
        name: name.to_owned(),
        lines: vec!["surat@example.id".to_owned()],
    };
    let line = InvoiceLine {
        description: "Festival A".to_owned(),
        detail: None,
        quantity: u32::try_from(tickets).unwrap_or(u32::MAX),
        unit_price: "Rp 150.000".to_owned(),
        amount: "Rp 600.000".to_owned(),
    };
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let ticket = |n: usize| TicketPage {
        code: (0..143)
            .map(|at| char::from(letters[(at * 7 + n * 13) % 32]))
            .collect(),
        number: format!("K7QM-{n:04}-X2PR"),
        attendee: format!("Siti Rahmawati {n}"),
        ticket_type: "Festival A".to_owned(),
        days: days.clone(),
    };
    Invoice {
        kind: DocumentKind::Invoice,
        receipt: Some("INV/GEMA/2026/00042".to_owned()),
        notes: Vec::new(),
        language: Language::Indonesian,
        time_zone: chrono_tz::Asia::Jakarta,
        accent: Accent::pick(b"gema"),
        number: "GRB-7K2QF9M4XD".to_owned(),
        issued_at: at,
        status: PaymentStatus::Paid,
        paid_at: Some(at),
        payment_method: Some("QRIS".to_owned()),
        seller: party("PT Gema Nusantara"),
        buyer: party("Siti Rahmawati"),
        event: Event {
            name: "Gema Nusantara 2026".to_owned(),
            venue: "Stadion Utama, Jakarta".to_owned(),
            days: days.clone(),
        },
        lines: vec![line],
        total: "Rp 600.000".to_owned(),
        terms: Vec::new(),
        tickets: (0..tickets).map(ticket).collect(),
    }
}
