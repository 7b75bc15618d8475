//! Charts, drawn here as SVG: bars over time, stacked; lines over time; bars beside names.
//!
//! Invariants: pure functions of numbers and words. A chart is told apart without colour (patterns, dashes, words at the
//! thing itself), says in its title and description what it shows, and has a table beside it for whoever wants numbers.
//! Colours are classes of `panel.css`, so light, dark and paper are the style sheet's affair, and no style stands in
//! the page (the content policy forbids it). Names come from people and are escaped.

mod bar;
mod ink;
mod line;
mod row;
mod scale;
mod short;

pub(super) use self::{bar::bars, line::lines, row::rows, short::short};

/// Width of every chart; on a small screen it is scaled, and below a point scrolled.
const WIDTH: f64 = 720.0;

/// What a chart shows over time.
pub(super) struct Chart<'a> {
    /// Its name in the page.
    pub(super) id: &'a str,
    /// What it is, in a few words.
    pub(super) title: &'a str,
    /// What is to be seen, in a sentence.
    pub(super) says: &'a str,
    /// What stands below each step.
    pub(super) labels: &'a [String],
    /// What is shown, each with a value for every step.
    pub(super) series: &'a [Series],
    /// A value in few letters.
    pub(super) text: &'a dyn Fn(i64) -> String,
}

/// One thing over time.
pub(super) struct Series {
    /// Its name.
    pub(super) name: String,
    /// Its values.
    pub(super) values: Vec<i64>,
}

/// A name with its bars.
pub(super) struct Row {
    /// The name.
    pub(super) name: String,
    /// Values, and what stands at their ends.
    pub(super) values: Vec<(i64, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: i64) -> String {
        value.to_string()
    }

    fn series(name: &str, values: &[i64]) -> Series {
        Series {
            name: name.into(),
            values: values.to_vec(),
        }
    }

    fn all(labels: &[String], series: &[Series]) -> [String; 2] {
        let chart = Chart {
            id: "sales",
            title: "Sales",
            says: "The most on Friday.",
            labels,
            series,
            text: &text,
        };
        [bars(&chart), lines(&chart)]
    }

    fn days(n: usize) -> Vec<String> {
        (1..=n).map(|day| format!("{day} Dec")).collect()
    }

    #[test]
    fn names_with_markup_stay_text() {
        let bad = "<script>alert(1)</script>\"&";
        let rows_of = rows("x", bad, bad, &[], &[row(bad, 1)]);
        let labels = [bad.to_owned()];
        let charts = all(&labels, &[series(bad, &[1]), series("b", &[2])]);
        for svg in charts.iter().chain([&rows_of]) {
            assert!(!svg.contains("<script"), "{svg}");
            assert!(svg.contains("&lt;script"), "{svg}");
        }
    }

    fn row(name: &str, value: i64) -> Row {
        Row {
            name: name.into(),
            values: vec![(value, value.to_string())],
        }
    }

    #[test]
    fn a_chart_names_itself_and_carries_no_style() {
        for svg in all(
            &days(3),
            &[series("a", &[1, 2, 3]), series("b", &[0, 5, 0])],
        ) {
            assert!(svg.contains("role=\"img\" aria-labelledby=\"sales-t sales-d\""));
            assert!(svg.contains("<title id=\"sales-t\">Sales</title>"));
            assert!(svg.contains("<desc id=\"sales-d\">The most on Friday.</desc>"));
            assert!(!svg.contains("style") && !svg.contains('#') || !svg.contains("style="));
        }
    }

    #[test]
    fn things_are_told_apart_without_colour() {
        let [bars, lines] = all(
            &days(3),
            &[series("a", &[1, 2, 3]), series("b", &[4, 5, 6])],
        );
        // The first one is filled wholly, the second by the first pattern.
        assert!(bars.contains("url(#sales-1)") && !bars.contains("url(#sales-2)"));
        assert!(lines.contains("stroke-dasharray"), "{lines}");
        for name in [">a<", ">b<"] {
            assert!(bars.contains(name) && lines.contains(name), "{name}");
        }
    }

    #[test]
    fn nothing_at_all_and_a_single_step_are_drawn_too() {
        for (labels, values) in [(0, vec![]), (1, vec![0]), (1, vec![7]), (2, vec![0, 0])] {
            for svg in all(&days(labels), &[series("a", &values)]) {
                assert!(svg.ends_with("</svg>") && !svg.contains("NaN"), "{svg}");
            }
        }
        let none = rows("x", "t", "d", &[], &[]);
        assert!(!none.contains("NaN"), "{none}");
    }

    #[test]
    fn a_bar_is_as_high_as_its_value_and_stacks_on_the_one_below() {
        let [bars, _] = all(&days(1), &[series("a", &[30]), series("b", &[70])]);
        let heights: Vec<f64> = bars
            .split("<rect class=\"p-chart-bar\"")
            .skip(1)
            .filter_map(|bar| {
                let rest = bar.split_once("height=\"")?.1;
                rest.split('"').next()?.parse().ok()
            })
            .collect();
        assert_eq!(heights.len(), 2);
        assert!(
            (heights[1] / heights[0] - 70.0 / 30.0).abs() < 0.02,
            "{heights:?}"
        );
    }

    #[test]
    fn a_hundred_steps_are_named_by_few_labels() {
        let values: Vec<i64> = (0..100).collect();
        for svg in all(&days(100), &[series("a", &values)]) {
            let named = svg.matches(" Dec</text>").count();
            assert!((5..=12).contains(&named), "{named}");
        }
    }
}
