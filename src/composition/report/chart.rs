//! The chart: received by month. Its colours are those of the page, so that it reads in print and in the dark.

use plotters::prelude::*;

/// Small, so that its words can still be read where a phone makes it smaller.
const WIDTH: u32 = 520;
const HEIGHT: u32 = 240;
/// Colours that stand for a class of the page's own style; nothing else in the drawing has them.
const BAR: RGBColor = RGBColor(1, 1, 1);
const INK: RGBColor = RGBColor(2, 2, 2);
const GRID: RGBColor = RGBColor(3, 3, 3);

/// Draws columns; what may not be shown has none. `None` where nothing can be drawn.
pub fn svg(columns: &[(String, Option<u64>)]) -> Option<String> {
    let highest = columns.iter().filter_map(|(_, count)| *count).max().filter(|highest| *highest > 0)?;
    let mut text = String::new();
    draw(&mut text, columns, highest).ok()?;
    for (colour, class) in [(BAR, "bar"), (INK, "ink"), (GRID, "grid")] {
        let hex = format!("#{:02X}{:02X}{:02X}", colour.0, colour.1, colour.2);
        for attribute in ["fill", "stroke"] {
            text = text.replace(&format!("{attribute}=\"{hex}\""), &format!("class=\"{class}\""));
        }
    }
    // The size is the page's business; what it shows is in the table below it as well.
    Some(text.replacen(&format!("width=\"{WIDTH}\" height=\"{HEIGHT}\""), "aria-hidden=\"true\"", 1))
}

fn draw(text: &mut String, columns: &[(String, Option<u64>)], highest: u64) -> Result<(), Box<dyn std::error::Error>> {
    let count = i32::try_from(columns.len())?;
    let top = i32::try_from(highest)?;
    let top = top + (top / 8).max(1);
    let root = SVGBackend::with_string(text, (WIDTH, HEIGHT)).into_drawing_area();
    let mut chart = ChartBuilder::on(&root)
        .margin(8)
        .x_label_area_size(28)
        .y_label_area_size(40)
        .build_cartesian_2d((0..count - 1).into_segmented(), 0..top)?;
    let name = |at: &SegmentValue<i32>| match at {
        SegmentValue::CenterOf(at) | SegmentValue::Exact(at) => {
            usize::try_from(*at).ok().and_then(|at| columns.get(at)).map_or_else(String::new, |(name, _)| name.clone())
        }
        SegmentValue::Last => String::new(),
    };
    let ink = TextStyle::from(("sans-serif", 16).into_font()).color(&INK);
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(columns.len())
        .y_labels(5)
        .x_label_formatter(&name)
        .x_label_style(ink.clone())
        .y_label_style(ink)
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(GRID)
        .draw()?;
    for (at, (_, count)) in (0..).zip(columns) {
        let height = i32::try_from(count.unwrap_or_default())?;
        if height > 0 {
            let corners = [(SegmentValue::Exact(at), 0), (SegmentValue::Exact(at + 1), height)];
            let mut bar = Rectangle::new(corners, BAR.filled());
            bar.set_margin(0, 0, 5, 5);
            chart.draw_series(std::iter::once(bar))?;
        }
    }
    root.present()?;
    Ok(())
}
