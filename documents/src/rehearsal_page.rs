//! Rehearsal tickets as one PDF: a page each, as large as a real ticket's, so that cameras and people practise with what
//! guests will hold; and nobody takes one for a ticket.
//!
//! Invariant: the QR code is drawn as on a ticket's page, and the page says in words, in two languages and in a pattern
//! that no ticket has, that it lets nobody in. Equal input gives equal bytes. Called by central's command line.

use chrono::{DateTime, Utc};
use printpdf::{OffsetDateTime, PdfDocument};

use crate::{
    DocumentError,
    canvas::{Align, Area, Canvas, HEIGHT, WIDTH},
    font::{Face, printable},
    pdf,
    qr::{QUIET_ZONE, qr_modules},
    ticket_page::{GREY, INK, MARGIN, WHITE, module_width, pen},
};

const BAND: f32 = 46.0;
const STRIPE: f32 = 4.0;
const CODE_TOP: f32 = 92.0;
const PURPLE: [f32; 3] = [0.36, 0.17, 0.55];
const PALE: [f32; 3] = [0.86, 0.80, 0.93];

/// What stands on every page.
#[derive(Debug, Clone, Copy)]
pub struct RehearsalHead<'a> {
    /// The event's name.
    pub event: &'a str,
    /// Until when they work, in the venue's time, as it is to be read.
    pub until: &'a str,
    /// When they were made.
    pub made_at: DateTime<Utc>,
}

/// One page per code.
///
/// # Errors
/// [`DocumentError`] when a code does not fit a QR code or the embedded font is broken.
pub fn rehearsal_sheets(head: &RehearsalHead, codes: &[String]) -> Result<Vec<u8>, DocumentError> {
    let mut pages = Vec::new();
    for (index, code) in codes.iter().enumerate() {
        let place = format!("{}/{}", index + 1, codes.len());
        pages.push(draw(head, code, &place)?);
    }
    let mut document = PdfDocument::new("");
    let about = &mut document.metadata.info;
    about.document_title = format!("Rehearsal · {}", printable(head.event)?);
    about.creator = "Gerbang".to_owned();
    about.producer = "Gerbang".to_owned();
    if let Ok(at) = OffsetDateTime::from_unix_timestamp(head.made_at.timestamp()) {
        about.creation_date = at;
        about.modification_date = at;
        about.metadata_date = at;
    }
    pdf::embed_fonts(&mut document, &pages)?;
    document.with_pages(pages.into_iter().map(Canvas::into_page).collect());
    pdf::write(&document, "rehearsal", "en")
}

fn draw(head: &RehearsalHead, code: &str, place: &str) -> Result<Canvas, DocumentError> {
    let mut page = Canvas::default();
    stripes(&mut page, 0.0);
    stripes(&mut page, HEIGHT - STRIPE);
    page.fill(
        Area {
            x: 0.0,
            y: STRIPE,
            width: WIDTH,
            height: BAND - STRIPE,
        },
        PURPLE,
    );
    let inner = WIDTH - 2.0 * MARGIN;
    let huge = pen(Face::Bold, 34.0, WHITE);
    page.text(
        (WIDTH / 2.0, 23.0),
        Align::Center,
        huge.shrunk("REHEARSAL", inner, 20.0),
        "REHEARSAL",
    )?;
    page.text(
        (WIDTH / 2.0, 38.0),
        Align::Center,
        pen(Face::Bold, 22.0, PALE),
        "LATIHAN",
    )?;
    let event = printable(head.event)?;
    let title = pen(Face::Bold, 15.0, INK).shrunk(&event, inner, 8.0);
    page.text(
        (WIDTH / 2.0, 58.0),
        Align::Center,
        title,
        &title.cut(&event, inner),
    )?;
    let text = pen(Face::Regular, 10.0, INK);
    let lines = [
        "This is no ticket: it lets nobody in and never counts.".to_owned(),
        "Ini bukan tiket: tidak berlaku untuk masuk dan tidak dihitung.".to_owned(),
        format!("Good until / berlaku sampai {}", printable(head.until)?),
    ];
    for (line, y) in lines.iter().zip([67.0, 73.0, 81.0]) {
        page.text(
            (WIDTH / 2.0, y),
            Align::Center,
            text.shrunk(line, inner, 6.0),
            line,
        )?;
    }
    let modules = qr_modules(code)?;
    let module = module_width(&modules);
    let quiet = module * f32::from(QUIET_ZONE);
    let side = module * f32::from(u16::try_from(modules.size()).unwrap_or(u16::MAX));
    page.qr(((WIDTH - side) / 2.0, CODE_TOP + quiet), module, &modules);
    let below = CODE_TOP + side + 2.0 * quiet + 8.0;
    page.text(
        (WIDTH / 2.0, below),
        Align::Center,
        pen(Face::Regular, 9.0, GREY),
        place,
    )?;
    Ok(page)
}

/// A hatched edge, which no ticket has.
fn stripes(page: &mut Canvas, y: f32) {
    let mut x = 0.0;
    let mut dark = true;
    while x < WIDTH {
        let width = STRIPE.min(WIDTH - x);
        let fill = if dark { PURPLE } else { PALE };
        page.fill(
            Area {
                x,
                y,
                width,
                height: STRIPE,
            },
            fill,
        );
        (x, dark) = (x + STRIPE, !dark);
    }
}
