//! Cameras of this machine, by nokhwa over V4L2.
//!
//! | noun | file |
//! | --- | --- |
//! | which there are | [`list`] |
//! | what each offers, and the best of it | [`offer`] |
//! | made ready | [`prepare`] |
//! | opened, and its frames | [`open`] |
//! | what went wrong | [`fault`] |
//!
//! nokhwa's traps and where each is met: the present interval must be 1/N ([`prepare`] sets it; a camera that has no
//! other is read without nokhwa), exact formats only ([`prepare`] reads back), GREY is not nokhwa's GRAY (read
//! without it), its list ([`list`]), no time-out and no way to interrupt ([`super::watch`] gives the thread up),
//! unplugging (dropped before it is opened again: [`super::capture`]), buffers at full length
//! ([`super::mjpeg`], `decoder::layout`), four old frames ([`super::latest`]), busy only at the stream ([`fault`]).

pub mod fault;
pub mod list;
pub mod offer;
pub mod open;
pub mod prepare;

use decoder::{FrameError, GrayFrame, Layout};
use v4l::FourCC;

pub use list::Camera;
pub use offer::Offer;
pub use open::OpenCamera;
pub use prepare::Granted;

use super::mjpeg;

/// How a camera's bytes lie. The order is that of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Pixels {
    Grey,
    Nv12,
    Yuyv,
    Uyvy,
    Mjpeg,
}

impl Pixels {
    const ALL: [Self; 5] = [Self::Grey, Self::Nv12, Self::Yuyv, Self::Uyvy, Self::Mjpeg];

    /// The name, as in lists.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grey => "GREY",
            Self::Nv12 => "NV12",
            Self::Yuyv => "YUYV",
            Self::Uyvy => "UYVY",
            Self::Mjpeg => "MJPG",
        }
    }

    fn fourcc(self) -> FourCC {
        let mut code = [b' '; 4];
        code.copy_from_slice(self.name().as_bytes());
        FourCC::new(&code)
    }

    fn of(fourcc: FourCC) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|pixels| pixels.fourcc() == fourcc)
    }

    /// Its luma needs no decoding.
    const fn is_raw(self) -> bool {
        !matches!(self, Self::Mjpeg)
    }
}

impl Granted {
    /// The luma of a buffer, which may be longer than the picture.
    ///
    /// # Errors
    /// What is wrong with this one frame.
    pub fn luma(&self, buffer: &[u8]) -> Result<GrayFrame<'static>, FrameError> {
        let layout = match self.offer.pixels {
            Pixels::Grey => Layout::Grey,
            Pixels::Nv12 => Layout::Nv12,
            Pixels::Yuyv => Layout::Yuyv,
            Pixels::Uyvy => Layout::Uyvy,
            Pixels::Mjpeg => return mjpeg::luma(buffer),
        };
        let size = (self.offer.width, self.offer.height);
        GrayFrame::from_layout(layout, size, self.stride, buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_has_its_name_in_v4l2() {
        for pixels in Pixels::ALL {
            assert_eq!(Pixels::of(pixels.fourcc()), Some(pixels));
        }
        // What nokhwa calls GRAY is no V4L2 format.
        assert_eq!(Pixels::of(FourCC::new(b"GRAY")), None);
        assert_eq!(Pixels::of(FourCC::new(b"H264")), None);
    }

    #[test]
    fn a_mapped_buffer_gives_its_luma() {
        let granted = |pixels, stride| Granted {
            offer: Offer {
                pixels,
                width: 2,
                height: 2,
                interval: (1, 30),
            },
            stride,
        };
        let mut mapped = vec![1, 99, 2, 99, 0, 0, 3, 99, 4, 99, 0, 0];
        mapped.resize(4_096, 7);
        let frame = granted(Pixels::Yuyv, 6).luma(&mapped).expect("a frame");
        assert_eq!(frame.luma(), [1, 2, 3, 4]);
        assert!(granted(Pixels::Mjpeg, 0).luma(&mapped).is_err());
        assert!(granted(Pixels::Grey, 0).luma(&[1, 2, 3]).is_err());
    }
}
