//! A code that was read, and the order in which several are told.
//!
//! Invariant: one text in one format appears once per frame, and the order depends only on where the
//! codes are: rows from top to bottom, in each row from left to right. Codes whose centres differ by
//! less than half a code's height share a row, so a hand that tilts the sheet by a few pixels does
//! not reorder it. Every decoder ends with [`in_order`].

use serde::Serialize;

/// What kind of code it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Qr,
    Code128,
}

impl Format {
    /// The stable name, as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Qr => "qr",
            Self::Code128 => "code128",
        }
    }
}

/// The step that read a code, from the cheapest to the deepest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The frame at half size (a large picture at less), quickly.
    Half,
    /// Around the last code that was read, thoroughly: the next guest holds the phone to the same place.
    Region,
    /// The whole frame with every usual effort. A decoder used alone reports this one.
    Full,
    /// Black for white (rqrr only: zxing-cpp does it within its other steps).
    Inverted,
    /// The frame at half size, sharpened over several pixels: codes out of focus or in motion.
    Refocus,
    /// The whole frame, sharpened over two pixels: small codes.
    Sharpen,
    /// The whole frame with its tones spread from black to white.
    Stretch,
    /// rqrr, within its deadline.
    SecondOpinion,
    /// Barcodes that stand upright.
    Upright,
}

impl Stage {
    /// The stable name, as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Half => "half",
            Self::Region => "region",
            Self::Full => "full",
            Self::Inverted => "inverted",
            Self::Refocus => "refocus",
            Self::Sharpen => "sharpen",
            Self::Stretch => "stretch",
            Self::SecondOpinion => "second_opinion",
            Self::Upright => "upright",
        }
    }
}

/// A place in the frame, in pixels from its top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Corner {
    pub x: i32,
    pub y: i32,
}

/// One code that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Code {
    pub format: Format,
    pub text: String,
    pub stage: Stage,
    /// Top left, top right, bottom right, bottom left as the code itself stands; in pixels of the
    /// frame that was given, whatever size the stage worked on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corners: Option<[Corner; 4]>,
}

impl Code {
    /// The same code as seen in a frame so many times wider and higher, of which the one before began at
    /// `(left, top)`.
    pub(crate) fn moved(mut self, (across, down): (i32, i32), (left, top): (i32, i32)) -> Self {
        for corner in self.corners.iter_mut().flatten() {
            corner.x = corner.x.saturating_mul(across).saturating_add(left);
            corner.y = corner.y.saturating_mul(down).saturating_add(top);
        }
        self
    }

    /// Left, top, right and bottom; `None` for a code without corners.
    pub(crate) fn bounds(&self) -> Option<[i32; 4]> {
        let corners = self.corners?;
        let (xs, ys) = (
            corners.map(|corner| corner.x),
            corners.map(|corner| corner.y),
        );
        Some([smallest(xs), smallest(ys), largest(xs), largest(ys)])
    }

    /// Centre (x, y) and height; a code without corners stands at the top left.
    fn place(&self) -> (i32, i32, i32) {
        let Some([left, top, right, bottom]) = self.bounds() else {
            return (0, 0, 0);
        };
        (
            midpoint(left, right),
            midpoint(top, bottom),
            bottom.saturating_sub(top),
        )
    }
}

/// Top to bottom, then left to right, each text once.
pub fn in_order(mut codes: Vec<Code>) -> Vec<Code> {
    codes.sort_by_cached_key(|code| (code.place().1, code.place().0, code.text.clone()));
    let mut rows: Vec<Vec<Code>> = Vec::new();
    for code in codes {
        match rows.last_mut() {
            Some(row) if same_row(&row[0], &code) => row.push(code),
            _ => rows.push(vec![code]),
        }
    }
    for row in &mut rows {
        row.sort_by_cached_key(|code| (code.place().0, code.place().1, code.text.clone()));
    }
    without_repeats(rows.into_iter().flatten())
}

fn same_row(first: &Code, other: &Code) -> bool {
    let ((_, y, height), (_, other_y, other_height)) = (first.place(), other.place());
    other_y.saturating_sub(y) < height.max(other_height) / 2
}

fn without_repeats(codes: impl Iterator<Item = Code>) -> Vec<Code> {
    let mut kept: Vec<Code> = Vec::new();
    for code in codes {
        if !kept
            .iter()
            .any(|known| known.format == code.format && known.text == code.text)
        {
            kept.push(code);
        }
    }
    kept
}

fn smallest(values: [i32; 4]) -> i32 {
    values.into_iter().fold(i32::MAX, i32::min)
}

fn largest(values: [i32; 4]) -> i32 {
    values.into_iter().fold(i32::MIN, i32::max)
}

fn midpoint(a: i32, b: i32) -> i32 {
    i32::midpoint(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str, x: i32, y: i32) -> Code {
        let side = 100;
        let corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)];
        Code {
            format: Format::Qr,
            text: text.to_owned(),
            stage: Stage::Full,
            corners: Some(corners.map(|(x, y)| Corner { x, y })),
        }
    }

    fn texts(codes: Vec<Code>) -> String {
        in_order(codes).into_iter().map(|code| code.text).collect()
    }

    #[test]
    fn rows_first_then_columns_whatever_the_input_order() {
        let (a, b, c) = (code("A", 0, 30), code("B", 200, 0), code("C", 0, 200));
        assert_eq!(texts(vec![a.clone(), b.clone(), c.clone()]), "ABC");
        assert_eq!(texts(vec![c, b, a]), "ABC");
    }

    #[test]
    fn a_text_is_told_once_per_format() {
        let mut bar = code("A", 0, 300);
        bar.format = Format::Code128;
        assert_eq!(texts(vec![code("A", 0, 0), code("A", 300, 0), bar]), "AA");
    }

    #[test]
    fn corners_far_out_do_not_overflow() {
        let far = code("A", i32::MAX - 100, i32::MIN).moved((2, 2), (0, 0));
        assert_eq!(texts(vec![far, code("B", 0, 0)]), "AB");
    }

    #[test]
    fn names_in_json_are_the_stable_names() {
        let json = |value| serde_json::to_string(&value).expect("a name");
        for stage in [Stage::Half, Stage::SecondOpinion, Stage::Upright] {
            assert_eq!(json(stage), format!("\"{}\"", stage.as_str()));
        }
    }
}
