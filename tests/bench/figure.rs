//! One measured figure: a row of the table and a JSON line in `target/bench/results.jsonl`.

use std::{
    fs::{self, File},
    io::Write,
    path::PathBuf,
    time::Duration,
};

use serde::Serialize;

/// A value, and how it compares with a peer or limit measured in the same run.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// Stable name, such as `edge.verdict.p50.100k`.
    pub name: String,
    /// The value.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// What it is compared with.
    pub vs: Option<String>,
    /// Value divided by that.
    pub ratio: Option<f64>,
}

/// All figures of a run, printed and written as they come.
pub struct Report {
    file: File,
    only: Option<String>,
}

impl Figure {
    /// A figure without a peer.
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            value,
            unit,
            vs: None,
            ratio: None,
        }
    }

    /// The same beside a peer of the same unit.
    pub fn beside(mut self, what: impl Into<String>, peer: f64) -> Self {
        self.vs = Some(format!("{} {}", what.into(), short(peer)));
        self.ratio = Some(self.value / peer);
        self
    }
}

impl Report {
    /// Starts the file anew. `only` runs the areas whose name contains it.
    pub fn new(only: Option<String>) -> std::io::Result<Self> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
        fs::create_dir_all(&folder)?;
        println!(
            "{:<38} {:>12} {:<8} {:>7}  beside",
            "figure", "value", "unit", "ratio"
        );
        Ok(Self {
            file: File::create(folder.join("results.jsonl"))?,
            only,
        })
    }

    /// Whether an area was asked for.
    pub fn wants(&self, area: &str) -> bool {
        self.only
            .as_ref()
            .is_none_or(|only| area.contains(only.as_str()))
    }

    /// Prints and writes a figure.
    pub fn add(&mut self, figure: &Figure) {
        let ratio = figure.ratio.map(short).unwrap_or_default();
        let beside = figure.vs.as_deref().unwrap_or_default();
        println!(
            "{:<38} {:>12} {:<8} {ratio:>7}  {beside}",
            figure.name,
            short(figure.value),
            figure.unit
        );
        let line = serde_json::to_string(figure).expect("a figure is plain data");
        writeln!(self.file, "{line}").expect("the results can be written");
    }
}

/// The value below which this share of sorted durations lies.
pub fn quantile(sorted: &[Duration], share: f64) -> Duration {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index into a slice"
    )]
    let place = ((sorted.len() - 1) as f64 * share).round() as usize;
    sorted[place]
}

/// Milliseconds of a duration.
pub fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

fn short(value: f64) -> String {
    match value.abs() {
        v if v >= 1_000.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}
