//! The page of one ticket: who, what, when, where, and the QR code the gate reads.
//!
//! Invariant: the QR code is at least 60 mm wide inside an empty quiet zone of four modules, and the
//! ticket number stands under it for typing by hand. Text gives way to the code, never the reverse:
//! long names shrink, then wrap, then are cut.
//! Drawn by `pdf::invoice`. Below the cut line, at the right, the ticket number stands once more as a Code 128: what a
//! desk scanner without a camera reads, and what stays in the hand when the rest was torn off.

use crate::{
    DocumentError, EventDay, Invoice, TicketPage,
    canvas::{Align, Area, Canvas, HEIGHT, Pen, WIDTH},
    code128::{self, Bars},
    font::{Face, printable},
    language::Labels,
    qr::{QUIET_ZONE, QrModules, qr_modules},
};

pub(crate) const MARGIN: f32 = 12.0;
pub(crate) const INK: [f32; 3] = [0.09, 0.10, 0.13];
pub(crate) const GREY: [f32; 3] = [0.42, 0.45, 0.50];
pub(crate) const LINE: [f32; 3] = [0.82, 0.84, 0.87];
pub(crate) const WHITE: [f32; 3] = [1.0; 3];

const INNER: f32 = WIDTH - 2.0 * MARGIN;
const BAND: f32 = 37.0;
const CARD_TOP: f32 = 85.0;
const CUT: f32 = 178.5;
/// 4.5 points: 41 modules of a ticket code make 65 mm.
const MODULE: f32 = 4.5 * 25.4 / 72.0;
/// Twelve characters of Code 128 are 167 modules: 46 mm, and an office printer keeps the bars apart.
const BAR_MODULE: f32 = 0.276;
const BAR_HEIGHT: f32 = 12.0;
/// A code of another version is drawn at this width too.
const SYMBOL: f32 = 41.0 * MODULE;

pub(crate) fn draw(
    invoice: &Invoice,
    ticket: &TicketPage,
    position: usize,
) -> Result<Canvas, DocumentError> {
    let mut page = Canvas::default();
    band(&mut page, invoice, position)?;
    facts(&mut page, invoice, ticket)?;
    card(&mut page, invoice.language.labels(), ticket)?;
    cut_line(&mut page);
    stub(&mut page, invoice, ticket)?;
    Ok(page)
}

/// A pen of one weight, size and colour.
pub(crate) fn pen(face: Face, size: f32, color: [f32; 3]) -> Pen {
    Pen { face, size, color }
}

fn band(page: &mut Canvas, invoice: &Invoice, position: usize) -> Result<(), DocumentError> {
    let labels = invoice.language.labels();
    page.fill(
        Area {
            x: 0.0,
            y: 0.0,
            width: WIDTH,
            height: BAND,
        },
        invoice.accent.tint(0.0),
    );
    gate(page, invoice.accent.tint(0.09));
    let small = pen(Face::Bold, 8.0, invoice.accent.tint(0.82));
    let count = format!("{} {position}/{}", labels.ticket, invoice.tickets.len());
    let seller = small.cut(
        &printable(&invoice.seller.name)?,
        INNER - small.width(&count) - 6.0,
    );
    page.text((MARGIN, 11.0), Align::Left, small, &seller)?;
    page.text((WIDTH - MARGIN, 11.0), Align::Right, small, &count)?;
    let (title, lines) = title(&invoice.event.name)?;
    let top = if lines.len() == 1 { 24.5 } else { 20.5 };
    page.lines((MARGIN, top), title, &lines)?;
    Ok(())
}

/// The event's name on one line if shrinking a little does it, else on two.
fn title(name: &str) -> Result<(Pen, Vec<String>), DocumentError> {
    let name = printable(name)?;
    let one = pen(Face::Bold, 21.0, WHITE).shrunk(&name, INNER, 17.0);
    if one.width(&name) <= INNER + 0.01 {
        return Ok((one, vec![name]));
    }
    let two = pen(Face::Bold, 16.0, WHITE).shrunk(&name, INNER * 1.8, 12.0);
    Ok((two, two.wrap(&name, INNER, 2)?))
}

/// The two halves of a split gate (candi bentar), stepped, as a quiet mark at the band's right end.
fn gate(page: &mut Canvas, color: [f32; 3]) {
    for step in 0_u8..5 {
        let step = f32::from(step);
        let (height, width) = (BAND - 3.0 - 6.0 * step, 4.0);
        let y = BAND - height;
        for x in [
            WIDTH - 30.0 - width * (step + 1.0),
            WIDTH - 24.0 + width * step,
        ] {
            page.fill(
                Area {
                    x,
                    y,
                    width,
                    height,
                },
                color,
            );
        }
    }
}

fn facts(page: &mut Canvas, invoice: &Invoice, ticket: &TicketPage) -> Result<(), DocumentError> {
    let labels = invoice.language.labels();
    let (left, right, half) = (MARGIN, WIDTH / 2.0 + 2.0, INNER / 2.0 - 4.0);
    let name = printable(&ticket.attendee)?;
    label(page, (left, 44.0), labels.attendee)?;
    let big = pen(Face::Bold, 15.0, INK).shrunk(&name, INNER, 8.5);
    let lines = big.wrap(&name, INNER + 0.01, 2)?;
    page.lines(
        (left, if lines.len() > 1 { 48.6 } else { 50.3 }),
        big,
        &lines,
    )?;
    fact(
        page,
        (left, 57.5, half),
        labels.ticket_type,
        &ticket.ticket_type,
    )?;
    fact(
        page,
        (right, 57.5, half),
        labels.date,
        &days(labels, &ticket.days),
    )?;
    fact(page, (left, 70.5, half), labels.venue, &invoice.event.venue)?;
    fact(
        page,
        (right, 70.5, half),
        labels.gates_open,
        &gates(invoice, &ticket.days),
    )
}

pub(crate) fn label(page: &mut Canvas, place: (f32, f32), text: &str) -> Result<(), DocumentError> {
    page.text(place, Align::Left, pen(Face::Regular, 7.5, GREY), text)
}

/// A label with its value in at most two lines.
fn fact(
    page: &mut Canvas,
    (x, y, width): (f32, f32, f32),
    name: &str,
    value: &str,
) -> Result<(), DocumentError> {
    label(page, (x, y), name)?;
    let value = printable(value)?;
    let one = pen(Face::Bold, 10.5, INK).shrunk(&value, width, 8.5);
    let lines = one.wrap(&value, width + 0.01, 2)?;
    page.lines((x, y + 4.6), one, &lines)?;
    Ok(())
}

/// One day in full; a run of days by its ends; scattered days one by one.
pub(crate) fn days(labels: &Labels, days: &[EventDay]) -> String {
    let mut dates: Vec<_> = days.iter().map(|day| day.date).collect();
    dates.sort_unstable();
    dates.dedup();
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else {
        return labels.to_be_announced.to_owned();
    };
    let unbroken = dates
        .windows(2)
        .all(|pair| pair[0].succ_opt() == Some(pair[1]));
    if dates.len() > 1 && unbroken {
        return labels.days(*first, *last);
    }
    dates
        .iter()
        .map(|date| labels.day(*date))
        .collect::<Vec<_>>()
        .join(", ")
}

/// When the gates open: once if it is the same time on every day.
fn gates(invoice: &Invoice, days: &[EventDay]) -> String {
    let mut times: Vec<String> = Vec::new();
    for at in days.iter().filter_map(|day| day.gates_open_at) {
        let time = invoice.language.labels().clock(at, invoice.time_zone);
        if !times.contains(&time) {
            times.push(time);
        }
    }
    if times.is_empty() {
        return invoice.language.labels().to_be_announced.to_owned();
    }
    times.join(" · ")
}

fn card(page: &mut Canvas, labels: &Labels, ticket: &TicketPage) -> Result<(), DocumentError> {
    let modules = qr_modules(&ticket.code)?;
    let module = module_width(&modules);
    let quiet = module * f32::from(QUIET_ZONE);
    let side = SYMBOL + 2.0 * quiet;
    let (width, height) = (side + 8.0, CUT - CARD_TOP - 4.0);
    let x = (WIDTH - width) / 2.0;
    page.frame_round(
        Area {
            x,
            y: CARD_TOP,
            width,
            height,
        },
        4.0,
        LINE,
        0.8,
    );
    page.qr((x + 4.0 + quiet, CARD_TOP + quiet), module, &modules);
    let below = CARD_TOP + side;
    page.text(
        (WIDTH / 2.0, below + 0.8),
        Align::Center,
        pen(Face::Regular, 7.5, GREY),
        labels.ticket_number,
    )?;
    let number = grouped(&ticket.number);
    let large = pen(Face::Bold, 19.0, INK).shrunk(&number, width - 6.0, 8.0);
    page.text((WIDTH / 2.0, below + 8.0), Align::Center, large, &number)
}

pub(crate) fn module_width(modules: &QrModules) -> f32 {
    SYMBOL / f32::from(u16::try_from(modules.size()).unwrap_or(u16::MAX))
}

/// `ABCD-EFGH-JK`; a number that brings hyphens keeps them.
pub(crate) fn grouped(number: &str) -> String {
    if number.contains('-') {
        return number.to_owned();
    }
    let letters: Vec<char> = number.chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join("-")
}

fn cut_line(page: &mut Canvas) {
    page.rule(
        (MARGIN - 4.0, CUT),
        WIDTH - 2.0 * (MARGIN - 4.0),
        LINE,
        &[3.0, 3.0],
    );
    for x in [0.0, WIDTH] {
        page.circle((x, CUT), 4.0, LINE);
    }
}

fn stub(page: &mut Canvas, invoice: &Invoice, ticket: &TicketPage) -> Result<(), DocumentError> {
    let labels = invoice.language.labels();
    let width = barcode(page, ticket)?;
    let own = labels.own_terms.map(str::to_owned);
    let terms = if invoice.terms.is_empty() {
        &own[..]
    } else {
        &invoice.terms
    };
    let bold = pen(Face::Bold, 7.0, INK);
    page.text((MARGIN, CUT + 5.2), Align::Left, bold, labels.terms)?;
    let small = pen(Face::Regular, 6.0, GREY);
    let mut y = CUT + 8.8;
    for term in terms {
        let lines = small.wrap(term, INNER - width - 5.0, 2)?;
        if y > HEIGHT - 8.0 {
            break;
        }
        page.text((MARGIN, y), Align::Left, small, "•")?;
        y = page.lines((MARGIN + 2.5, y), small, &lines)? + 0.4;
    }
    let foot = pen(Face::Regular, 6.4, GREY);
    let order = format!("{} {}", labels.order, invoice.number);
    page.text((MARGIN, HEIGHT - 4.6), Align::Left, foot, &order)
}

/// The number as a Code 128 with the number under it; returns the width that it takes, quiet zone included.
fn barcode(page: &mut Canvas, ticket: &TicketPage) -> Result<f32, DocumentError> {
    let plain: String = ticket.number.chars().filter(|c| *c != '-').collect();
    let bars = Bars::of(&plain)?;
    let width = BAR_MODULE * f32::from(u16::try_from(bars.width()).unwrap_or(u16::MAX));
    let x = WIDTH - MARGIN - width;
    page.bars((x, CUT + 6.0), [BAR_MODULE, BAR_HEIGHT], &bars);
    let number = grouped(&ticket.number);
    let bold = pen(Face::Bold, 9.0, INK).shrunk(&number, width, 5.0);
    let place = (x + width / 2.0, CUT + 6.0 + BAR_HEIGHT + 4.4);
    page.text(place, Align::Center, bold, &number)?;
    Ok(width + BAR_MODULE * f32::from(code128::QUIET_ZONE))
}
