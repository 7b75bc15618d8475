//! The invoice itself: who sold what to whom, for how much, and whether it is paid.
//!
//! Invariant: every line of the invoice is printed; a long order runs on to further pages, the total
//! stands once, after the last line. Long text wraps or is cut, and never overlaps its neighbour.
//! Drawn by `pdf::invoice` before the tickets. It adds nothing up: all amounts are text it was given.

use crate::{
    DocumentError, DocumentKind, Invoice, InvoiceLine, Party, PaymentStatus,
    canvas::{Align, Area, Canvas, HEIGHT, Pen, WIDTH, leading},
    font::{Face, printable},
    ticket_page::{GREY, INK, LINE, MARGIN, WHITE, days, label, pen},
};

const INNER: f32 = WIDTH - 2.0 * MARGIN;
const RIGHT: f32 = WIDTH - MARGIN;
/// Where the right one of two columns begins.
const SECOND: f32 = WIDTH / 2.0 + 2.0;
/// Right ends of the quantity and price columns, and the width of the item column.
const QUANTITY: f32 = 82.0;
const PRICE: f32 = 108.0;
const ITEM: f32 = 60.0;
/// Nothing but the foot stands below this.
const BOTTOM: f32 = HEIGHT - 16.0;
/// What the total and the line under it need, the notes apart.
const TOTALS: f32 = 22.0;
/// More taxes than this on one order are nobody's.
const MOST_NOTES: usize = 8;

pub(crate) fn draw(invoice: &Invoice) -> Result<Vec<Canvas>, DocumentError> {
    let mut first = Canvas::default();
    let top = head(&mut first, invoice)?;
    let mut pages = vec![first];
    let y = table(&mut pages, invoice, top)?;
    totals(&mut pages, invoice, y)?;
    feet(&mut pages, invoice)?;
    Ok(pages)
}

/// Everything above the table; returns where the table may start.
fn head(page: &mut Canvas, invoice: &Invoice) -> Result<f32, DocumentError> {
    let labels = invoice.language.labels();
    page.fill(
        Area {
            x: 0.0,
            y: 0.0,
            width: WIDTH,
            height: 4.0,
        },
        invoice.accent.tint(0.0),
    );
    let title = pen(Face::Bold, 24.0, invoice.accent.tint(0.0));
    let name = labels.title(&invoice.kind);
    page.text((MARGIN, 21.0), Align::Left, title, name)?;
    if invoice.kind == DocumentKind::Invoice {
        pill(page, invoice)?;
    }
    let top = numbers(page, invoice)?;
    let seller = party(page, (MARGIN, top), labels.sold_by, &invoice.seller)?;
    let buyer = party(page, (SECOND, top), labels.billed_to, &invoice.buyer)?;
    event(page, invoice, seller.max(buyer))
}

/// Receipt, order and dates in two columns; returns where the next block begins.
fn numbers(page: &mut Canvas, invoice: &Invoice) -> Result<f32, DocumentError> {
    let labels = invoice.language.labels();
    let moment = |at| labels.moment(at, invoice.time_zone);
    let issued = (labels.issued, moment(invoice.issued_at));
    let number = (labels.number, invoice.number.clone());
    let mut facts = match &invoice.receipt {
        Some(receipt) => vec![(labels.receipt, receipt.clone()), number, issued],
        None => vec![number, issued],
    };
    match (&invoice.kind, invoice.paid_at) {
        (DocumentKind::CreditNote { of }, _) => facts.push((labels.of_receipt, of.clone())),
        (DocumentKind::Invoice, Some(at)) if facts.len() == 3 => {
            facts.push((labels.paid_on, moment(at)));
        }
        _ => {}
    }
    let mut y = 31.0;
    for row in facts.chunks(2) {
        for ((name, value), x) in row.iter().zip([MARGIN, SECOND]) {
            column(page, (x, y), name, value)?;
        }
        y += 12.0;
    }
    Ok(y + 1.0)
}

/// The payment status as a coloured label, right in the title's line.
fn pill(page: &mut Canvas, invoice: &Invoice) -> Result<(), DocumentError> {
    let text = invoice.language.labels().status(invoice.status);
    let letters = pen(Face::Bold, 9.0, WHITE);
    let width = letters.width(text) + 8.0;
    let area = Area {
        x: RIGHT - width,
        y: 13.6,
        width,
        height: 7.4,
    };
    page.fill_round(area, 3.7, status_color(invoice.status));
    page.text((RIGHT - 4.0, 18.5), Align::Right, letters, text)
}

fn status_color(status: PaymentStatus) -> [f32; 3] {
    match status {
        PaymentStatus::Paid => [0.08, 0.45, 0.24],
        PaymentStatus::Pending => [0.68, 0.36, 0.02],
        PaymentStatus::Failed => [0.70, 0.13, 0.13],
        PaymentStatus::PartlyRefunded
        | PaymentStatus::Refunded
        | PaymentStatus::Expired
        | PaymentStatus::Cancelled => [0.35, 0.38, 0.43],
    }
}

fn column(
    page: &mut Canvas,
    (x, y): (f32, f32),
    name: &str,
    value: &str,
) -> Result<(), DocumentError> {
    label(page, (x, y), name)?;
    let value = printable(value)?;
    let width = INNER / 2.0 - 4.0;
    let bold = pen(Face::Bold, 10.0, INK).shrunk(&value, width, 7.0);
    page.text(
        (x, y + 4.8),
        Align::Left,
        bold,
        &bold.cut(&value, width + 0.01),
    )
}

/// Seller or buyer; returns the first free baseline.
fn party(
    page: &mut Canvas,
    (x, top): (f32, f32),
    name: &str,
    party: &Party,
) -> Result<f32, DocumentError> {
    let width = INNER / 2.0 - 4.0;
    label(page, (x, top), name)?;
    let bold = pen(Face::Bold, 10.0, INK);
    let mut y = page.lines((x, top + 4.8), bold, &bold.wrap(&party.name, width, 2)?)?;
    let small = pen(Face::Regular, 8.0, GREY);
    for line in party.lines.iter().take(4) {
        y = page.lines((x, y), small, &small.wrap(line, width, 2)?)?;
    }
    Ok(y)
}

fn event(page: &mut Canvas, invoice: &Invoice, y: f32) -> Result<f32, DocumentError> {
    let labels = invoice.language.labels();
    let bold = pen(Face::Bold, 12.0, INK);
    let name = bold.wrap(&invoice.event.name, INNER - 10.0, 2)?;
    let small = pen(Face::Regular, 8.5, INK);
    let place = format!(
        "{} · {}",
        days(labels, &invoice.event.days),
        invoice.event.venue
    );
    let place = small.wrap(&place, INNER - 10.0, 3)?;
    let rows = |pen: Pen, lines: &[String]| lines.iter().map(|_| leading(pen)).sum::<f32>();
    let height = rows(bold, &name) + rows(small, &place) + 5.0;
    let area = Area {
        x: MARGIN,
        y,
        width: INNER,
        height,
    };
    page.fill(area, invoice.accent.tint(0.92));
    page.fill(Area { width: 1.4, ..area }, invoice.accent.tint(0.0));
    let below = page.lines((MARGIN + 5.0, y + 6.6), bold, &name)?;
    page.lines((MARGIN + 5.0, below - 0.6), small, &place)?;
    Ok(y + height + 9.0)
}

/// All lines, on as many pages as they need; returns the baseline after the last.
fn table(pages: &mut Vec<Canvas>, invoice: &Invoice, top: f32) -> Result<f32, DocumentError> {
    let mut y = titles(last(pages), invoice, top)?;
    for line in &invoice.lines {
        let height = row_height(line)?;
        if y + height > BOTTOM {
            y = next_page(pages, invoice)?;
            y = titles(last(pages), invoice, y)?;
        }
        row(last(pages), line, y)?;
        y += height;
    }
    Ok(y)
}

fn titles(page: &mut Canvas, invoice: &Invoice, y: f32) -> Result<f32, DocumentError> {
    let labels = invoice.language.labels();
    let small = pen(Face::Regular, 7.5, GREY);
    page.text((MARGIN, y), Align::Left, small, labels.item)?;
    page.text((QUANTITY, y), Align::Right, small, labels.quantity)?;
    page.text((PRICE, y), Align::Right, small, labels.price)?;
    page.text((RIGHT, y), Align::Right, small, labels.amount)?;
    page.rule((MARGIN, y + 2.2), INNER, INK, &[]);
    Ok(y + 8.0)
}

fn item(line: &InvoiceLine) -> Result<(Vec<String>, Vec<String>), DocumentError> {
    let name = ITEM_PEN.wrap(&line.description, ITEM, 3)?;
    let detail = DETAIL_PEN.wrap(line.detail.as_deref().unwrap_or_default(), ITEM, 2)?;
    Ok((name, detail))
}

const ITEM_PEN: Pen = Pen {
    face: Face::Bold,
    size: 9.5,
    color: INK,
};
const DETAIL_PEN: Pen = Pen {
    face: Face::Regular,
    size: 7.5,
    color: GREY,
};

fn row_height(line: &InvoiceLine) -> Result<f32, DocumentError> {
    let (name, detail) = item(line)?;
    let names = name.iter().map(|_| leading(ITEM_PEN)).sum::<f32>();
    Ok(
        names.max(leading(ITEM_PEN))
            + detail.iter().map(|_| leading(DETAIL_PEN)).sum::<f32>()
            + 4.0,
    )
}

fn row(page: &mut Canvas, line: &InvoiceLine, y: f32) -> Result<(), DocumentError> {
    let (name, detail) = item(line)?;
    let below = page.lines((MARGIN, y), ITEM_PEN, &name)?;
    page.lines((MARGIN, below - 0.4), DETAIL_PEN, &detail)?;
    let plain = pen(Face::Regular, 9.0, INK);
    page.text(
        (QUANTITY, y),
        Align::Right,
        plain,
        &line.quantity.to_string(),
    )?;
    money(page, (PRICE, y), plain, QUANTITY + 2.0, &line.unit_price)?;
    money(
        page,
        (RIGHT, y),
        pen(Face::Bold, 9.0, INK),
        PRICE + 2.0,
        &line.amount,
    )?;
    page.rule((MARGIN, y + row_height(line)? - 6.0), INNER, LINE, &[]);
    Ok(())
}

/// An amount ending at `x`, smaller rather than running left of `limit`.
fn money(
    page: &mut Canvas,
    (x, y): (f32, f32),
    letters: Pen,
    limit: f32,
    text: &str,
) -> Result<(), DocumentError> {
    let text = printable(text)?;
    page.text(
        (x, y),
        Align::Right,
        letters.shrunk(&text, x - limit, 4.0),
        &text,
    )
}

fn totals(pages: &mut Vec<Canvas>, invoice: &Invoice, mut y: f32) -> Result<(), DocumentError> {
    let notes = notes(invoice)?;
    #[expect(clippy::cast_precision_loss, reason = "a handful of lines")]
    let below = leading(NOTE_PEN) * notes.len() as f32;
    if y + TOTALS + below > BOTTOM {
        y = next_page(pages, invoice)?;
    }
    let labels = invoice.language.labels();
    let page = last(pages);
    let color = invoice.accent.tint(0.0);
    let name = match invoice.kind {
        DocumentKind::Invoice => labels.total,
        DocumentKind::CreditNote { .. } => labels.refunded,
    };
    let bold = pen(Face::Bold, 12.0, INK);
    page.text((MARGIN, y + 4.0), Align::Left, bold, name)?;
    let large = pen(Face::Bold, 16.0, color);
    let limit = MARGIN + 4.0 + bold.width(name);
    money(page, (RIGHT, y + 4.0), large, limit, &invoice.total)?;
    y += 10.0;
    for note in &notes {
        page.text((RIGHT, y), Align::Right, NOTE_PEN, note)?;
        y += leading(NOTE_PEN);
    }
    if !invoice.tickets.is_empty() {
        let place = (MARGIN, y + 6.0);
        page.text(place, Align::Left, NOTE_PEN, labels.tickets_follow)?;
    }
    Ok(())
}

const NOTE_PEN: Pen = Pen {
    face: Face::Regular,
    size: 8.0,
    color: GREY,
};

/// When and how it was paid, then the notes it was given, cut to one line each.
fn notes(invoice: &Invoice) -> Result<Vec<String>, DocumentError> {
    let labels = invoice.language.labels();
    let verb = match invoice.kind {
        DocumentKind::Invoice => labels.paid_on,
        DocumentKind::CreditNote { .. } => labels.refunded_on,
    };
    let paid = invoice.paid_at.map(|at| {
        let moment = labels.moment(at, invoice.time_zone);
        let method = invoice.payment_method.iter();
        let method: String = method.map(|method| format!(" · {method}")).collect();
        format!("{verb} {moment}{method}")
    });
    let all = paid.iter().chain(invoice.notes.iter().take(MOST_NOTES));
    all.map(|note| Ok(NOTE_PEN.cut(&printable(note)?, INNER)))
        .collect()
}

fn next_page(pages: &mut Vec<Canvas>, invoice: &Invoice) -> Result<f32, DocumentError> {
    let labels = invoice.language.labels();
    let mut page = Canvas::default();
    page.fill(
        Area {
            x: 0.0,
            y: 0.0,
            width: WIDTH,
            height: 4.0,
        },
        invoice.accent.tint(0.0),
    );
    let title = format!("{} {}", labels.title(&invoice.kind), invoice.number);
    page.text(
        (MARGIN, 15.0),
        Align::Left,
        pen(Face::Bold, 11.0, INK),
        &title,
    )?;
    pages.push(page);
    Ok(26.0)
}

fn feet(pages: &mut [Canvas], invoice: &Invoice) -> Result<(), DocumentError> {
    let labels = invoice.language.labels();
    let foot = pen(Face::Regular, 6.8, GREY);
    let count = pages.len();
    for (index, page) in pages.iter_mut().enumerate() {
        let order = format!("{} {}", labels.order, invoice.number);
        page.text((MARGIN, HEIGHT - 5.5), Align::Left, foot, &order)?;
        let place = format!("{} {}/{count}", labels.page, index + 1);
        page.text((RIGHT, HEIGHT - 5.5), Align::Right, foot, &place)?;
    }
    Ok(())
}

fn last(pages: &mut [Canvas]) -> &mut Canvas {
    pages.last_mut().expect("an invoice has a first page")
}
