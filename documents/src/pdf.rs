//! From an invoice's values to the bytes of one PDF.
//!
//! Invariant: equal input gives equal bytes. The dates inside come from the invoice, font names are
//! fixed, and the two random identifiers that printpdf would write are replaced by the receipt's or order's number.
//! Called by central for the mail attachment and the download. What stands where on a page is the
//! business of `invoice_page` and `ticket_page`.

use std::collections::BTreeSet;

use lopdf::{Object, StringFormat};
use printpdf::{OffsetDateTime, PdfDocument, PdfSaveOptions};

use crate::{DocumentError, Invoice, canvas::Canvas, font::Face, invoice_page, ticket_page};

/// The invoice's PDF: its own page (more if it has many lines), then one page per ticket.
///
/// # Errors
/// [`DocumentError`] when a ticket code does not fit a QR code or the embedded font is broken;
/// no text of a person can make it fail.
pub fn invoice(invoice: &Invoice) -> Result<Vec<u8>, DocumentError> {
    let mut pages = invoice_page::draw(invoice)?;
    for (index, ticket) in invoice.tickets.iter().enumerate() {
        pages.push(ticket_page::draw(invoice, ticket, index + 1)?);
    }
    let mut document = PdfDocument::new("");
    describe(&mut document, invoice);
    embed_fonts(&mut document, &pages)?;
    document.with_pages(pages.into_iter().map(Canvas::into_page).collect());
    let name = invoice.receipt.as_ref().unwrap_or(&invoice.number);
    write(&document, name, invoice.language.tag())
}

fn describe(document: &mut PdfDocument, invoice: &Invoice) {
    let labels = invoice.language.labels();
    let at = OffsetDateTime::from_unix_timestamp(invoice.issued_at.timestamp()).ok();
    let about = &mut document.metadata.info;
    about.document_title = format!(
        "{} {} – {}",
        labels.title(&invoice.kind),
        invoice.number,
        invoice.event.name
    );
    about.author.clone_from(&invoice.seller.name);
    about.creator = "Gerbang".to_owned();
    about.producer = "Gerbang".to_owned();
    if let Some(at) = at {
        about.creation_date = at;
        about.modification_date = at;
        about.metadata_date = at;
    }
}

pub(crate) fn embed_fonts(
    document: &mut PdfDocument,
    pages: &[Canvas],
) -> Result<(), DocumentError> {
    for face in Face::ALL {
        let letters: BTreeSet<char> = pages
            .iter()
            .flat_map(|page| page.letters(face))
            .copied()
            .collect();
        document
            .resources
            .fonts
            .map
            .insert(face.id(), face.subset(&letters)?);
    }
    Ok(())
}

/// The bytes, under a name of ours instead of random identifiers.
pub(crate) fn write(
    document: &PdfDocument,
    name: &str,
    language: &str,
) -> Result<Vec<u8>, DocumentError> {
    let mut file = document.to_lopdf_document(&PdfSaveOptions::default(), &mut Vec::new());
    let id = Object::String(name.as_bytes().to_vec(), StringFormat::Hexadecimal);
    file.trailer.set("ID", vec![id.clone(), id]);
    if let Ok(catalog) = file.catalog_mut() {
        let tag = Object::string_literal(language);
        catalog.set("Lang", tag);
    }
    file.compress();
    let mut bytes = Vec::new();
    file.save_to(&mut bytes)
        .map_err(|error| DocumentError::Write(error.to_string()))?;
    Ok(bytes)
}
