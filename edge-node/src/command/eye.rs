//! Where the gate looks: the options of `run`, and the watch that they start.

use std::{path::PathBuf, sync::Arc};

use super::CommandError;
use crate::{
    camera::{Watch, keep::Keeper, origin::Origin, watch::Options},
    config,
    door::{Door, Means},
};

#[derive(clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// The camera: its path, number or part of its name, `auto` for the first that works, or `off`
    /// [default: $GERBANG_CAMERA, else auto]
    #[arg(long, value_name = "NAME|PATH|auto|off")]
    camera: Option<String>,
    /// Frames instead of a camera: a picture, a folder that is watched for more, a y4m or MJPEG film, a pipe, `-`
    #[arg(long, value_name = "PATH", conflicts_with = "camera")]
    frames: Option<PathBuf>,
    /// Keep the frames in which a code was read, 500 at most; the screen says so. They show guests: by default none is
    #[arg(long, value_name = "DIR")]
    keep_frames: Option<PathBuf>,
}

impl Arguments {
    /// Whether somebody named what to look through, or whatever camera there is will do.
    pub(super) fn is_named(&self) -> bool {
        !matches!(self.origin(), Some(Origin::Camera(None)))
    }

    fn origin(&self) -> Option<Origin> {
        match &self.frames {
            Some(path) => Some(Origin::Frames(path.clone())),
            None => Origin::camera(&config::camera(self.camera.clone())),
        }
    }
}

/// Starts to watch for the door, unless the camera is off.
pub(super) fn watch(
    door: &Arc<Door>,
    arguments: &Arguments,
) -> Result<Option<Watch>, CommandError> {
    let Some(origin) = arguments.origin() else {
        return Ok(None);
    };
    let keep = config::keep_frames(arguments.keep_frames.clone())
        .map(|folder| Keeper::open(&folder).map_err(|source| CommandError::Keep { folder, source }))
        .transpose()?;
    let options = Options {
        can_hang: origin.can_hang(),
        open: origin.opener(),
        keep,
    };
    let door = Arc::clone(door);
    let show = move |text: &str| drop(door.show(text, Means::Camera));
    let watch = Watch::start(options, show).map_err(CommandError::Runtime)?;
    Ok(Some(watch))
}
