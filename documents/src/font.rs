//! The two faces of the document font: measuring text, making it printable, cutting the font down.
//!
//! Noto Sans (SIL Open Font License) comes inside the `notosans` crate, so nothing is read from disk.
//! Invariant: only characters that [`printable`] let through are drawn, so every one has a glyph:
//! text is composed first (NFC: `e` + accent becomes `é`), blanks become spaces, control and direction
//! marks vanish, letters that the font lacks are spelled in Latin ones, and other signs become `?`.
//! It does not shape: complex scripts are out of reach (hence the spelling, which also reads from the left), and Latin,
//! Greek and Cyrillic do not need it.
//! Subsetting is ours because printpdf embeds whole fonts (200 kB each) without its layout engine.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use printpdf::{FontId, ParsedFont, PdfFont};
use unicode_normalization::UnicodeNormalization;

use crate::DocumentError;

/// Weight of the letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Face {
    Regular,
    Bold,
}

impl Face {
    pub(crate) const ALL: [Self; 2] = [Self::Regular, Self::Bold];

    /// Resource name inside the PDF; fixed, so equal input gives equal bytes.
    pub(crate) fn id(self) -> FontId {
        FontId(self.name().to_owned())
    }

    fn name(self) -> &'static str {
        match self {
            Self::Regular => "GRBNGR+NotoSans-Regular",
            Self::Bold => "GRBNGB+NotoSans-Bold",
        }
    }

    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => notosans::REGULAR_TTF,
            Self::Bold => notosans::BOLD_TTF,
        }
    }

    /// The parsed face; parsing takes milliseconds and its input is part of the binary, so once.
    fn parsed(self) -> Result<&'static ParsedFont, DocumentError> {
        static FACES: [OnceLock<Option<ParsedFont>>; 2] = [OnceLock::new(), OnceLock::new()];
        FACES[self as usize]
            .get_or_init(|| ParsedFont::from_bytes(self.bytes(), 0, &mut Vec::new()))
            .as_ref()
            .ok_or_else(|| DocumentError::Font(format!("{} does not parse", self.name())))
    }

    /// Advance of the text in thousandths of the letter size, as the PDF's own width table counts.
    fn advance(self, text: &str) -> f32 {
        let Ok(font) = self.parsed() else { return 0.0 };
        text.chars()
            .filter_map(|c| glyph(font, c))
            .map(|gid| advance(font, gid))
            .sum()
    }

    /// Width of printable text in points.
    pub(crate) fn width(self, text: &str, size: f32) -> f32 {
        self.advance(text) * size / 1000.0
    }

    /// The part of the face that `letters` need, ready to be embedded.
    pub(crate) fn subset(self, letters: &BTreeSet<char>) -> Result<PdfFont, DocumentError> {
        let full = self.parsed()?;
        let mut remapper = subsetter::GlyphRemapper::new();
        let mut codes = BTreeMap::new();
        let mut widths = BTreeMap::new();
        for letter in letters {
            let Some(gid) = glyph(full, *letter) else {
                continue;
            };
            let code = remapper.remap(gid);
            codes.insert(u32::from(*letter), code);
            widths.insert(code, full.get_glyph_width(gid).unwrap_or(0));
        }
        let bytes = subsetter::subset(self.bytes(), 0, &remapper)
            .map_err(|error| DocumentError::Font(error.to_string()))?;
        let mut font = ParsedFont::with_glyph_data(
            bytes,
            0,
            Some(self.name().to_owned()),
            codes,
            widths,
            full.units_per_em,
            full.font_metrics.clone(),
        );
        font.pdf_font_metrics = full.pdf_font_metrics.clone();
        Ok(PdfFont::new(font))
    }
}

pub(crate) fn glyph(font: &ParsedFont, letter: char) -> Option<u16> {
    font.lookup_glyph_index(u32::from(letter))
        .filter(|gid| *gid != 0)
}

/// Thousandths of the letter size, rounded down like the width table in the PDF.
fn advance(font: &ParsedFont, gid: u16) -> f32 {
    let width = f32::from(font.get_glyph_width(gid).unwrap_or(0));
    (width * 1000.0 / f32::from(font.units_per_em)).floor()
}

/// The text as both faces can show it.
///
/// # Errors
/// [`DocumentError::Font`] when the embedded font itself is broken.
pub(crate) fn printable(text: &str) -> Result<String, DocumentError> {
    let (regular, bold) = (Face::Regular.parsed()?, Face::Bold.parsed()?);
    let known = |c: char| glyph(regular, c).is_some() && glyph(bold, c).is_some();
    let mut shown = String::with_capacity(text.len());
    let mut is_spelled = false;
    for c in text.nfc() {
        match c {
            // A spelled letter brings the blank after it.
            _ if c.is_whitespace() && is_spelled && shown.ends_with(' ') => {}
            _ if c.is_whitespace() => shown.push(' '),
            _ if c.is_control() || is_invisible(c) => {}
            _ if known(c) => shown.push(c),
            _ => match spelled(c) {
                Some(letters) => {
                    shown.push_str(letters);
                    is_spelled = true;
                    continue;
                }
                None => shown.push('?'),
            },
        }
        is_spelled = false;
    }
    if is_spelled {
        shown.truncate(shown.trim_end().len());
    }
    Ok(shown)
}

/// A letter of a script that the font lacks, in Latin letters: a name that reads roughly right is worth more at a
/// door than question marks. Pictures and signs have no letters.
fn spelled(c: char) -> Option<&'static str> {
    deunicode::deunicode_char(c).filter(|letters| c.is_alphabetic() && !letters.is_empty())
}

/// Marks that change how neighbours are laid out and show nothing themselves; some reverse text.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_printable() {
        for (given, shown) in [
            ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
            ("Nguye\u{302}\u{303}n", "Nguyễn"),
            ("Zażółć gęślą jaźń, Łódź", "Zażółć gęślą jaźń, Łódź"),
            (
                "Ørsted Şahin Ñandú Čapek Ǩ ß ẞ ʿ",
                "Ørsted Şahin Ñandú Čapek Ǩ ß ẞ ʿ",
            ),
            ("Ελένη Дмитрий", "Ελένη Дмитрий"),
            ("Rp\u{A0}1.000", "Rp 1.000"),
            ("a\nb\tc\u{0}d", "a b cd"),
            ("evil\u{202E}txt\u{200B}", "eviltxt"),
            ("王芳 😀", "Wang Fang ?"),
            ("王芳", "Wang Fang"),
            ("محمد", "mHmd"),
            ("<b>O'Neil & Co</b>", "<b>O'Neil & Co</b>"),
        ] {
            assert_eq!(printable(given).expect("font parses"), shown, "{given:?}");
        }
    }

    #[test]
    fn widths_add_up_and_follow_size_and_weight() {
        let one = Face::Regular.width("A", 10.0);
        assert!(one > 5.0 && one < 8.0, "{one}");
        assert!((Face::Regular.width("AA", 20.0) - 4.0 * one).abs() < 0.01);
        assert!(Face::Bold.width("Gerbang", 10.0) > Face::Regular.width("Gerbang", 10.0));
    }

    #[test]
    fn a_subset_is_small_and_keeps_widths() {
        let letters: BTreeSet<char> = "Nguyễn".chars().collect();
        let font = Face::Bold.subset(&letters).expect("subset").parsed_font;
        assert!(
            font.original_bytes.len() < 20_000,
            "{}",
            font.original_bytes.len()
        );
        let full = Face::Bold.parsed().expect("parses");
        for letter in letters {
            let (new, old) = (glyph(&font, letter), glyph(full, letter));
            assert_eq!(
                new.and_then(|gid| font.get_glyph_width(gid)),
                old.and_then(|gid| full.get_glyph_width(gid)),
                "{letter}"
            );
        }
    }
}
