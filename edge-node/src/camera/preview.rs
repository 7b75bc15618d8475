//! A small picture of what the camera sees, for those who look at the screen.
//!
//! Invariant: nothing is made unless somebody asks, at most [`PER_SECOND`] times a second whoever asks, and
//! nothing is kept but the last one, in memory. At most [`MAX_WIDTH`] pixels wide: enough to hold a phone into the
//! middle, too little to be a record of a face.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use decoder::GrayFrame;
use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};

/// Widest preview.
pub const MAX_WIDTH: u32 = 320;

/// Previews made in a second, at most.
pub const PER_SECOND: u32 = 5;

const QUALITY: u8 = 60;

/// The last preview.
#[derive(Debug, Default)]
pub struct Preview {
    last: Mutex<Option<(Instant, Arc<[u8]>)>>,
}

impl Preview {
    /// A JPEG of the frame, or the last one if it is young enough.
    pub fn of(&self, frame: &GrayFrame<'_>) -> Option<Arc<[u8]>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_young =
            |made: &Instant| made.elapsed() < Duration::from_secs(1).div_f64(f64::from(PER_SECOND));
        if let Some((made, jpeg)) = &*last
            && is_young(made)
        {
            return Some(Arc::clone(jpeg));
        }
        let jpeg: Arc<[u8]> = encoded(frame)?.into();
        *last = Some((Instant::now(), Arc::clone(&jpeg)));
        Some(jpeg)
    }
}

/// The frame halved until it is small, as JPEG; `None` for what JPEG cannot hold.
pub fn encoded(frame: &GrayFrame<'_>) -> Option<Vec<u8>> {
    let mut small = frame.half();
    while small.width() > MAX_WIDTH && small.height() > 1 {
        small = small.half();
    }
    let mut jpeg = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    let (width, height) = (small.width(), small.height());
    let made = encoder.encode(small.luma(), width, height, ExtendedColorType::L8);
    made.ok().map(|()| jpeg)
}

#[cfg(test)]
mod tests {
    use decoder::synth;

    use super::*;

    #[test]
    fn it_is_small_and_still_the_picture() {
        let frame = synth::clean_frame("GERBANG", 1_280, 720);
        let jpeg = encoded(&frame).expect("a picture");
        assert!(jpeg.len() < 16 * 1024, "{} bytes", jpeg.len());
        let seen = GrayFrame::from_image(&jpeg).expect("a JPEG");
        assert_eq!((seen.width(), seen.height()), (320, 180));
        assert!(seen.luma()[0] > 200, "white paper around the code");
    }

    #[test]
    fn who_asks_too_often_gets_the_same_one() {
        let preview = Preview::default();
        let first = preview.of(&synth::empty_frame(1)).expect("a picture");
        let again = preview.of(&synth::empty_frame(2)).expect("a picture");
        assert!(Arc::ptr_eq(&first, &again) || first != again);
        assert_eq!(
            preview.last.lock().expect("free").as_ref().expect("kept").1,
            again
        );
    }

    #[test]
    fn any_shape_of_frame_is_borne() {
        for (width, height) in [(1, 1), (1, 2_000), (2_000, 1), (641, 3)] {
            let luma = vec![7; width as usize * height as usize];
            let frame = GrayFrame::new(width, height, luma).expect("a frame");
            let _ = encoded(&frame);
        }
    }
}
