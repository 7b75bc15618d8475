//! A camera made ready before nokhwa opens it, because nokhwa fails where the device merely stands wrong.
//!
//! The device's present interval must be 1/N or every open fails; what is asked for must be exactly what the
//! driver makes of it. So the best offer is set here, by the same `v4l` that nokhwa uses, and read back: what
//! nokhwa is then asked for is what the device already does. Invariant: nothing is assumed; what is returned is
//! what the driver says it will send.

use v4l::{
    Control, Device, Format, FourCC,
    control::Value,
    frameinterval::FrameIntervalEnum,
    framesize::FrameSizeEnum,
    video::{Capture as _, capture::Parameters},
};

use super::{
    Pixels, fault,
    list::Camera,
    offer::{Offer, ranked},
};
use crate::camera::SourceError;

/// How many offers are tried before a camera is given up.
const MOST_TRIES: usize = 8;

/// How many offers are looked at: a broken driver lists without end.
const MOST_OFFERS: usize = 2_000;

/// What the driver will send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    /// What was chosen, as the driver took it.
    pub offer: Offer,
    /// Bytes per line; 0: lines are not padded.
    pub stride: usize,
}

/// Opens, chooses, sets and reads back. The device is closed again: it keeps its settings.
///
/// # Errors
/// Busy, denied, unplugged, or nothing that can be decoded.
pub fn prepare(camera: &Camera) -> Result<Granted, SourceError> {
    let failed = |error: std::io::Error| fault::of_io(&camera.name, &error);
    let device = Device::with_path(&camera.path).map_err(failed)?;
    let mut last = None;
    for offer in ranked(offers(&device).map_err(failed)?)
        .into_iter()
        .take(MOST_TRIES)
    {
        match set(&device, offer) {
            Ok(Some(granted)) => {
                hint(&device);
                return Ok(granted);
            }
            Ok(None) => {}
            Err(error) => last = Some(failed(error)),
        }
    }
    Err(last.unwrap_or_else(|| nothing_readable(camera)))
}

fn nothing_readable(camera: &Camera) -> SourceError {
    SourceError::Unusable {
        name: camera.name.clone(),
        reason: "it offers no format that can be read (YUYV, UYVY, NV12, GREY, MJPEG)".to_owned(),
    }
}

/// What would be chosen, without setting anything: for lists.
///
/// # Errors
/// As [`prepare`].
pub fn best(camera: &Camera) -> Result<Offer, SourceError> {
    let offers = Device::with_path(&camera.path).and_then(|device| offers(&device));
    let offers = offers.map_err(|error| fault::of_io(&camera.name, &error))?;
    let best = ranked(offers).into_iter().next();
    best.ok_or_else(|| nothing_readable(camera))
}

/// What the camera offers, as far as it can be read.
///
/// # Errors
/// What the system says.
pub fn offers(device: &Device) -> std::io::Result<Vec<Offer>> {
    let mut offers = Vec::new();
    for format in device.enum_formats()? {
        let Some(pixels) = Pixels::of(format.fourcc) else {
            continue;
        };
        for (width, height) in sizes(device, format.fourcc) {
            for interval in intervals(device, format.fourcc, width, height) {
                offers.push(Offer {
                    pixels,
                    width,
                    height,
                    interval,
                });
            }
        }
        if offers.len() >= MOST_OFFERS {
            break;
        }
    }
    if offers.is_empty() {
        offers.extend(present(device)?);
    }
    Ok(offers)
}

/// What a camera that lists no sizes is set to: the one thing that it can do.
fn present(device: &Device) -> std::io::Result<Option<Offer>> {
    let is = device.format()?;
    Ok(Pixels::of(is.fourcc).map(|pixels| Offer {
        pixels,
        width: is.width,
        height: is.height,
        interval: (1, 30),
    }))
}

fn sizes(device: &Device, fourcc: FourCC) -> Vec<(u32, u32)> {
    let sizes = device.enum_framesizes(fourcc).unwrap_or_default();
    sizes
        .into_iter()
        .take(MOST_OFFERS)
        .flat_map(|size| match size.size {
            FrameSizeEnum::Discrete(size) => vec![(size.width, size.height)],
            // Any size between two: those that serve, and the driver says what it makes of them.
            FrameSizeEnum::Stepwise(range) => [(1_280, 720), (640, 480)]
                .into_iter()
                .map(|(width, height): (u32, u32)| {
                    (
                        width.clamp(range.min_width, range.max_width.max(range.min_width)),
                        height.clamp(range.min_height, range.max_height.max(range.min_height)),
                    )
                })
                .collect(),
        })
        .collect()
}

/// Those that the camera lists; one that lists none has the one that it has.
fn intervals(device: &Device, fourcc: FourCC, width: u32, height: u32) -> Vec<(u32, u32)> {
    let listed = device.enum_frameintervals(fourcc, width, height);
    let mut intervals: Vec<_> = listed
        .unwrap_or_default()
        .into_iter()
        .take(64)
        .map(|listed| match listed.interval {
            FrameIntervalEnum::Discrete(one) => (one.numerator, one.denominator),
            FrameIntervalEnum::Stepwise(_) => (1, 30),
        })
        .filter(|(seconds, parts)| *seconds > 0 && *parts > 0)
        .collect();
    if intervals.is_empty() {
        intervals.push((1, 30));
    }
    intervals
}

/// Sets an offer; what the driver made of it, or `None` when that cannot be read.
fn set(device: &Device, offer: Offer) -> std::io::Result<Option<Granted>> {
    let wanted = Format::new(offer.width, offer.height, offer.pixels.fourcc());
    device.set_format(&wanted)?;
    let (seconds, parts) = offer.interval;
    let rate = Parameters::new(v4l::Fraction::new(seconds, parts));
    // Some drivers know no rates: they have the one that they have.
    if let Err(error) = device.set_params(&rate) {
        tracing::debug!(%error, "the camera takes no frame rate");
    }
    let is = device.format()?;
    let interval = device.params().map(|params| params.interval);
    let interval = interval.map_or(offer.interval, |is| (is.numerator, is.denominator));
    Ok(Pixels::of(is.fourcc).map(|pixels| Granted {
        offer: Offer {
            pixels,
            width: is.width,
            height: is.height,
            interval,
        },
        stride: if pixels == Pixels::Mjpeg {
            0
        } else {
            is.stride as usize
        },
    }))
}

/// Asks for what helps to read codes; what a camera does not have, it does without.
fn hint(device: &Device) {
    const FOCUS_AUTO: u32 = 0x009a_090c;
    const EXPOSURE_AUTO: u32 = 0x009a_0901;
    const APERTURE_PRIORITY: i64 = 3;
    const EXPOSURE_MAY_SLOW: u32 = 0x009a_0903;
    let hints = [
        ("autofocus", FOCUS_AUTO, Value::Boolean(true)),
        (
            "automatic exposure",
            EXPOSURE_AUTO,
            Value::Integer(APERTURE_PRIORITY),
        ),
        // In low light rather dark than slow: a dark frame can be read, a smeared one cannot.
        ("steady rate", EXPOSURE_MAY_SLOW, Value::Boolean(false)),
    ];
    for (what, id, value) in hints {
        if let Err(error) = device.set_control(Control { id, value }) {
            tracing::debug!(what, %error, "the camera takes no such hint");
        }
    }
}
