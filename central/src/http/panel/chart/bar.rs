//! Bars over time, what belongs to one step on top of each other.

use super::{
    Chart, WIDTH,
    ink::{self, Plot, many},
    scale,
};

/// So many bars have their values above them; of more, the highest one alone.
const FEW: usize = 12;
const WIDEST: f64 = 44.0;

/// Draws them.
pub(in crate::http::panel) fn bars(chart: &Chart<'_>) -> String {
    let at = |place: usize| {
        let values = chart.series.iter().filter_map(|one| one.values.get(place));
        values.fold(0_i64, |sum, value| sum.saturating_add((*value).max(0)))
    };
    let sums: Vec<i64> = (0..chart.labels.len()).map(at).collect();
    let has_legend = chart.series.len() > 1;
    let legend = if has_legend {
        ink::legend_height(chart.series)
    } else {
        0.0
    };
    let plot = Plot {
        left: 64.0,
        top: legend + 22.0,
        width: WIDTH - 72.0,
        height: 200.0,
        highest: scale::highest(sums.iter().copied().max().unwrap_or(0)),
    };
    let mut svg = ink::begin(chart.id, chart.title, chart.says, plot.ground() + 30.0);
    if has_legend {
        ink::put_legend(&mut svg, chart.id, chart.series);
    }
    ink::put_axes(&mut svg, chart, &plot);
    let slot = plot.width / many(sums.len().max(1));
    let wide = (slot * 0.72).min(WIDEST);
    let first_highest = sums
        .iter()
        .max()
        .and_then(|most| sums.iter().position(|sum| sum == most));
    for (place, sum) in sums.iter().enumerate() {
        let x = plot.left + slot * (many(place) + 0.5) - wide / 2.0;
        let mut y = plot.ground();
        for (which, one) in chart.series.iter().enumerate() {
            let tall = plot.tall(one.values.get(place).copied().unwrap_or(0).max(0));
            if tall > 0.0 {
                y -= tall;
                ink::put_box(&mut svg, &ink::fill(chart.id, which), (x, y), (wide, tall));
            }
        }
        if *sum > 0 && (sums.len() <= FEW || first_highest == Some(place)) {
            let text = ink::escaped(&(chart.text)(*sum));
            ink::put_text(
                &mut svg,
                "p-chart-text",
                "middle",
                (x + wide / 2.0, y - 6.0),
                &text,
            );
        }
    }
    svg.push_str("</svg>");
    svg
}
