//! Lines over time, each with its name at its end.

use std::fmt::Write as _;

use super::{
    Chart, WIDTH,
    ink::{self, Plot, many},
    scale,
};

/// How lines are broken, so that they are told apart without colour.
const DASHES: [&str; 6] = ["", "7 4", "2 3", "12 4 2 4", "1 5", "16 6"];
/// Room for names at the right.
const NAMES: f64 = 132.0;
/// Between two names.
const APART: f64 = 15.0;

/// Draws them.
pub(in crate::http::panel) fn lines(chart: &Chart<'_>) -> String {
    let values = chart.series.iter().flat_map(|one| &one.values);
    let plot = Plot {
        left: 64.0,
        top: 16.0,
        width: WIDTH - 64.0 - NAMES,
        height: 220.0,
        highest: scale::highest(values.copied().max().unwrap_or(0)),
    };
    let mut svg = ink::begin(chart.id, chart.title, chart.says, plot.ground() + 30.0);
    ink::put_axes(&mut svg, chart, &plot);
    let slot = plot.width / many(chart.labels.len().max(1));
    let x = |place: usize| plot.left + slot * (many(place) + 0.5);
    let y = |value: i64| plot.ground() - plot.tall(value.max(0));
    let mut ends = Vec::new();
    for (which, one) in chart.series.iter().enumerate() {
        let mut path = String::new();
        for (place, value) in one.values.iter().enumerate() {
            let move_or_line = if place == 0 { 'M' } else { 'L' };
            // Writing into memory does not fail.
            let _ = write!(path, "{move_or_line}{:.1} {:.1}", x(place), y(*value));
        }
        let class = if which == 0 {
            "p-chart-line p-chart-line-first"
        } else {
            "p-chart-line"
        };
        let dashes = DASHES[which % DASHES.len()];
        let _ = write!(
            svg,
            "<path class=\"{class}\" stroke-dasharray=\"{dashes}\" d=\"{path}\"/>"
        );
        if let Some(last) = one.values.last() {
            let end = x(one.values.len() - 1);
            // Where there is no line, the dot is all that is seen.
            let (class, radius) = match one.values.len() {
                1 => ("p-chart-ink", 7.0),
                _ => ("p-chart-dot", 3.5),
            };
            let _ = write!(
                svg,
                "<circle class=\"{class}\" cx=\"{end:.1}\" cy=\"{:.1}\" r=\"{radius}\"/>",
                y(*last)
            );
            ends.push((y(*last), end, ink::cut(&one.name, 17)));
        }
    }
    put_names(&mut svg, ends, &plot);
    svg.push_str("</svg>");
    svg
}

/// Names at the ends of lines, pushed apart where they would lie on each other, with a thread to their line.
fn put_names(svg: &mut String, mut ends: Vec<(f64, f64, String)>, plot: &Plot) {
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut places: Vec<f64> = ends.iter().map(|(y, ..)| *y).collect();
    for at in 1..places.len() {
        places[at] = places[at].max(places[at - 1] + APART);
    }
    // Those that were pushed below the ground push the others up again.
    let mut floor = plot.ground();
    for place in places.iter_mut().rev() {
        *place = place.min(floor);
        floor = *place - APART;
    }
    for ((y, end, name), place) in ends.iter().zip(places) {
        let x = plot.left + plot.width + 12.0;
        let _ = write!(
            svg,
            "<path class=\"p-chart-grid\" d=\"M{:.1} {y:.1}L{:.1} {place:.1}\"/>",
            end + 5.0,
            x - 3.0
        );
        ink::put_text(svg, "p-chart-text", "start", (x, place + 4.0), name);
    }
}
