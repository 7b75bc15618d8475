//! A roll of wristbands as one PDF of A4 sheets, for cutting or for a printer of bands.
//!
//! Invariant: equal input gives equal bytes. Each page is compressed when it is drawn and is kept in that form alone, so a
//! roll of a hundred thousand needs some megabytes; the fonts are in the file once. Called by central's command line.
//! Whether the codes are genuine is not its business.

use std::{collections::BTreeSet, io::Write};

use chrono::{DateTime, Utc};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat, dictionary};
use printpdf::{OffsetDateTime, PdfDocument, PdfSaveOptions};

use crate::{
    DocumentError,
    canvas::{Align, Canvas},
    font::{Face, printable},
    ticket_page::{INK, pen},
    wristband_page::{self, HEIGHT, STRIPS, Style, WIDTH},
};

/// Letters that any sheet may need beside those of its names.
const OWN_LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ·/…";

/// What stands on every wristband.
#[derive(Debug, Clone, Copy)]
pub struct SheetHead<'a> {
    /// The event's name.
    pub event: &'a str,
    /// The roll's name.
    pub roll: &'a str,
    /// When the roll was made.
    pub made_at: DateTime<Utc>,
}

/// One wristband.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// Its serial.
    pub serial: u32,
    /// Its code: printable ASCII.
    pub code: String,
}

/// Writes the sheets of a roll; gives the number of pages.
///
/// # Errors
/// [`DocumentError`] when a code has no QR or Code 128, or `to` cannot be written.
pub fn wristband_sheets(
    head: &SheetHead,
    bands: impl ExactSizeIterator<Item = Band>,
    mut to: impl Write,
) -> Result<usize, DocumentError> {
    let pages = bands.len().div_ceil(STRIPS);
    let (mut file, style) = template(head)?;
    let resources = resources(&mut file)?;
    let mut kids = Vec::new();
    let mut bands = bands.peekable();
    while bands.peek().is_some() {
        let strips: Vec<Band> = bands.by_ref().take(STRIPS).collect();
        let place = format!("{}/{pages}", kids.len() + 1);
        let content = wristband_page::draw(&style, &strips, &place)?;
        kids.push(add_page(&mut file, resources, content)?);
    }
    put_pages(&mut file, kids)?;
    file.save_to(&mut to)
        .and_then(|()| to.flush())
        .map_err(|error| DocumentError::Write(error.to_string()))?;
    Ok(pages)
}

/// A file with the fonts and one page that shows every letter, which makes them be embedded.
fn template(head: &SheetHead) -> Result<(Document, Style), DocumentError> {
    let (event, roll) = (printable(head.event)?, printable(head.roll)?);
    let all = format!("{OWN_LETTERS}{event}{roll}");
    let letters: BTreeSet<char> = all.chars().collect();
    let mut document = PdfDocument::new("");
    describe(&mut document, head, &event, &roll);
    let mut page = Canvas::default();
    let mut glyphs = Vec::new();
    for face in Face::ALL {
        page.text((0.0, 10.0), Align::Left, pen(face, 1.0, INK), &all)?;
        let font = face.subset(&letters)?;
        glyphs.push(wristband_page::glyphs(
            &font.parsed_font,
            letters.iter().copied(),
        ));
        document.resources.fonts.map.insert(face.id(), font);
    }
    document.with_pages(vec![page.into_page()]);
    let mut file = document.to_lopdf_document(&PdfSaveOptions::default(), &mut Vec::new());
    // printpdf would write random identifiers.
    let id = Object::String(roll.clone().into_bytes(), StringFormat::Hexadecimal);
    file.trailer.set("ID", vec![id.clone(), id]);
    file.compress();
    let glyphs = <[_; 2]>::try_from(glyphs).map_err(|_| broken("two faces"))?;
    Ok((
        file,
        Style {
            event,
            roll,
            glyphs,
        },
    ))
}

fn describe(document: &mut PdfDocument, head: &SheetHead, event: &str, roll: &str) {
    let about = &mut document.metadata.info;
    about.document_title = format!("{event} · {roll}");
    about.creator = "Gerbang".to_owned();
    about.producer = "Gerbang".to_owned();
    if let Ok(at) = OffsetDateTime::from_unix_timestamp(head.made_at.timestamp()) {
        about.creation_date = at;
        about.modification_date = at;
        about.metadata_date = at;
    }
}

/// Takes the template's page out and keeps its resources.
fn resources(file: &mut Document) -> Result<ObjectId, DocumentError> {
    let page = file.page_iter().next().ok_or_else(|| broken("page"))?;
    let page = file.delete_object(page);
    let page = page.as_ref().and_then(|page| page.as_dict().ok());
    let page = page.ok_or_else(|| broken("page"))?;
    let resources = page.get(b"Resources").map_err(|_| broken("resources"))?;
    for content in page.get(b"Contents").into_iter().flat_map(references) {
        file.delete_object(content);
    }
    Ok(match resources {
        Object::Reference(id) => *id,
        resources => file.add_object(resources.clone()),
    })
}

fn references(object: &Object) -> Vec<ObjectId> {
    match object {
        Object::Reference(id) => vec![*id],
        Object::Array(all) => all.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

fn add_page(
    file: &mut Document,
    resources: ObjectId,
    content: Vec<u8>,
) -> Result<ObjectId, DocumentError> {
    let mut stream = Stream::new(Dictionary::new(), content);
    stream
        .compress()
        .map_err(|error| DocumentError::Write(error.to_string()))?;
    let content = file.add_object(stream);
    let parent = pages(file)?;
    let points = |mm: f32| Object::Real(mm * 72.0 / 25.4);
    Ok(file.add_object(dictionary! {
        "Type" => "Page",
        "Parent" => parent,
        "MediaBox" => vec![0.into(), 0.into(), points(WIDTH), points(HEIGHT)],
        "Resources" => resources,
        "Contents" => content,
    }))
}

fn put_pages(file: &mut Document, kids: Vec<ObjectId>) -> Result<(), DocumentError> {
    let root = pages(file)?;
    let root = file.get_object_mut(root).and_then(Object::as_dict_mut);
    let root = root.map_err(|_| broken("pages"))?;
    root.set("Count", i64::try_from(kids.len()).unwrap_or(i64::MAX));
    let kids: Vec<Object> = kids.into_iter().map(Object::Reference).collect();
    root.set("Kids", kids);
    Ok(())
}

fn pages(file: &Document) -> Result<ObjectId, DocumentError> {
    let root = file.catalog().and_then(|catalog| catalog.get(b"Pages"));
    let root = root.and_then(Object::as_reference);
    root.map_err(|_| broken("pages"))
}

fn broken(what: &str) -> DocumentError {
    DocumentError::Write(format!("the template has no {what}"))
}
