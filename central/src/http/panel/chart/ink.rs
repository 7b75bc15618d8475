//! What all charts are drawn with: the frame, patterns, texts, axes and the legend.

use std::fmt::Write as _;

use super::{Chart, Series, WIDTH, scale};

/// Patterns before they come again.
const PATTERNS: usize = 5;
/// Room that a letter takes, about.
const LETTER: f64 = 7.2;
const LINE: f64 = 20.0;

/// Where the values of a chart over time are drawn.
pub(super) struct Plot {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) highest: i64,
}

impl Plot {
    /// The height of a value above the ground.
    pub(super) fn tall(&self, value: i64) -> f64 {
        if self.highest == 0 {
            return 0.0;
        }
        self.height * real(value) / real(self.highest)
    }

    pub(super) fn ground(&self) -> f64 {
        self.top + self.height
    }
}

/// A value as a place.
#[expect(
    clippy::cast_precision_loss,
    reason = "a picture is no more exact than that"
)]
pub(super) const fn real(value: i64) -> f64 {
    value as f64
}

/// A count as a place.
pub(super) fn many(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Text that is no markup.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A name that fits, cut where it must be.
pub(super) fn cut(name: &str, letters: usize) -> String {
    if name.chars().count() <= letters {
        return escaped(name);
    }
    let start: String = name.chars().take(letters.saturating_sub(1)).collect();
    format!("{}…", escaped(start.trim_end()))
}

/// Begins a chart: its frame, what it is called, and its patterns.
pub(super) fn begin(id: &str, title: &str, says: &str, height: f64) -> String {
    let mut svg = format!(
        "<svg class=\"p-chart-svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\
         <title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc><defs>",
        escaped(title),
        escaped(says)
    );
    for place in 1..PATTERNS {
        let (turn, size, ink) = match place {
            1 => (
                45,
                8,
                "<rect class=\"p-chart-ink\" width=\"3\" height=\"8\"/>",
            ),
            2 => (
                0,
                8,
                "<circle class=\"p-chart-ink\" cx=\"4\" cy=\"4\" r=\"2\"/>",
            ),
            3 => (
                0,
                6,
                "<rect class=\"p-chart-ink\" width=\"6\" height=\"2\"/>",
            ),
            _ => (45, 8, "<path class=\"p-chart-thread\" d=\"M0 4H8M4 0V8\"/>"),
        };
        // Writing into memory does not fail.
        let _ = write!(
            svg,
            "<pattern id=\"{id}-{place}\" width=\"{size}\" height=\"{size}\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate({turn})\"><rect class=\"p-chart-ground\" width=\"{size}\" height=\"{size}\"/>{ink}\
             </pattern>"
        );
    }
    svg.push_str("</defs>");
    svg
}

/// How the thing at this place among others is filled: the first one wholly, the others by patterns.
pub(super) fn fill(id: &str, place: usize) -> String {
    match place % PATTERNS {
        0 => "class=\"p-chart-bar\"".to_owned(),
        pattern => format!("class=\"p-chart-bar\" fill=\"url(#{id}-{pattern})\""),
    }
}

/// A box. The class of [`fill`] stands first, so that it can be found.
pub(super) fn put_box(svg: &mut String, fill: &str, at: (f64, f64), size: (f64, f64)) {
    let ((x, y), (width, height)) = (at, size);
    let _ = write!(
        svg,
        "<rect {fill} x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
    );
}

/// A text, escaped before; `anchor` is `start`, `middle` or `end`.
pub(super) fn put_text(svg: &mut String, class: &str, anchor: &str, at: (f64, f64), text: &str) {
    let (x, y) = at;
    let _ = write!(
        svg,
        "<text class=\"{class}\" text-anchor=\"{anchor}\" x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>"
    );
}

/// What each filling means, one beside the other; gives the height that it takes.
pub(super) fn put_legend(svg: &mut String, id: &str, series: &[Series]) -> f64 {
    let (mut x, mut y) = (64.0, 6.0);
    for (place, one) in series.iter().enumerate() {
        let name = cut(&one.name, 28);
        let wide = 34.0 + LETTER * many(one.name.chars().count().min(28));
        if x > 64.0 && x + wide > WIDTH {
            (x, y) = (64.0, y + LINE);
        }
        put_box(
            svg,
            &fill(id, place).replace("p-chart-bar", "p-chart-key"),
            (x, y),
            (14.0, 14.0),
        );
        put_text(svg, "p-chart-text", "start", (x + 20.0, y + 12.0), &name);
        x += wide;
    }
    y + LINE
}

/// Height of [`put_legend`], before the frame is begun.
pub(super) fn legend_height(series: &[Series]) -> f64 {
    put_legend(&mut String::new(), "", series)
}

/// Lines at round values, with the values at their left, and the names of the steps below.
pub(super) fn put_axes(svg: &mut String, chart: &Chart<'_>, plot: &Plot) {
    for tick in scale::ticks(plot.highest) {
        let y = plot.ground() - plot.tall(tick);
        let class = if tick == 0 {
            "p-chart-axis"
        } else {
            "p-chart-grid"
        };
        let _ = write!(
            svg,
            "<path class=\"{class}\" d=\"M{:.1} {y:.1}H{:.1}\"/>",
            plot.left,
            plot.left + plot.width
        );
        let text = escaped(&(chart.text)(tick));
        put_text(
            svg,
            "p-chart-quiet",
            "end",
            (plot.left - 8.0, y + 4.0),
            &text,
        );
    }
    let slot = plot.width / many(chart.labels.len().max(1));
    let widest = chart.labels.iter().map(|label| label.chars().count()).max();
    let room = LETTER * many(widest.unwrap_or(0)) + 14.0;
    let every = scale::every(chart.labels.len(), room, slot);
    for (place, label) in chart.labels.iter().enumerate().step_by(every) {
        let x = plot.left + slot * (many(place) + 0.5);
        put_text(
            svg,
            "p-chart-quiet",
            "middle",
            (x, plot.ground() + 20.0),
            &escaped(label),
        );
    }
}
