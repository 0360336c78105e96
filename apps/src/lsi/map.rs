//! Draws words and documents on a plane.

use super::corpus::Corpus;
use super::model::Model;
use crate::plot::labels::{Rectangle, place};
use crate::plot::{COLOURS, Drawing, FONT};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use svdforge_golden::digits::significant;

const SIZE: (u32, u32) = (1000, 760);
const MARGIN: f64 = 60.0;
const LABEL: f64 = 15.0;

/// The most words on a map, so that it stays readable.
pub const MOST_WORDS: usize = 40;

/// A map of two of the dimensions. Words are circles at the rows of U diag(sqrt(sigma)). Documents are squares at the
/// rows of V diag(sqrt(sigma)), in the colour of their cluster. So the scalar product of a word and a document is their
/// element of the matrix, as far as two dimensions show it.
pub struct Map<'a> {
    /// The corpus that is shown.
    pub corpus: &'a Corpus,
    /// The model that gives the positions.
    pub model: &'a Model,
    /// The group of each document.
    pub clusters: &'a [usize],
    /// The horizontal and the vertical dimension, counted from 0.
    pub axes: (usize, usize),
}

/// The dimensions that show most. Since counts are never negative, the first dimension shows mainly how common a word
/// is and how long a document is. So the second and third are used if there are three.
pub fn default_axes(rank: usize) -> (usize, usize) {
    if rank >= 3 { (1, 2) } else { (0, 1.min(rank.saturating_sub(1))) }
}

struct Point {
    at: (f64, f64),
    label: String,
    cluster: Option<usize>,
}

impl Map<'_> {
    /// The points of the documents, and of the words that are farthest from the centre.
    fn points(&self) -> Vec<Point> {
        let Model { svd, .. } = self.model;
        let at = |vectors: &nalgebra::DMatrix<f64>, i: usize| {
            let along = |k: usize| vectors[(i, k)] * svd.sigma[k].sqrt();
            (along(self.axes.0), along(self.axes.1))
        };
        let mut words: Vec<(usize, (f64, f64))> = (0..svd.u.nrows()).map(|i| (i, at(&svd.u, i))).collect();
        words.sort_by(|(i, a), (j, b)| b.0.hypot(b.1).total_cmp(&a.0.hypot(a.1)).then(i.cmp(j)));
        let documents = self.corpus.documents.iter().zip(self.clusters).enumerate();
        let documents = documents.map(|(j, (document, &c))| (at(&svd.v, j), document.name.clone(), Some(c)));
        let words = words.into_iter().take(MOST_WORDS).map(|(i, at)| (at, self.corpus.words[i].clone(), None));
        documents.chain(words).map(|(at, label, cluster)| Point { at, label, cluster }).collect()
    }
}

impl Drawing for Map<'_> {
    fn size(&self) -> (u32, u32) {
        SIZE
    }

    fn draw<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
        let points = self.points();
        let (width, height) = (f64::from(SIZE.0), f64::from(SIZE.1));
        let range = |pick: fn(&(f64, f64)) -> f64| {
            let values = || points.iter().map(|p| pick(&p.at)).chain([0.0]);
            let (low, high) = (values().fold(f64::MAX, f64::min), values().fold(f64::MIN, f64::max));
            if high > low { (low, high) } else { (low - 1.0, high + 1.0) }
        };
        let ((left, right), (low, high)) = (range(|p| p.0), range(|p| p.1));
        let across = |x: f64| 1.5 * MARGIN + (x - left) / (right - left) * (width - 3.0 * MARGIN);
        let up = |y: f64| height - 1.5 * MARGIN - (y - low) / (high - low) * (height - 3.0 * MARGIN);
        let pixel = |x: f64, y: f64| (x.round() as i32, y.round() as i32);
        let bounds = Rectangle { edges: [MARGIN / 2.0, MARGIN, width - MARGIN / 2.0, height - MARGIN] };
        let [l, t, r, b] = bounds.edges;
        let grey = RGBColor(200, 200, 200);
        area.draw(&plotters::element::Rectangle::new([pixel(l, t), pixel(r, b)], grey))?;
        let zero = (across(0.0), up(0.0));
        area.draw(&PathElement::new([pixel(zero.0, t), pixel(zero.0, b)], grey))?;
        area.draw(&PathElement::new([pixel(l, zero.1), pixel(r, zero.1)], grey))?;
        let text = (FONT, LABEL).into_font();
        let dimension = |k: usize| format!("dimension {} (sigma {})", k + 1, significant(self.model.svd.sigma[k], 3));
        let heading = format!(
            "across: {}; up: {}; squares: documents, coloured by cluster; circles: words",
            dimension(self.axes.0),
            dimension(self.axes.1)
        );
        area.draw(&Text::new(heading, pixel(l, MARGIN / 2.0), text.clone()))?;
        let at: Vec<(f64, f64)> = points.iter().map(|p| (across(p.at.0), up(p.at.1))).collect();
        // If there are many documents, their labels are left out to make room for the words, which say more.
        let crowd = self.corpus.documents.len() > MOST_WORDS;
        let label = |p: &Point| if crowd && p.cluster.is_some() { String::new() } else { p.label.clone() };
        let labels: Vec<String> = points.iter().map(label).collect();
        let places = place(&at, &labels, LABEL, bounds);
        let colour = |p: &Point| p.cluster.map_or(RGBColor(90, 90, 90), |c| COLOURS[c % COLOURS.len()]);
        for (&(x, y), placed) in at.iter().zip(&places) {
            if let Some(placed) = placed.filter(|placed| placed.leader) {
                let [l, t, r, b] = placed.room.edges;
                let end = pixel(x.clamp(l, r), y.clamp(t, b));
                area.draw(&PathElement::new([pixel(x, y), end], grey))?;
            }
        }
        for (p, &(x, y)) in points.iter().zip(&at) {
            match p.cluster {
                Some(_) => {
                    let corners = [pixel(x - 4.0, y - 4.0), pixel(x + 4.0, y + 4.0)];
                    area.draw(&plotters::element::Rectangle::new(corners, colour(p).filled()))?;
                }
                None => area.draw(&Circle::new(pixel(x, y), 3, colour(p).filled()))?,
            }
        }
        for ((p, placed), label) in points.iter().zip(&places).zip(labels) {
            let Some(placed) = placed else { continue };
            let [l, t, r, b] = placed.room.edges;
            let style = text.color(&colour(p)).pos(Pos::new(HPos::Center, VPos::Center));
            area.draw(&Text::new(label, pixel((l + r) / 2.0, (t + b) / 2.0), style))?;
        }
        Ok(())
    }
}
