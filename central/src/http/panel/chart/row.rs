//! Bars beside names, the values at their ends.

use super::{
    Row, Series, WIDTH,
    ink::{self, many, real},
};

/// Room for the names.
const NAMES: f64 = 176.0;
/// Room for a letter of a value.
const LETTER: f64 = 8.0;
const THICK: f64 = 15.0;

/// Draws them; `means` names the bars of each row, where there are several.
pub(in crate::http::panel) fn rows(
    id: &str,
    title: &str,
    says: &str,
    means: &[String],
    rows: &[Row],
) -> String {
    let key = |name: &String| Series {
        name: name.clone(),
        values: Vec::new(),
    };
    let keys: Vec<Series> = means.iter().map(key).collect();
    let top = if keys.is_empty() {
        4.0
    } else {
        ink::legend_height(&keys) + 6.0
    };
    let bars = rows
        .iter()
        .map(|row| row.values.len())
        .max()
        .unwrap_or(1)
        .max(1);
    let tall = THICK * many(bars) + 13.0;
    let mut svg = ink::begin(id, title, says, top + tall * many(rows.len()) + 6.0);
    if !keys.is_empty() {
        ink::put_legend(&mut svg, id, &keys);
    }
    let values = rows.iter().flat_map(|row| row.values.iter());
    let most = values.map(|(value, _)| *value).max().unwrap_or(0).max(1);
    let longest = WIDTH - NAMES - ends(rows);
    for (place, row) in rows.iter().enumerate() {
        let y = top + tall * many(place);
        let middle = y + THICK * many(bars) / 2.0 + 4.5;
        let name = ink::cut(&row.name, 24);
        ink::put_text(
            &mut svg,
            "p-chart-text",
            "end",
            (NAMES - 8.0, middle),
            &name,
        );
        for (which, (value, text)) in row.values.iter().enumerate() {
            let wide = longest * real((*value).max(0)) / real(most);
            let y = y + THICK * many(which);
            let fill = ink::fill(id, which);
            ink::put_box(&mut svg, &fill, (NAMES, y), (wide.max(1.0), THICK - 1.0));
            let at = (NAMES + wide + 7.0, y + 12.0);
            ink::put_text(&mut svg, "p-chart-text", "start", at, &ink::escaped(text));
        }
    }
    svg.push_str("</svg>");
    svg
}

/// Room for the values: the longest bar may have the longest of them behind it.
fn ends(rows: &[Row]) -> f64 {
    let texts = rows.iter().flat_map(|row| &row.values);
    let most = texts.map(|(_, text)| text.chars().count()).max();
    (14.0 + LETTER * many(most.unwrap_or(0))).clamp(60.0, WIDTH / 3.0)
}
