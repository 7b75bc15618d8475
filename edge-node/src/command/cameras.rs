//! `cameras`: which there are, what each would send, and what keeps it from being used.

use super::{CommandError, Outcome, output};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// One JSON object per camera
    #[arg(long)]
    json: bool,
}

/// 0: some can be used; 1: none.
#[cfg(all(feature = "v4l", target_os = "linux"))]
pub(super) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    use crate::camera::device::{list, prepare::best};
    let mut outcome = Outcome::SomeRefused;
    for (camera, fault) in list::all() {
        let best = fault.map_or_else(|| best(&camera), Err);
        if best.is_ok() {
            outcome = Outcome::AllAdmitted;
        }
        let line = Line {
            path: camera.path.display().to_string(),
            name: camera.name.clone(),
            sends: best.as_ref().ok().map(Sends::of),
            error: best.as_ref().err().map(Trouble::of),
        };
        if arguments.json {
            output::json(&line)?;
        } else {
            output::line(&line.words())?;
        }
    }
    if outcome == Outcome::SomeRefused && !arguments.json {
        output::line("No camera can be used: plug one in. A USB scanner works without.")?;
    }
    Ok(outcome)
}

#[cfg(not(all(feature = "v4l", target_os = "linux")))]
pub(super) fn run(_: &Arguments) -> Result<Outcome, CommandError> {
    Err(crate::camera::SourceError::NotBuilt.into())
}

#[cfg(all(feature = "v4l", target_os = "linux"))]
use line::{Line, Sends, Trouble};

#[cfg(all(feature = "v4l", target_os = "linux"))]
mod line {
    use serde::Serialize;

    use crate::camera::{SourceError, device::Offer};

    /// One camera.
    #[derive(Serialize)]
    pub(super) struct Line {
        pub(super) path: String,
        pub(super) name: String,
        pub(super) sends: Option<Sends>,
        pub(super) error: Option<Trouble>,
    }

    /// What would be chosen.
    #[derive(Serialize)]
    pub(super) struct Sends {
        format: &'static str,
        width: u32,
        height: u32,
        fps: f64,
    }

    #[derive(Serialize)]
    pub(super) struct Trouble {
        code: &'static str,
        message: String,
    }

    impl Sends {
        pub(super) fn of(offer: &Offer) -> Self {
            Self {
                format: offer.pixels.name(),
                width: offer.width,
                height: offer.height,
                fps: f64::from(offer.tenths_per_second()) / 10.0,
            }
        }
    }

    impl Trouble {
        pub(super) fn of(error: &SourceError) -> Self {
            Self {
                code: error.code(),
                message: error.to_string(),
            }
        }
    }

    impl Line {
        pub(super) fn words(&self) -> String {
            let Self { path, name, .. } = self;
            match (&self.sends, &self.error) {
                (Some(sends), _) => format!(
                    "{path}  {name}  {} × {} at {} a second, {}",
                    sends.width, sends.height, sends.fps, sends.format
                ),
                (None, Some(error)) => format!("{path}  {name}  {}", error.message),
                (None, None) => format!("{path}  {name}"),
            }
        }
    }
}
