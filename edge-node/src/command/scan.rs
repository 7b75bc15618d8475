//! `scan`: decides about codes in pictures, before a camera, given as text, or typed by a scanner.
//!
//! A picture without a code is no attempt at the gate: it is told (`none`, `no_code`) and not recorded. A picture
//! with several codes is as many attempts, from top to bottom. The test code is none (`none`, `test_code`). In an exchange, a wristband that follows its ticket is
//! paired with it ([`crate::pairing`]).

use std::{path::PathBuf, sync::mpsc::RecvTimeoutError, time::Duration};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use decoder::{Decoded, FrameError};
use serde::Serialize;
use sync_protocol::{
    id::OperatorId,
    scan::Action,
    verdict::{Decision, Reason},
};

use super::{
    CommandError, Outcome,
    frames::{Picture, pictures, took_ms},
    line,
    looking::{Limits, Looking, Seen},
    operator, output,
    scanner::{AffixArguments, Teller, setup},
};
use crate::{
    moment_text,
    node::Node,
    pairing::Pairing,
    reason_text::Language,
    scan::{Scan, Showing},
    scanner::{Scanners, Wanted},
    test_code,
};

/// How often it looks whether scanners still work.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

#[derive(clap::Args)]
#[group(id = "source", required = true, multiple = false)]
pub(super) struct Source {
    /// A PNG or JPEG file, a folder of them, a y4m or MJPEG film, a pipe, or `-` for standard input
    #[arg(long, value_name = "PATH")]
    frames: Option<PathBuf>,
    /// A camera: its path, number or part of its name, or `auto`; each code is a scan when it comes into view
    #[arg(long, value_name = "NAME")]
    camera: Option<String>,
    /// The text of a code, or a ticket number
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    code: Option<String>,
    /// One code per line, as a scanner types them, until the end of the input
    #[arg(long)]
    stdin: bool,
    /// What scanners type, until the program is told to stop: auto, serial, a path, or a part of a name; again for more
    #[arg(long, value_name = "SCANNER", value_parser = Wanted::parse)]
    scanner: Vec<Wanted>,
}

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// With an exchange: the text of the wristband that the ticket is exchanged for
    #[arg(
        long,
        value_name = "TEXT",
        requires = "code",
        allow_hyphen_values = true
    )]
    wristband: Option<String>,
    #[command(flatten)]
    affixes: AffixArguments,
    #[command(flatten)]
    operator: operator::Arguments,
    /// What the guest wants
    #[arg(long, default_value = "entry", value_parser = action_parser())]
    action: Action,
    /// With a camera: end after so many scans
    #[arg(long, value_name = "SCANS", requires = "camera")]
    count: Option<u32>,
    /// With a camera: end after so many seconds
    #[arg(long, value_name = "SECONDS", requires = "camera")]
    seconds: Option<u32>,
    /// One JSON object per scan
    #[arg(long)]
    json: bool,
}

/// A scan with the picture it came from.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    frame: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decode_ms: Option<f64>,
    #[serde(flatten)]
    scan: &'a Scan,
}

/// A picture that was no attempt.
#[derive(Serialize)]
struct NoScan<'a> {
    frame: &'a str,
    verdict: &'static str,
    reason: &'static str,
    text: String,
    ticket: Option<()>,
    scanned_at: String,
    seq: Option<u64>,
    took_ms: Option<f64>,
}

struct Scanning<'a> {
    node: &'a Node,
    arguments: &'a Arguments,
    operator: Option<OperatorId>,
    pairing: Pairing,
}

pub(super) fn run(node: &Node, arguments: &Arguments) -> Result<Outcome, CommandError> {
    if arguments.wristband.is_some() && arguments.action != Action::Exchange {
        let said = "--wristband goes with --action exchange alone";
        return Err(CommandError::Usage(said.to_owned()));
    }
    let mut scanning = Scanning {
        node,
        arguments,
        operator: arguments.operator.identify(node)?,
        pairing: Pairing::default(),
    };
    let source = &arguments.source;
    match (&source.frames, &source.code, &source.camera) {
        (Some(path), ..) => scanning.frames(path),
        (_, Some(code), _) => scanning.code(code, None, None),
        (_, _, Some(wish)) => scanning.camera(wish),
        _ if source.stdin => scanning.stdin(),
        _ => scanning.scanners(),
    }
}

impl Scanning<'_> {
    fn stdin(&mut self) -> Result<Outcome, CommandError> {
        let mut input = std::io::stdin().lock();
        let mut worst = Outcome::AllAdmitted;
        while let Some(text) = line::next(&mut input).map_err(CommandError::Input)? {
            worst = worst.max(self.code(&text, None, None)?);
        }
        Ok(worst)
    }

    /// Until a signal ends the program: every verdict is on the disk by then.
    fn scanners(&mut self) -> Result<Outcome, CommandError> {
        let wanted = &self.arguments.source.scanner;
        let (scanners, texts) = Scanners::start(setup(wanted, &self.arguments.affixes));
        let mut teller = Teller::default();
        loop {
            match texts.recv_timeout(LOOK_AGAIN) {
                Ok(typed) => drop(self.code(&typed.text, None, None)?),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(Outcome::CouldNotWork),
            }
            teller.tell(&scanners.states());
        }
    }

    fn frames(&mut self, path: &std::path::Path) -> Result<Outcome, CommandError> {
        let mut worst = Outcome::AllAdmitted;
        for picture in pictures(path)? {
            worst = worst.max(self.picture(&picture?)?);
        }
        Ok(worst)
    }

    /// What the camera sees, until enough was scanned or the time is over; troubles are told and waited out.
    fn camera(&mut self, wish: &str) -> Result<Outcome, CommandError> {
        let json = self.arguments.json;
        let limits = Limits {
            count: self.arguments.count,
            seconds: self.arguments.seconds,
        };
        let mut worst = Outcome::AllAdmitted;
        for seen in Looking::start(wish, limits)? {
            match seen? {
                Seen::Text(text) => worst = worst.max(self.code(&text, None, None)?),
                Seen::State(told) if json => output::json(&told)?,
                Seen::State(told) => output::line(&told.words())?,
            }
        }
        Ok(worst)
    }

    fn picture(&mut self, picture: &Picture) -> Result<Outcome, CommandError> {
        let name = picture.name.clone();
        let decoded = match &picture.decoded {
            Ok(decoded) if decoded.codes.is_empty() => return self.without_code(&name, decoded),
            Ok(decoded) => decoded,
            Err(error) => return self.no_picture(&name, error),
        };
        let mut worst = Outcome::AllAdmitted;
        for code in &decoded.codes {
            let outcome = self.code(&code.text, Some(&name), Some(took_ms(decoded)))?;
            worst = worst.max(outcome);
        }
        Ok(worst)
    }

    fn code(
        &mut self,
        text: &str,
        frame: Option<&str>,
        decode_ms: Option<f64>,
    ) -> Result<Outcome, CommandError> {
        if test_code::is_in(text) {
            let said = "The test code: no ticket, and not recorded".to_owned();
            self.no_scan(frame.unwrap_or("-"), "test_code", said, decode_ms)?;
            return Ok(Outcome::SomeRefused);
        }
        let showing = Showing {
            text,
            wristband: self.arguments.wristband.as_deref(),
            action: self.arguments.action,
            operator: self.operator,
        };
        let scan = self.pairing.show(self.node, &showing);
        if self.arguments.json {
            output::json(&Line {
                frame,
                decode_ms,
                scan: &scan,
            })?;
        } else {
            output::line(&words(frame, &scan))?;
        }
        Ok(outcome(&scan))
    }

    fn without_code(&self, frame: &str, decoded: &Decoded) -> Result<Outcome, CommandError> {
        let text = "No code in this picture".to_owned();
        self.no_scan(frame, "no_code", text, Some(took_ms(decoded)))?;
        Ok(Outcome::SomeRefused)
    }

    fn no_picture(&self, frame: &str, error: &FrameError) -> Result<Outcome, CommandError> {
        output::complain_of(error.code(), &format!("{frame}: {error}"));
        if self.arguments.json {
            self.no_scan(frame, error.code(), error.to_string(), None)?;
        }
        Ok(Outcome::CouldNotWork)
    }

    fn no_scan(
        &self,
        frame: &str,
        reason: &'static str,
        text: String,
        took_ms: Option<f64>,
    ) -> Result<(), CommandError> {
        if !self.arguments.json {
            return output::line(&format!("{frame}: NONE    {text}"));
        }
        output::json(&NoScan {
            frame,
            verdict: "none",
            reason,
            text,
            ticket: None,
            scanned_at: moment_text::rfc3339(self.node.now_estimate()?),
            seq: None,
            took_ms,
        })
    }
}

pub(super) fn outcome(scan: &Scan) -> Outcome {
    match scan.verdict.decision {
        Decision::Admit => Outcome::AllAdmitted,
        _ if scan.verdict.reason == Reason::CannotStore => Outcome::CouldNotWork,
        Decision::Ask | Decision::Refuse => Outcome::SomeRefused,
    }
}

/// One line for a person.
pub(super) fn words(frame: Option<&str>, scan: &Scan) -> String {
    let mut line = frame.map_or_else(String::new, |frame| format!("{frame}: "));
    let verdict = scan.verdict.decision.name().to_uppercase();
    line += &format!("{verdict:<7} {}", scan.text(Language::English));
    if let Some(first) = &scan.first {
        line += &format!(
            " (first at {}, {})",
            first.gate,
            moment_text::rfc3339(first.at)
        );
    }
    if scan.repeat {
        line += " (repeat)";
    }
    let number = scan.ticket.as_ref().and_then(|ticket| ticket.number);
    let number = number.map(|number| number.to_string());
    let kind = scan.ticket.as_ref().map(|ticket| ticket.type_name.clone());
    let seen = [kind, number, scan.attendee.clone(), scan.cause.clone()];
    let seen: Vec<_> = seen.into_iter().flatten().collect();
    if !seen.is_empty() {
        line += &format!(" · {}", seen.join(" · "));
    }
    line
}

pub(super) fn action_parser() -> impl TypedValueParser<Value = Action> {
    let names = Action::OF_GUESTS.iter().map(|action| action.name());
    PossibleValuesParser::new(names)
        .try_map(|name| Action::from_name(&name).ok_or("no such action"))
}
