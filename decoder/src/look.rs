//! How a stage of the cascade looks at a frame: which part, at what size, with what done to its tones.
//!
//! Invariant: what is seen tells where it lies in the frame (times `factor`, plus `corner`), so that codes are placed
//! right whatever was looked at. Called by the cascade alone.

use std::borrow::Cow;

use crate::code::Code;
use crate::frame::GrayFrame;

/// Longest side of a reduced frame: large pictures are halved until they fit.
const REDUCED_SIDE: u32 = 1280;

/// Deep looks at more pixels than this cost seconds: larger pictures are halved for them.
const MOST_DEEP: u64 = 3_200_000;

/// A part of more pixels than this is looked at at half its size: what is large needs no more.
const MOST_AREA: u64 = 400 * 400;

/// Bars are higher than this, in pixels.
const EVERY_ROW: u32 = 4;

/// One look at a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Whole,
    /// As it is, or halved until it is no larger than a deep look bears.
    Borne,
    /// Every fourth row: enough for barcodes that lie across.
    Rows,
    /// Half as large, or less.
    Reduced,
    Inverted,
    Stretched,
    /// Reduced, and sharpened over several pixels.
    Refocused,
    /// Sharpened over two pixels.
    Sharp,
    /// Sharpened over one pixel: the smallest codes.
    Finest,
    Area(Area),
    SharpArea(Area),
    /// Its left (0) or right (1) part, with some of the other.
    Part(u32),
    SharpPart(u32),
    StretchedPart(u32),
}

/// A part of a frame, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    corner: (u32, u32),
    size: (u32, u32),
}

/// What a look gives.
pub(crate) struct Seen<'a> {
    pub(crate) frame: Cow<'a, GrayFrame<'a>>,
    /// How many times narrower and lower it is than the frame.
    pub(crate) factor: (i32, i32),
    /// Where it begins in the frame.
    pub(crate) corner: (i32, i32),
}

impl Area {
    /// Around a code, with as much to each side as a hand moves until the next guest.
    pub(crate) fn around(code: &Code) -> Option<Self> {
        let [left, top, right, bottom] = code.bounds()?;
        let margin = (right - left).max(bottom - top).max(64) / 3;
        let pixel = |value: i32| u32::try_from(value.max(0)).unwrap_or_default();
        let (left, top) = (pixel(left - margin), pixel(top - margin));
        let (right, bottom) = (pixel(right + margin), pixel(bottom + margin));
        Some(Self {
            corner: (left, top),
            size: (
                right.saturating_sub(left).max(1),
                bottom.saturating_sub(top).max(1),
            ),
        })
    }

    fn of<'a>(self, frame: &GrayFrame<'_>) -> Seen<'a> {
        let corner = (
            self.corner.0.min(frame.width() - 1),
            self.corner.1.min(frame.height() - 1),
        );
        let pixel = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
        Seen {
            frame: Cow::Owned(frame.cropped(corner, self.size)),
            factor: (1, 1),
            corner: (pixel(corner.0), pixel(corner.1)),
        }
    }

    /// The same, at half its size where it is large.
    fn quickly_of<'a>(self, frame: &GrayFrame<'_>) -> Seen<'a> {
        let seen = self.of(frame);
        if u64::from(seen.frame.width()) * u64::from(seen.frame.height()) <= MOST_AREA {
            return seen;
        }
        Seen {
            factor: (2, 2),
            ..with_tones(&seen, GrayFrame::half)
        }
    }
}

impl Look {
    /// What is seen of the frame.
    pub(crate) fn at<'a>(self, frame: &'a GrayFrame<'_>) -> Seen<'a> {
        match self {
            Self::Whole => whole(Cow::Borrowed(frame)),
            Self::Rows => rows(frame),
            Self::Borne => halved_until(frame, is_borne),
            Self::Inverted => with_tones(&halved_until(frame, is_borne), GrayFrame::inverted),
            Self::Stretched => with_tones(&halved_until(frame, is_borne), GrayFrame::stretched),
            Self::Sharp => with_tones(&halved_until(frame, is_borne), sharp),
            Self::Finest => with_tones(&halved_until(frame, is_borne), |frame| {
                frame.sharpened(1, 6)
            }),
            Self::Reduced => reduced(frame),
            Self::Refocused => with_tones(&reduced(frame), |frame| frame.sharpened(3, 6)),
            Self::Area(area) => area.quickly_of(frame),
            Self::SharpArea(area) => with_tones(&area.quickly_of(frame), sharp),
            Self::Part(part) => part_of(part, frame),
            Self::SharpPart(part) => with_tones(&part_of(part, frame), sharp),
            Self::StretchedPart(part) => with_tones(&part_of(part, frame), GrayFrame::stretched),
        }
    }
}

fn sharp(frame: &GrayFrame<'_>) -> GrayFrame<'static> {
    frame.sharpened(2, 4)
}

fn whole<'a>(frame: Cow<'a, GrayFrame<'a>>) -> Seen<'a> {
    Seen {
        frame,
        factor: (1, 1),
        corner: (0, 0),
    }
}

fn rows<'a>(frame: &GrayFrame<'_>) -> Seen<'a> {
    Seen {
        frame: Cow::Owned(frame.every_row(EVERY_ROW)),
        factor: (1, EVERY_ROW.cast_signed()),
        corner: (0, 0),
    }
}

fn reduced<'a>(frame: &'a GrayFrame<'_>) -> Seen<'a> {
    let side = |frame: &GrayFrame<'_>| frame.width().max(frame.height());
    halved_until(frame, |small| {
        side(small) <= REDUCED_SIDE && side(small) < side(frame)
    })
}

fn is_borne(frame: &GrayFrame<'_>) -> bool {
    u64::from(frame.width()) * u64::from(frame.height()) <= MOST_DEEP
}

/// Halved as often as needed, or until a side cannot be.
fn halved_until<'a>(
    frame: &'a GrayFrame<'_>,
    is_small: impl Fn(&GrayFrame<'_>) -> bool,
) -> Seen<'a> {
    let mut small = Cow::Borrowed(frame);
    let mut factor = 1;
    while !is_small(&small) && small.width() >= 2 && small.height() >= 2 {
        small = Cow::Owned(small.half());
        factor *= 2;
    }
    Seen {
        frame: small,
        factor: (factor, factor),
        corner: (0, 0),
    }
}

fn with_tones<'a>(
    seen: &Seen<'a>,
    tones: impl Fn(&GrayFrame<'a>) -> GrayFrame<'static>,
) -> Seen<'a> {
    Seen {
        frame: Cow::Owned(tones(&seen.frame)),
        ..*seen
    }
}

/// Three fifths of the width, so that a code in the middle is whole in one of the two.
fn part_of<'a>(part: u32, frame: &GrayFrame<'_>) -> Seen<'a> {
    let width = (frame.width() / 5 * 3).max(1);
    let left = if part == 0 { 0 } else { frame.width() - width };
    let area = Area {
        corner: (left, 0),
        size: (width, frame.height()),
    };
    area.of(frame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::{Corner, Format, Stage};

    fn code(corners: [(i32, i32); 4]) -> Code {
        Code {
            format: Format::Qr,
            text: "A".to_owned(),
            stage: Stage::Full,
            corners: Some(corners.map(|(x, y)| Corner { x, y })),
        }
    }

    fn frame(width: u32, height: u32) -> GrayFrame<'static> {
        let luma = vec![9; width as usize * height as usize];
        GrayFrame::new(width, height, luma).expect("a frame")
    }

    #[test]
    fn a_large_picture_is_halved_until_it_is_quick_to_look_at() {
        let photo = frame(4_000, 3_000);
        let seen = Look::Reduced.at(&photo);
        assert_eq!((seen.frame.width(), seen.factor), (1_000, (4, 4)));
        let webcam = frame(1_280, 720);
        assert_eq!(Look::Reduced.at(&webcam).factor, (2, 2));
        let line = frame(5_000, 1);
        assert_eq!(Look::Reduced.at(&line).factor, (1, 1));
    }

    #[test]
    fn a_deep_look_at_a_photo_is_bounded_and_one_at_a_webcam_is_whole() {
        let (photo, webcam) = (frame(4_000, 3_000), frame(1_280, 720));
        for look in [Look::Borne, Look::Sharp, Look::Stretched] {
            let seen = look.at(&photo);
            assert_eq!(
                (seen.frame.width(), seen.factor),
                (2_000, (2, 2)),
                "{look:?}"
            );
            assert_eq!(look.at(&webcam).factor, (1, 1), "{look:?}");
        }
    }

    #[test]
    fn an_area_lies_in_any_frame_it_is_asked_of() {
        let at = code([(-40, 10), (60, 10), (60, 110), (-40, 110)]);
        let area = Area::around(&at).expect("an area");
        let wide = frame(640, 480);
        let seen = Look::Area(area).at(&wide);
        assert_eq!(seen.corner, (0, 0));
        assert_eq!((seen.frame.width(), seen.frame.height()), (93, 143));
        let small = frame(20, 20);
        assert_eq!(Look::SharpArea(area).at(&small).frame.width(), 20);
    }

    #[test]
    fn a_large_area_is_looked_at_at_half_its_size() {
        let at = code([(400, 100), (900, 100), (900, 600), (400, 600)]);
        let area = Area::around(&at).expect("an area");
        let wide = frame(1_280, 720);
        let seen = Look::Area(area).at(&wide);
        assert_eq!((seen.factor, seen.corner), ((2, 2), (234, 0)));
        assert!(seen.frame.width() <= 420, "{:?}", seen.frame);
    }

    #[test]
    fn two_parts_are_the_whole() {
        let wide = frame(1_281, 720);
        let (left, right) = (Look::Part(0).at(&wide), Look::Part(1).at(&wide));
        let end = u32::try_from(right.corner.0).expect("inside") + right.frame.width();
        assert_eq!((left.corner.0, end), (0, 1_281));
        assert!(left.frame.width() + right.frame.width() > 1_281 + 200);
        assert_eq!(Look::Part(1).at(&frame(1, 1)).frame.width(), 1);
    }
}
