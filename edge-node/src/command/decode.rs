//! `decode`: what stands in a picture or before a camera, for trying a camera or a print. Decides nothing and needs
//! no node.

use std::path::PathBuf;

use decoder::{Code, Decoded, FrameError};
use serde::Serialize;

use super::{
    CommandError, Outcome,
    frames::{self, Picture, pictures, took_ms},
    output,
};

#[derive(clap::Args)]
#[group(id = "source", required = true, multiple = false)]
pub(super) struct Source {
    /// A PNG or JPEG file, a folder of them, a y4m or MJPEG film, a pipe, or `-` for standard input
    #[arg(long, value_name = "PATH")]
    frames: Option<PathBuf>,
    /// A camera: its path, number or part of its name, or `auto`
    #[arg(long, value_name = "NAME")]
    camera: Option<String>,
}

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// End after so many frames; of a camera there is no other end
    #[arg(long, value_name = "FRAMES")]
    count: Option<usize>,
    /// One JSON object per frame
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line {
    frame: String,
    codes: Vec<Found>,
    took_ms: Option<f64>,
    stage: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Trouble>,
}

#[derive(Serialize)]
struct Found {
    format: &'static str,
    text: String,
}

#[derive(Serialize)]
struct Trouble {
    code: &'static str,
    message: String,
}

/// 0: every frame has a code; 1: some have none; 2: some are no pictures.
pub(super) fn run(arguments: &Arguments) -> Result<Outcome, CommandError> {
    let mut worst = Outcome::AllAdmitted;
    let pictures = match (&arguments.source.frames, &arguments.source.camera) {
        (Some(path), _) => pictures(path)?,
        (None, wish) => frames::seen(wish.as_deref().unwrap_or("auto"))?,
    };
    for picture in pictures.take(arguments.count.unwrap_or(usize::MAX)) {
        worst = worst.max(tell(&picture?, arguments.json)?);
    }
    Ok(worst)
}

fn tell(picture: &Picture, json: bool) -> Result<Outcome, CommandError> {
    let (line, outcome) = match &picture.decoded {
        Ok(decoded) => (line(picture.name.clone(), decoded), outcome(decoded)),
        Err(error) => {
            output::complain_of(error.code(), &format!("{}: {error}", picture.name));
            (trouble(picture.name.clone(), error), Outcome::CouldNotWork)
        }
    };
    if json {
        output::json(&line)?;
    } else if line.error.is_none() {
        output::line(&text(&line))?;
    }
    Ok(outcome)
}

const fn outcome(decoded: &Decoded) -> Outcome {
    if decoded.codes.is_empty() {
        Outcome::SomeRefused
    } else {
        Outcome::AllAdmitted
    }
}

fn line(frame: String, decoded: &Decoded) -> Line {
    Line {
        frame,
        codes: decoded.codes.iter().map(found).collect(),
        took_ms: Some(took_ms(decoded)),
        stage: decoded.stage.map(decoder::Stage::as_str),
        error: None,
    }
}

fn found(code: &Code) -> Found {
    Found {
        format: code.format.as_str(),
        text: code.text.clone(),
    }
}

fn trouble(frame: String, error: &FrameError) -> Line {
    Line {
        frame,
        codes: Vec::new(),
        took_ms: None,
        stage: None,
        error: Some(Trouble {
            code: error.code(),
            message: error.to_string(),
        }),
    }
}

fn text(line: &Line) -> String {
    if line.codes.is_empty() {
        return format!("{}: no code", line.frame);
    }
    let codes = line
        .codes
        .iter()
        .map(|code| format!("{}: {} {}", line.frame, code.format, code.text));
    codes.collect::<Vec<_>>().join("\n")
}
