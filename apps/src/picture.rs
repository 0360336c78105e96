//! Line charts as SVG.

use plotters::coord::ranged1d::{AsRangedCoord, ValueFormatter};
use plotters::prelude::*;
use std::ops::Range;

/// Width and height of one chart, in pixels.
const SIZE: (u32, u32) = (640, 420);

/// Colours that are told apart without red and green as well (Okabe, Ito 2008).
const COLOURS: [RGBColor; 4] =
    [RGBColor(0, 114, 178), RGBColor(213, 94, 0), RGBColor(0, 158, 115), RGBColor(204, 121, 167)];

/// Points joined by a line.
#[derive(Clone, Debug)]
pub struct Series {
    /// What it shows, for the legend.
    pub name: String,
    /// x and y, x ascending.
    pub points: Vec<(f64, f64)>,
}

/// One chart.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Above it.
    pub title: String,
    /// Below the x axis.
    pub x: String,
    /// Beside the y axis.
    pub y: String,
    /// Whether the x axis is logarithmic; then all x are above 0.
    pub logarithmic: bool,
    /// The lines; at least one point in all.
    pub series: Vec<Series>,
}

/// A picture that cannot be drawn.
#[derive(Debug, thiserror::Error)]
#[error("the picture cannot be drawn: {0}")]
pub struct PictureError(String);

/// Charts side by side.
///
/// # Errors
///
/// The drawing library refuses.
pub fn svg(charts: &[Chart]) -> Result<String, PictureError> {
    crate::plot::register_fonts();
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, (SIZE.0 * charts.len() as u32, SIZE.1)).into_drawing_area();
        area.fill(&WHITE).map_err(refused)?;
        for (chart, area) in charts.iter().zip(area.split_evenly((1, charts.len()))) {
            let x = range(chart.series.iter().flat_map(|s| s.points.iter().map(|p| p.0)), (0.0, 0.0));
            if chart.logarithmic {
                draw(chart, &area, (x.start..x.end).log_scale())?;
            } else {
                draw(chart, &area, x)?;
            }
        }
        area.present().map_err(refused)?;
    }
    Ok(text)
}

fn draw<X>(chart: &Chart, area: &DrawingArea<SVGBackend, plotters::coord::Shift>, x: X) -> Result<(), PictureError>
where
    X: AsRangedCoord<Value = f64>,
    X::CoordDescType: ValueFormatter<f64>,
{
    // Room above for the legend, which is at the right.
    let margins = (0.05, 0.1 + 0.08 * chart.series.len() as f64);
    let y = range(chart.series.iter().flat_map(|s| s.points.iter().map(|p| p.1)), margins);
    let decimals = (1.5 - (y.end - y.start).log10()).ceil().clamp(0.0, 6.0) as usize;
    let mut plot = ChartBuilder::on(area)
        .caption(&chart.title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(72)
        .build_cartesian_2d(x, y)
        .map_err(refused)?;
    plot.configure_mesh()
        .light_line_style(WHITE)
        .x_desc(&chart.x)
        .y_desc(&chart.y)
        .label_style(("sans-serif", 14))
        .x_label_formatter(&|x| format!("{}", (x * 1e4).round() / 1e4))
        .y_label_formatter(&|y| format!("{y:.decimals$}"))
        .draw()
        .map_err(refused)?;
    for (series, &colour) in chart.series.iter().zip(COLOURS.iter().cycle()) {
        let line = plot.draw_series(LineSeries::new(series.points.iter().copied(), colour.stroke_width(2)));
        line.map_err(refused)?
            .label(&series.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], colour.stroke_width(2)));
        plot.draw_series(series.points.iter().map(|&point| Circle::new(point, 3, colour.filled()))).map_err(refused)?;
    }
    plot.configure_series_labels()
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.3))
        .label_font(("sans-serif", 14))
        .position(SeriesLabelPosition::UpperRight)
        .draw()
        .map_err(refused)
}

/// From the smallest to the largest, with margins below and above as shares of the whole, never empty.
fn range(values: impl Iterator<Item = f64>, (below, above): (f64, f64)) -> Range<f64> {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low >= high {
        // One value: an axis around it, of the same sign.
        return if low == 0.0 { -1.0..1.0 } else { (low - low.abs() / 2.0)..(low + low.abs() / 2.0) };
    }
    low - below * (high - low)..high + above * (high - low)
}

fn refused(error: impl std::fmt::Display) -> PictureError {
    PictureError(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(logarithmic: bool, points: &[(f64, f64)]) -> Chart {
        let series = vec![Series { name: "error & <noise>".to_owned(), points: points.to_vec() }];
        Chart { title: "one".to_owned(), x: "rank".to_owned(), y: "RMSE".to_owned(), logarithmic, series }
    }

    #[test]
    fn charts_are_drawn_whatever_their_points() {
        let cases = [&[(1.0, 2.0), (2.0, 3.0), (32.0, 2.5)][..], &[(3.0, 0.0)], &[(1.0, -5.0), (2.0, -5.0)]];
        for points in cases {
            for logarithmic in [false, true] {
                let text = svg(&[chart(logarithmic, points), chart(false, points)]).expect("drawn");
                assert!(text.starts_with("<svg width=\"1280\" height=\"420\"") && text.trim_end().ends_with("</svg>"));
                assert_eq!(text.matches("<circle").count(), 2 * points.len());
                assert!(text.contains("error &amp; &lt;noise&gt;") && !text.contains("NaN"), "{text}");
            }
        }
    }
}
