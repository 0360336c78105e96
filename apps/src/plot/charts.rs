//! Draws line charts.

use super::{COLOURS, Drawing, FONT};
use plotters::coord::Shift;
use plotters::coord::ranged1d::{AsRangedCoord, ValueFormatter};
use plotters::prelude::*;
use std::ops::Range;
use svdforge_golden::digits::significant;

/// Width and height of one chart, in pixels.
const SIZE: (u32, u32) = (640, 420);

/// A series of points that are joined by a line.
#[derive(Clone, Debug)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// The points (x, y), with x ascending.
    pub points: Vec<(f64, f64)>,
}

/// One chart.
#[derive(Clone, Debug)]
pub struct Chart {
    /// The title above it.
    pub title: String,
    /// The label of the x axis.
    pub x: String,
    /// The label of the y axis.
    pub y: String,
    /// Whether the x axis is logarithmic. If so, all x must be above 0.
    pub logarithmic: bool,
    /// The lines. There must be at least one point in all.
    pub series: Vec<Series>,
}

/// Charts side by side.
#[derive(Clone, Debug)]
pub struct Charts(pub Vec<Chart>);

impl Drawing for Charts {
    fn size(&self) -> (u32, u32) {
        (SIZE.0 * self.0.len() as u32, SIZE.1)
    }

    fn draw<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
        for (chart, area) in self.0.iter().zip(area.split_evenly((1, self.0.len()))) {
            let x = range(chart.series.iter().flat_map(|s| s.points.iter().map(|p| p.0)), (0.0, 0.0));
            if chart.logarithmic {
                draw(chart, &area, (x.start..x.end).log_scale())?;
            } else {
                draw(chart, &area, x)?;
            }
        }
        Ok(())
    }
}

fn draw<B: DrawingBackend, X>(
    chart: &Chart,
    area: &DrawingArea<B, Shift>,
    x: X,
) -> Result<(), DrawingAreaErrorKind<B::ErrorType>>
where
    X: AsRangedCoord<Value = f64>,
    X::CoordDescType: ValueFormatter<f64>,
{
    // There is room above for the legend, which is at the right.
    let margins = (0.05, 0.1 + 0.08 * chart.series.len() as f64);
    let y = range(chart.series.iter().flat_map(|s| s.points.iter().map(|p| p.1)), margins);
    let label_of_y = label(y.start.abs().max(y.end.abs()), y.end - y.start);
    let mut plot = ChartBuilder::on(area)
        .caption(&chart.title, (FONT, 18))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(72)
        .build_cartesian_2d(x, y)?;
    plot.configure_mesh()
        .light_line_style(WHITE)
        .x_desc(&chart.x)
        .y_desc(&chart.y)
        .label_style((FONT, 14))
        .x_label_formatter(&|x| plain(*x))
        .y_label_formatter(&|y| label_of_y(*y))
        .draw()?;
    for (series, &colour) in chart.series.iter().zip(COLOURS.iter().cycle()) {
        plot.draw_series(LineSeries::new(series.points.iter().copied(), colour.stroke_width(2)))?
            .label(&series.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], colour.stroke_width(2)));
        plot.draw_series(series.points.iter().map(|&point| Circle::new(point, 3, colour.filled())))?;
    }
    plot.configure_series_labels()
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.3))
        .label_font((FONT, 14))
        .position(SeriesLabelPosition::UpperRight)
        .draw()
}

/// A number of the horizontal axis: whole numbers, and others with up to four decimals or a power of ten.
fn plain(x: f64) -> String {
    let has_plain_form = x == 0.0 || (1e-3..1e7).contains(&x.abs());
    if has_plain_form { format!("{}", (x * 1e4).round() / 1e4) } else { significant(x, 2) }
}

/// How numbers up to `most` are written so that those that are a tenth of `span` apart differ.
fn label(most: f64, span: f64) -> impl Fn(f64) -> String {
    let decimals = (1.5 - span.log10()).ceil();
    let digits = (1.5 + (most / span).log10()).ceil().clamp(1.0, 15.0) as usize;
    move |y| match most < 1e7 && decimals <= 6.0 {
        true => format!("{y:.*}", decimals.max(0.0) as usize),
        false => format!("{y:.digits$e}"),
    }
}

/// The range from the smallest to the largest value. It has margins below and above, given as shares of its length, and
/// is never empty.
fn range(values: impl Iterator<Item = f64>, (below, above): (f64, f64)) -> Range<f64> {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low >= high {
        // If there is only one value, the axis extends around it and has the same sign.
        return if low == 0.0 { -1.0..1.0 } else { (low - low.abs() / 2.0)..(low + low.abs() / 2.0) };
    }
    low - below * (high - low)..high + above * (high - low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::{Format, render};

    fn chart(logarithmic: bool, points: &[(f64, f64)]) -> Chart {
        let series = vec![Series { name: "error & <noise>".to_owned(), points: points.to_vec() }];
        Chart { title: "one".to_owned(), x: "rank".to_owned(), y: "RMSE".to_owned(), logarithmic, series }
    }

    #[test]
    fn charts_are_drawn_whatever_their_points() {
        let cases = [&[(1.0, 2.0), (2.0, 3.0), (32.0, 2.5)][..], &[(3.0, 0.0)], &[(1.0, -5.0), (2.0, -5.0)]];
        for points in cases {
            for logarithmic in [false, true] {
                let charts = Charts(vec![chart(logarithmic, points), chart(false, points)]);
                let text = String::from_utf8(render(&charts, Format::Svg).expect("drawn")).expect("text");
                assert!(text.starts_with("<svg width=\"1280\" height=\"420\"") && text.trim_end().ends_with("</svg>"));
                assert_eq!(text.matches("<circle").count(), 2 * points.len());
                assert!(text.contains("error &amp; &lt;noise&gt;") && !text.contains("NaN"), "{text}");
            }
        }
    }

    #[test]
    fn labels_have_digits_and_names_are_legal_whatever_they_are() {
        let mut tiny = chart(false, &[(1.0, 2e-20), (2.0, 3e-20), (3.0, 8e-20)]);
        tiny.series[0].name = "\u{1b}[31mred".to_owned();
        let text = String::from_utf8(render(&Charts(vec![tiny]), Format::Svg).expect("drawn")).expect("text");
        assert!(text.contains("\u{fffd}[31mred") && !text.contains('\u{1b}'), "{text}");
        assert!(text.contains("e-20") && !text.contains(">\n0.000000\n<"), "{text}");
        let label_of = label(8e-20, 6e-20);
        assert_eq!([label_of(2e-20), label_of(3e-20)], ["2.00e-20", "3.00e-20"]);
        assert_eq!(label(1.2, 0.5)(0.25), "0.25");
        assert_eq!(label(1e300, 2e299)(9.5e299), "9.500e299");
        assert_eq!([plain(0.0), plain(32.0), plain(0.25), plain(1e-20)], ["0", "32", "0.25", "1.0e-20"]);
    }
}
