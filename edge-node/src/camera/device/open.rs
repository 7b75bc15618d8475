//! A camera that streams.
//!
//! nokhwa reads it wherever nokhwa can; what it cannot open (GREY, UYVY, a rate that is not whole) is read by the
//! `v4l` beneath it. Invariants: dropping it lets go of the device, whatever state the device is in; both libraries
//! panic on some of them, and no panic leaves this file.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use nokhwa::utils::{
    CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType, Resolution,
};
use v4l::{Device, buffer::Type, io::traits::CaptureStream as _, prelude::MmapStream};

use super::{Camera, Granted, Pixels, fault, list, prepare::prepare};
use crate::camera::{FrameSource, Next, SourceError};

/// How long a frame is waited for where waiting can be ended.
const PATIENCE: Duration = Duration::from_millis(500);

/// A streaming camera.
pub struct OpenCamera {
    camera: Camera,
    granted: Granted,
    /// `None` only while it is dropped.
    stream: Option<Stream>,
}

enum Stream {
    Nokhwa(nokhwa::Camera),
    Plain(MmapStream<'static>),
}

impl OpenCamera {
    /// The first of the cameras that a person means which can be opened.
    ///
    /// # Errors
    /// What is wrong with the first of them, or that there is none.
    pub fn find(wish: Option<&str>) -> Result<Self, SourceError> {
        let mut first = None;
        for (camera, fault) in list::meant(list::all(), wish) {
            let opened = fault.map_or_else(|| Self::open(camera), Err);
            match opened {
                Ok(open) => return Ok(open),
                Err(error) => first = first.or(Some(error)),
            }
        }
        Err(first.unwrap_or_else(|| SourceError::NoCamera(wish.map(str::to_owned))))
    }

    fn open(camera: Camera) -> Result<Self, SourceError> {
        let granted = prepare(&camera)?;
        let stream = match by_nokhwa(&camera, &granted) {
            Ok(stream) => stream,
            Err(
                error @ (SourceError::Busy(_) | SourceError::Denied(_) | SourceError::Unplugged(_)),
            ) => {
                return Err(error);
            }
            Err(error) => {
                tracing::debug!(%error, "nokhwa cannot open it: read without");
                plainly(&camera)?
            }
        };
        Ok(Self {
            camera,
            granted,
            stream: Some(stream),
        })
    }

    /// What it sends.
    #[must_use]
    pub const fn granted(&self) -> Granted {
        self.granted
    }

    /// Which it is.
    #[must_use]
    pub const fn camera(&self) -> &Camera {
        &self.camera
    }

    fn gone(&self) -> SourceError {
        SourceError::Unplugged(self.camera.name.clone())
    }
}

impl FrameSource for OpenCamera {
    fn name(&self) -> &str {
        &self.camera.name
    }

    fn is_live(&self) -> bool {
        true
    }

    fn next(&mut self) -> Result<Next, SourceError> {
        let (granted, name) = (self.granted, &self.camera.name);
        let Some(stream) = &mut self.stream else {
            return Err(self.gone());
        };
        let frame = match stream {
            Stream::Nokhwa(camera) => {
                let buffer = camera.frame_raw();
                let buffer = buffer.map_err(|error| fault::of_text(name, &error.to_string()))?;
                granted.luma(&buffer)
            }
            Stream::Plain(stream) => match stream.next() {
                Ok((buffer, _)) => granted.luma(buffer),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => return Ok(Next::NotYet),
                Err(error) => return Err(fault::of_io(name, &error)),
            },
        };
        Ok(Next::Frame(frame?))
    }
}

impl Drop for OpenCamera {
    fn drop(&mut self) {
        // Ending a stream panics on a device that is half gone.
        let stream = self.stream.take();
        if catch_unwind(AssertUnwindSafe(|| drop(stream))).is_err() {
            tracing::debug!(
                camera = self.camera.name,
                "it was gone before its stream ended"
            );
        }
    }
}

fn by_nokhwa(camera: &Camera, granted: &Granted) -> Result<Stream, SourceError> {
    let unusable = |reason: &str| SourceError::Unusable {
        name: camera.name.clone(),
        reason: reason.to_owned(),
    };
    let format = format_of(granted).ok_or_else(|| unusable("nokhwa knows no such format"))?;
    let index = CameraIndex::Index(camera.number);
    let opened = catch_unwind(|| {
        let exact = RequestedFormatType::Exact(format);
        let formats = [format.format()];
        let request = RequestedFormat::with_formats(exact, &formats);
        let mut camera = nokhwa::Camera::new(index, request)?;
        camera.open_stream()?;
        Ok::<_, nokhwa::NokhwaError>(camera)
    });
    let opened = opened.map_err(|_| unusable("nokhwa cannot list its formats"))?;
    let opened = opened.map_err(|error| fault::of_text(&camera.name, &error.to_string()))?;
    Ok(Stream::Nokhwa(opened))
}

/// What nokhwa is asked for: exactly what the device does already; `None` for what it cannot say.
fn format_of(granted: &Granted) -> Option<CameraFormat> {
    let offer = granted.offer;
    let pixels = match offer.pixels {
        Pixels::Mjpeg => FrameFormat::MJPEG,
        Pixels::Yuyv => FrameFormat::YUYV,
        Pixels::Nv12 => FrameFormat::NV12,
        Pixels::Grey | Pixels::Uyvy => return None,
    };
    let (seconds, rate) = offer.interval;
    let size = Resolution::new(offer.width, offer.height);
    (seconds == 1).then(|| CameraFormat::new(size, pixels, rate))
}

fn plainly(camera: &Camera) -> Result<Stream, SourceError> {
    let failed = |error: io::Error| fault::of_io(&camera.name, &error);
    let device = Device::with_path(&camera.path).map_err(failed)?;
    let mut stream = MmapStream::new(&device, Type::VideoCapture).map_err(failed)?;
    stream.set_timeout(PATIENCE);
    Ok(Stream::Plain(stream))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::device::Offer;

    fn granted(pixels: Pixels, interval: (u32, u32)) -> Granted {
        Granted {
            offer: Offer {
                pixels,
                width: 1_280,
                height: 720,
                interval,
            },
            stride: 0,
        }
    }

    #[test]
    fn nokhwa_is_asked_for_what_it_can_say_and_nothing_else() {
        let format = format_of(&granted(Pixels::Mjpeg, (1, 30))).expect("a format");
        assert_eq!((format.width(), format.frame_rate()), (1_280, 30));
        assert!(
            format_of(&granted(Pixels::Yuyv, (2, 15))).is_none(),
            "7.5 a second"
        );
        assert!(format_of(&granted(Pixels::Grey, (1, 30))).is_none());
    }

    #[test]
    fn a_camera_that_nobody_has_is_said_to_be_missing() {
        let error = OpenCamera::find(Some("no such camera")).err();
        assert_eq!(error.expect("none").code(), "camera_missing");
    }
}
