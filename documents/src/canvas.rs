//! One page to draw on: text, lines and shapes in millimetres from the top left corner.
//!
//! Invariant: all text passes `font::printable`, so markup and control characters are inert letters
//! and nothing undrawable reaches the PDF; the letters used are kept, for cutting the font down.
//! Used by the invoice and ticket pages. It knows no subject: labels, colours and places are theirs.

use std::collections::BTreeSet;

use printpdf::{
    Color, LineDashPattern, LinePoint, Mm, Op, PaintMode, PdfFontHandle, PdfPage, Point, Polygon,
    PolygonRing, Pt, Rgb, TextItem, WindingOrder,
};

use crate::{
    DocumentError,
    code128::Bars,
    font::{Face, printable},
    qr::QrModules,
};

/// A5 portrait, in millimetres. One size for every page, so that a phone shows tickets full width; two
/// fit on a printed A4 sheet, and scaling one up to A4 only makes the QR larger.
pub(crate) const WIDTH: f32 = 148.0;
pub(crate) const HEIGHT: f32 = 210.0;

/// Distance of Bézier handles for a quarter circle of radius 1.
const ROUND: f32 = 0.552_285;
const MM_PER_POINT: f32 = 25.4 / 72.0;

/// How text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pen {
    pub(crate) face: Face,
    /// Points.
    pub(crate) size: f32,
    pub(crate) color: [f32; 3],
}

/// Which end of the text the given place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Center,
    Right,
}

/// A rectangle, millimetres from the top left corner of the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Area {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

/// The page so far.
#[derive(Default)]
pub(crate) struct Canvas {
    ops: Vec<Op>,
    letters: [BTreeSet<char>; 2],
}

impl Pen {
    /// Width in millimetres of text that is printable already.
    pub(crate) fn width(self, text: &str) -> f32 {
        self.face.width(text, self.size) * MM_PER_POINT
    }

    /// The same pen, smaller if the text needs it, but not below `smallest` points.
    pub(crate) fn shrunk(self, text: &str, width: f32, smallest: f32) -> Self {
        let natural = self.width(text).max(f32::MIN_POSITIVE);
        let size = (self.size * width / natural).clamp(smallest.min(self.size), self.size);
        Self { size, ..self }
    }

    /// The text cut to `width`, with `…` where something is missing.
    pub(crate) fn cut(self, text: &str, width: f32) -> String {
        if self.width(text) <= width {
            return text.to_owned();
        }
        let mut room = width - self.width("…");
        let kept: String = text
            .chars()
            .take_while(|letter| {
                room -= self.width(letter.encode_utf8(&mut [0; 4]));
                room >= 0.0
            })
            .collect();
        format!("{}…", kept.trim_end())
    }

    /// Lines no wider than `width`; words too long for a line are broken. The last of `most` lines is cut.
    pub(crate) fn wrap(
        self,
        text: &str,
        width: f32,
        most: usize,
    ) -> Result<Vec<String>, DocumentError> {
        let mut lines: Vec<String> = Vec::new();
        for word in printable(text)?.split_whitespace() {
            self.append(&mut lines, word, width);
        }
        if lines.len() > most {
            let rest = lines.split_off(most.saturating_sub(1)).join(" ");
            lines.push(self.cut(&rest, width));
        }
        Ok(lines)
    }

    fn append(self, lines: &mut Vec<String>, word: &str, width: f32) {
        if let Some(last) = lines.last_mut() {
            let joined = format!("{last} {word}");
            if self.width(&joined) <= width {
                *last = joined;
                return;
            }
        }
        let mut line = String::new();
        for letter in word.chars() {
            line.push(letter);
            if self.width(&line) > width && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, letter.to_string()));
            }
        }
        lines.push(line);
    }
}

impl Canvas {
    /// One line of text; `y` is the baseline.
    pub(crate) fn text(
        &mut self,
        (x, y): (f32, f32),
        align: Align,
        pen: Pen,
        text: &str,
    ) -> Result<(), DocumentError> {
        let text = printable(text)?;
        if text.trim().is_empty() {
            return Ok(());
        }
        let x = match align {
            Align::Left => x,
            Align::Center => x - pen.width(&text) / 2.0,
            Align::Right => x - pen.width(&text),
        };
        self.letters[pen.face as usize].extend(text.chars());
        self.ops.extend([
            Op::StartTextSection,
            Op::SetFillColor {
                col: color(pen.color),
            },
            Op::SetFont {
                font: PdfFontHandle::External(pen.face.id()),
                size: Pt(pen.size),
            },
            Op::SetTextCursor { pos: point(x, y) },
            Op::ShowText {
                items: vec![TextItem::Text(text)],
            },
            Op::EndTextSection,
        ]);
        Ok(())
    }

    /// Lines below each other; returns the baseline after the last.
    pub(crate) fn lines(
        &mut self,
        (x, mut y): (f32, f32),
        pen: Pen,
        lines: &[String],
    ) -> Result<f32, DocumentError> {
        for line in lines {
            self.text((x, y), Align::Left, pen, line)?;
            y += leading(pen);
        }
        Ok(y)
    }

    pub(crate) fn fill(&mut self, area: Area, fill: [f32; 3]) {
        self.paint(vec![rectangle(area)], PaintMode::Fill, fill);
    }

    pub(crate) fn fill_round(&mut self, area: Area, radius: f32, fill: [f32; 3]) {
        self.paint(vec![rounded(area, radius)], PaintMode::Fill, fill);
    }

    pub(crate) fn frame_round(
        &mut self,
        area: Area,
        radius: f32,
        stroke: [f32; 3],
        thickness: f32,
    ) {
        self.stroke(stroke, thickness, &[]);
        self.paint(vec![rounded(area, radius)], PaintMode::Stroke, stroke);
    }

    pub(crate) fn circle(&mut self, (x, y): (f32, f32), radius: f32, fill: [f32; 3]) {
        let area = Area {
            x: x - radius,
            y: y - radius,
            width: 2.0 * radius,
            height: 2.0 * radius,
        };
        self.fill_round(area, radius, fill);
    }

    /// A level line; `dash` is dash and gap in points, empty for a solid one.
    pub(crate) fn rule(&mut self, (x, y): (f32, f32), width: f32, stroke: [f32; 3], dash: &[f32]) {
        self.stroke(stroke, 0.6, dash);
        let ends = [point(x, y), point(x + width, y)].map(|p| LinePoint { p, bezier: false });
        let line = printpdf::Line {
            points: ends.to_vec(),
            is_closed: false,
        };
        self.ops.push(Op::DrawLine { line });
    }

    /// The dark modules in black as one path, so that no renderer leaves seams between them.
    /// The place is the symbol's corner; the quiet zone is the caller's to keep empty.
    pub(crate) fn qr(&mut self, (x, y): (f32, f32), module: f32, modules: &QrModules) {
        let place = |count: usize| module * f32::from(u16::try_from(count).unwrap_or(u16::MAX));
        let rings = modules.runs().into_iter().map(|(column, row, length)| {
            rectangle(Area {
                x: x + place(column),
                y: y + place(row),
                width: place(length),
                height: module,
            })
        });
        self.paint(rings.collect(), PaintMode::Fill, [0.0; 3]);
    }

    /// Upright bars in black as one path; place and quiet zone as for [`Canvas::qr`].
    pub(crate) fn bars(&mut self, (x, y): (f32, f32), [module, height]: [f32; 2], bars: &Bars) {
        let place = |count: usize| module * f32::from(u16::try_from(count).unwrap_or(u16::MAX));
        let rings = bars.dark().into_iter().map(|(at, width)| {
            rectangle(Area {
                x: x + place(at),
                y,
                width: place(width),
                height,
            })
        });
        self.paint(rings.collect(), PaintMode::Fill, [0.0; 3]);
    }

    /// The letters drawn in a face.
    pub(crate) fn letters(&self, face: Face) -> &BTreeSet<char> {
        &self.letters[face as usize]
    }

    pub(crate) fn into_page(self) -> PdfPage {
        PdfPage::new(Mm(WIDTH), Mm(HEIGHT), self.ops)
    }

    fn stroke(&mut self, stroke: [f32; 3], thickness: f32, dash: &[f32]) {
        self.ops.extend([
            Op::SetOutlineColor { col: color(stroke) },
            Op::SetOutlineThickness { pt: Pt(thickness) },
            Op::SetLineDashPattern {
                dash: LineDashPattern::new(0.0, dash),
            },
        ]);
    }

    fn paint(&mut self, rings: Vec<PolygonRing>, mode: PaintMode, fill: [f32; 3]) {
        self.ops.push(Op::SetFillColor { col: color(fill) });
        let polygon = Polygon {
            rings,
            mode,
            winding_order: WindingOrder::NonZero,
        };
        self.ops.push(Op::DrawPolygon { polygon });
    }
}

/// Distance between baselines, in millimetres.
pub(crate) fn leading(pen: Pen) -> f32 {
    pen.size * 1.32 * MM_PER_POINT
}

fn color([r, g, b]: [f32; 3]) -> Color {
    Color::Rgb(Rgb {
        r,
        g,
        b,
        icc_profile: None,
    })
}

/// PDF counts from the bottom; hundredths of a point keep the file small and exact enough.
fn point(x: f32, y: f32) -> Point {
    let exact = |mm: f32| Pt((mm / MM_PER_POINT * 100.0).round() / 100.0);
    Point {
        x: exact(x),
        y: exact(HEIGHT - y),
    }
}

fn rectangle(area: Area) -> PolygonRing {
    let (right, bottom) = (area.x + area.width, area.y + area.height);
    let corners = [
        (area.x, area.y),
        (right, area.y),
        (right, bottom),
        (area.x, bottom),
    ];
    let corners = corners.map(|(x, y)| LinePoint {
        p: point(x, y),
        bezier: false,
    });
    PolygonRing {
        points: corners.to_vec(),
    }
}

fn rounded(area: Area, radius: f32) -> PolygonRing {
    let (left, top) = (area.x, area.y);
    let (right, bottom) = (left + area.width, top + area.height);
    let (r, k) = (radius, radius * (1.0 - ROUND));
    // (x, y, handle?): each corner is the straight edge's end, two handles, the next edge's start.
    let outline = [
        (right - r, top, false),
        (right - k, top, true),
        (right, top + k, true),
        (right, top + r, false),
        (right, bottom - r, false),
        (right, bottom - k, true),
        (right - k, bottom, true),
        (right - r, bottom, false),
        (left + r, bottom, false),
        (left + k, bottom, true),
        (left, bottom - k, true),
        (left, bottom - r, false),
        (left, top + r, false),
        (left, top + k, true),
        (left + k, top, true),
        (left + r, top, false),
    ];
    let points = outline.map(|(x, y, bezier)| LinePoint {
        p: point(x, y),
        bezier,
    });
    PolygonRing {
        points: points.to_vec(),
    }
}
