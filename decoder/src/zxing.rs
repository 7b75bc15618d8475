//! The decoder in C++ (zxing-cpp): QR and Code 128 in one pass, light or dark.
//!
//! [`Effort`] says what it tries; the switches and their worth were measured on ticket frames and
//! photographs. A reader is built for every call, because the C++ one cannot change threads and
//! building it costs less than a microsecond.

use zxingcpp::{BarcodeFormat, BarcodeReader, ImageFormat, ImageView, PointI, Position, TextMode};

use crate::code::{Code, Corner, Format, Stage, in_order};
use crate::{FrameDecoder, GrayFrame};

/// How hard zxing-cpp tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// One look at the frame as it is.
    Quick,
    /// Tries harder, inverted, and at smaller sizes. Not rotated: a QR code needs no help there.
    Usual,
    /// Every row of the frame, for barcodes that lie across; no QR.
    Lines,
    /// Barcodes in any of four directions; no QR.
    Upright,
}

/// zxing-cpp over whole frames.
#[derive(Debug, Clone, Copy)]
pub struct Zxing {
    effort: Effort,
    max_codes: u8,
}

impl Zxing {
    /// Reads at most `max_codes` per frame; it ends at that number, so 1 is the quickest.
    pub fn new(effort: Effort, max_codes: u8) -> Self {
        Self {
            effort,
            max_codes: max_codes.max(1),
        }
    }

    fn reader(self) -> BarcodeReader {
        let usual = self.effort == Effort::Usual;
        let upright = self.effort == Effort::Upright;
        let lines = self.effort == Effort::Lines;
        BarcodeReader::new()
            .formats(self.formats())
            .try_harder(usual || upright || lines)
            .try_invert(usual)
            .try_downscale(usual)
            .try_rotate(upright)
            .text_mode(TextMode::Plain)
            .max_number_of_symbols(i32::from(self.max_codes))
    }

    /// The codes of a frame, and whether it holds one that was seen and could not be read.
    pub(crate) fn look(&self, frame: &GrayFrame<'_>) -> (Vec<Code>, bool) {
        let found = self.found(frame, &self.reader().return_errors(true));
        let codes: Vec<_> = found.iter().filter_map(code_of).collect();
        let is_doubtful = found.iter().any(|found| !found.is_valid());
        (in_order(codes), is_doubtful)
    }

    fn found(&self, frame: &GrayFrame<'_>, reader: &BarcodeReader) -> Vec<zxingcpp::Barcode> {
        let view = ImageView::from_slice(
            frame.luma(),
            frame.width(),
            frame.height(),
            ImageFormat::Lum,
        );
        let found = view.and_then(|view| reader.from(view));
        found.unwrap_or_default()
    }

    fn formats(self) -> &'static [BarcodeFormat] {
        match self.effort {
            Effort::Quick | Effort::Usual => &[BarcodeFormat::QRCode, BarcodeFormat::Code128],
            Effort::Lines | Effort::Upright => &[BarcodeFormat::Code128],
        }
    }
}

impl Default for Zxing {
    /// The usual effort, up to eight codes.
    fn default() -> Self {
        Self::new(Effort::Usual, 8)
    }
}

impl FrameDecoder for Zxing {
    fn name(&self) -> &'static str {
        "zxing"
    }

    fn decode(&mut self, frame: &GrayFrame<'_>) -> Vec<Code> {
        let found = self.found(frame, &self.reader());
        in_order(found.iter().filter_map(code_of).collect())
    }
}

fn code_of(found: &zxingcpp::Barcode) -> Option<Code> {
    let format = match found.symbology() {
        BarcodeFormat::QRCode => Format::Qr,
        BarcodeFormat::Code128 => Format::Code128,
        _ => return None,
    };
    let text = found.text();
    let whole = found.is_valid() && !text.is_empty();
    let corners = Some(corners_of(found.position()));
    whole.then_some(Code {
        format,
        text,
        stage: Stage::Full,
        corners,
    })
}

fn corners_of(at: Position) -> [Corner; 4] {
    [at.top_left, at.top_right, at.bottom_right, at.bottom_left]
        .map(|PointI { x, y }| Corner { x, y })
}
