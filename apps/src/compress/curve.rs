//! Draws quality against size.

use super::tiles::Point;
use crate::plot::{COLOURS, Drawing, FONT};
use plotters::coord::Shift;
use plotters::prelude::*;

/// A chart of PSNR against rank, with one line for each decomposer.
pub struct Curve<'a> {
    /// The title, which says what was compressed.
    pub title: String,
    /// The name of each decomposer, and its points by rank.
    pub lines: &'a [(String, Vec<Point>)],
}

impl Drawing for Curve<'_> {
    fn size(&self) -> (u32, u32) {
        (800, 500)
    }

    fn draw<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
        let all = || self.lines.iter().flat_map(|(_, points)| points);
        let ranks = all().map(|p| p.rank).max().unwrap_or(1) as f64;
        let values = || all().filter_map(|p| p.psnr_db);
        let low = (values().fold(f64::MAX, f64::min).min(60.0) / 5.0).floor() * 5.0;
        let high = (values().fold(low + 5.0, f64::max) / 5.0).ceil() * 5.0;
        let mut chart = ChartBuilder::on(area)
            .caption(&self.title, (FONT, 18))
            .margin(15)
            .x_label_area_size(45)
            .y_label_area_size(60)
            .build_cartesian_2d(0.5..ranks + 0.5, low..high)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .x_labels(((ranks as usize) + 1).min(17))
            .x_label_formatter(&|x| format!("{x:.0}"))
            .y_label_formatter(&|y| format!("{y:.0}"))
            .x_desc("singular triplets kept of each piece")
            .y_desc("PSNR, dB")
            .label_style((FONT, 14))
            .draw()?;
        for (index, (name, points)) in self.lines.iter().enumerate() {
            let colour = COLOURS[index % COLOURS.len()];
            let at: Vec<(f64, f64)> = points.iter().filter_map(|p| Some((p.rank as f64, p.psnr_db?))).collect();
            // The second line is thin and its points smaller, so that equal values show both.
            let (width, size) = if index == 0 { (4, 6) } else { (2, 3) };
            chart
                .draw_series(LineSeries::new(at.iter().copied(), colour.stroke_width(width)))?
                .label(name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 22, y)], colour.stroke_width(width)));
            chart.draw_series(at.iter().map(|&point| Circle::new(point, size, colour.filled())))?;
        }
        if self.lines.len() > 1 {
            chart
                .configure_series_labels()
                .position(SeriesLabelPosition::LowerRight)
                .background_style(WHITE)
                .border_style(RGBColor(200, 200, 200))
                .label_font((FONT, 14))
                .draw()?;
        }
        Ok(())
    }
}
