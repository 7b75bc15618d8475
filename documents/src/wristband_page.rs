//! One A4 page of wristbands: ten strips, each with its QR, its Code 128, its text and its serial, and marks to cut by.
//!
//! Invariant: every strip is drawn alike, codes in pure black on white with their quiet zones empty; names give way to
//! them and are cut. A page becomes the bytes of a content stream at once, because a roll has thousands of them.
//! Drawn by `wristband_sheet`. The measures fit bands of an inch: cut, or as the pattern for a printer of rolls.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::{
    DocumentError,
    canvas::Pen,
    code128::{Bars, QUIET_ZONE as BAR_QUIET_ZONE},
    font::{Face, glyph},
    qr::{QUIET_ZONE, qr_modules},
    ticket_page::{GREY, INK, pen},
    wristband_sheet::Band,
};

/// A4 portrait, in millimetres.
pub(crate) const WIDTH: f32 = 210.0;
pub(crate) const HEIGHT: f32 = 297.0;
/// Strips on a page.
pub(crate) const STRIPS: usize = 10;

const LEFT: f32 = 8.0;
const TOP: f32 = 15.0;
const STRIP: f32 = 27.0;
const QR_MODULE: f32 = 0.85;
const BAR_MODULE: f32 = 0.45;
const BAR_HEIGHT: f32 = 13.0;
/// A wristband's code is a QR of version 1.
const QR_SIDE: f32 = 21.0 * QR_MODULE;
const MARK: f32 = 4.0;
const POINTS_PER_MM: f32 = 72.0 / 25.4;

/// The letters of a face as its cut-down font numbers them.
pub(crate) type Glyphs = BTreeMap<char, u16>;

/// What is the same on every page.
pub(crate) struct Style {
    /// Printable already.
    pub(crate) event: String,
    /// Printable already.
    pub(crate) roll: String,
    pub(crate) glyphs: [Glyphs; 2],
}

/// A page so far, as PDF operators.
struct Content<'a> {
    style: &'a Style,
    text: String,
}

/// The letters of a font that was cut down to `letters`.
pub(crate) fn glyphs(
    font: &printpdf::ParsedFont,
    letters: impl IntoIterator<Item = char>,
) -> Glyphs {
    let numbered = |letter| Some((letter, glyph(font, letter)?));
    letters.into_iter().filter_map(numbered).collect()
}

/// The content stream of a page; `place` is "page of pages".
pub(crate) fn draw(style: &Style, bands: &[Band], place: &str) -> Result<Vec<u8>, DocumentError> {
    let mut content = Content {
        style,
        text: String::new(),
    };
    let small = pen(Face::Regular, 7.5, GREY);
    let head = format!("{} · {}", style.event, style.roll);
    content.text((LEFT + MARK, 8.0), small, &small.cut(&head, 160.0));
    let right = WIDTH - LEFT - MARK - small.width(place);
    content.text((right, 8.0), small, place);
    content.cut_marks(bands.len());
    let mut y = TOP;
    for band in bands {
        content.strip(y, band)?;
        y += STRIP;
    }
    Ok(content.text.into_bytes())
}

impl Content<'_> {
    fn strip(&mut self, y: f32, band: &Band) -> Result<(), DocumentError> {
        let qr = qr_modules(&band.code)?;
        let x = LEFT + MARK + QR_MODULE * f32::from(QUIET_ZONE);
        let runs = qr.runs().into_iter();
        let squares = runs.map(|(column, row, length)| [column, row, length, 1]);
        self.modules((x, y + (STRIP - QR_SIDE) / 2.0), [QR_MODULE; 2], squares);

        let bars = Bars::of(&band.code)?;
        let quiet = BAR_MODULE * f32::from(BAR_QUIET_ZONE);
        let x = x + QR_SIDE + QR_MODULE * f32::from(QUIET_ZONE) + quiet;
        let dark = bars.dark().into_iter();
        let upright = dark.map(|(column, width)| [column, 0, width, 1]);
        self.modules((x, y + 4.0), [BAR_MODULE, BAR_HEIGHT], upright);
        let width = BAR_MODULE * f32::from(u16::try_from(bars.width()).unwrap_or(u16::MAX));
        let code = spaced(&band.code);
        let fixed = pen(Face::Bold, 10.0, INK);
        let middle = x + (width - fixed.width(&code)) / 2.0;
        self.text((middle, y + 22.5), fixed, &code);

        self.names(x + width + quiet, y, band.serial);
        Ok(())
    }

    fn names(&mut self, x: f32, y: f32, serial: u32) {
        let room = WIDTH - LEFT - MARK - x;
        let (bold, small) = (pen(Face::Bold, 8.5, INK), pen(Face::Regular, 7.5, GREY));
        let style = self.style;
        self.text((x, y + 8.0), bold, &bold.cut(&style.event, room));
        self.text((x, y + 12.0), small, &small.cut(&style.roll, room));
        self.text(
            (x, y + 22.5),
            pen(Face::Bold, 12.0, INK),
            &format!("{serial:08}"),
        );
    }

    /// Dark rectangles on a grid, as one path, so that no renderer leaves seams between them.
    fn modules(
        &mut self,
        (x, y): (f32, f32),
        [width, height]: [f32; 2],
        dark: impl Iterator<Item = [usize; 4]>,
    ) {
        let [w, h] = [width, height].map(|mm| mm * POINTS_PER_MM);
        let (x, y) = point(x, y);
        self.put(format_args!("q 0 g {w:.4} 0 0 -{h:.4} {x:.2} {y:.2} cm"));
        for [column, row, across, down] in dark {
            self.put(format_args!("{column} {row} {across} {down} re"));
        }
        self.put(format_args!("f Q"));
    }

    /// One line of printable text; `y` is the baseline.
    fn text(&mut self, (x, y): (f32, f32), pen: Pen, text: &str) {
        let glyphs = &self.style.glyphs[pen.face as usize];
        let mut shown = String::new();
        for glyph in text.chars().filter_map(|letter| glyphs.get(&letter)) {
            write!(shown, "{glyph:04x}").expect("writing to a string");
        }
        let (x, y) = point(x, y);
        let (font, size, [r, g, b]) = (pen.face.id().0, pen.size, pen.color);
        self.put(format_args!(
            "BT {r} {g} {b} rg /{font} {size} Tf {x:.2} {y:.2} Td <{shown}> Tj ET"
        ));
    }

    /// Beside each strip's upper and lower edge, and above and below both sides of the column.
    fn cut_marks(&mut self, strips: usize) {
        self.put(format_args!("0.5 w 0 G"));
        let mut y = TOP;
        for _ in 0..=strips {
            self.line((LEFT - MARK, y), (LEFT, y));
            self.line((WIDTH - LEFT, y), (WIDTH - LEFT + MARK, y));
            y += STRIP;
        }
        let end = y - STRIP;
        for x in [LEFT, WIDTH - LEFT] {
            self.line((x, TOP - MARK), (x, TOP));
            self.line((x, end), (x, end + MARK));
        }
    }

    fn line(&mut self, from: (f32, f32), to: (f32, f32)) {
        let ((x, y), (to_x, to_y)) = (point(from.0, from.1), point(to.0, to.1));
        self.put(format_args!("{x:.2} {y:.2} m {to_x:.2} {to_y:.2} l S"));
    }

    fn put(&mut self, operators: std::fmt::Arguments) {
        writeln!(self.text, "{operators}").expect("writing to a string");
    }
}

/// PDF counts points from the bottom.
fn point(x: f32, y: f32) -> (f32, f32) {
    (x * POINTS_PER_MM, (HEIGHT - y) * POINTS_PER_MM)
}

/// `DWNA AAIC ZQKF 6QL5`, for reading aloud.
fn spaced(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    let groups = letters.chunks(4).map(|group| group.iter().collect());
    groups.collect::<Vec<String>>().join(" ")
}
