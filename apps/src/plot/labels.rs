//! Places labels beside points so that no label covers another label or a point.

use super::{FONT, VIEWER_MARGIN, register_fonts};
use plotters::style::{IntoFont, TextStyle};

/// Half the side of the square that a marker covers, in pixels.
const MARKER: f64 = 5.0;

/// The distances from its point at which a label may be placed, in pixels. Beyond the second one a line connects it
/// with its point.
const DISTANCES: [f64; 7] = [3.0, 9.0, 18.0, 28.0, 40.0, 54.0, 70.0];

/// The directions from a point to its label: right, left, above, below, then the corners. The y axis points downwards.
const DIRECTIONS: [(f64, f64); 8] =
    [(1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (0.7, -0.7), (-0.7, -0.7), (0.7, 0.7), (-0.7, 0.7)];

/// A rectangle in pixels, with the y axis pointing downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rectangle {
    /// The left, top, right and bottom edges.
    pub edges: [f64; 4],
}

impl Rectangle {
    fn around(x: f64, y: f64, half_width: f64, half_height: f64) -> Self {
        Self { edges: [x - half_width, y - half_height, x + half_width, y + half_height] }
    }

    /// Whether the two rectangles share more than an edge.
    pub fn overlaps(&self, other: &Self) -> bool {
        let ([a, b, c, d], [e, f, g, h]) = (self.edges, other.edges);
        a < g && e < c && b < h && f < d
    }

    fn within(&self, outer: &Self) -> bool {
        let ([a, b, c, d], [e, f, g, h]) = (self.edges, outer.edges);
        a >= e && b >= f && c <= g && d <= h
    }
}

/// The place of a label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// The rectangle that it covers.
    pub room: Rectangle,
    /// Whether it is so far away that a line should lead to its point.
    pub leader: bool,
}

/// The width and height of a text in pixels, with room for a font that is wider than the program's own.
pub fn text_size(text: &str, size: f64) -> (f64, f64) {
    register_fonts();
    let style = TextStyle::from((FONT, size).into_font());
    let width = style.font.box_size(text).map_or(0.6 * size * text.chars().count() as f64, |(w, _)| f64::from(w));
    (width * VIEWER_MARGIN, 1.2 * size)
}

/// Finds a place for the label of each point. Points are served in their order, so the first ones have the most choice.
/// The result is `None` for an empty label, and where everything near the point is taken, because a missing label does
/// less harm than two that cannot be read.
pub fn place(points: &[(f64, f64)], labels: &[String], size: f64, bounds: Rectangle) -> Vec<Option<Placed>> {
    let markers: Vec<Rectangle> = points.iter().map(|&(x, y)| Rectangle::around(x, y, MARKER, MARKER)).collect();
    let mut taken: Vec<Rectangle> = Vec::new();
    let mut places = Vec::with_capacity(points.len());
    for (&(x, y), label) in points.iter().zip(labels) {
        if label.is_empty() {
            places.push(None);
            continue;
        }
        let (width, height) = text_size(label, size);
        let candidates = DISTANCES.iter().enumerate().flat_map(|(step, distance)| {
            DIRECTIONS.iter().map(move |(right, down)| {
                let away = MARKER + distance;
                let room = Rectangle::around(
                    x + right * (away + width / 2.0),
                    y + down * (away + height / 2.0),
                    width / 2.0,
                    height / 2.0,
                );
                Placed { room, leader: step > 1 }
            })
        });
        let free = |placed: &Placed| {
            placed.room.within(&bounds) && !taken.iter().chain(&markers).any(|other| other.overlaps(&placed.room))
        };
        let found = candidates.into_iter().find(free);
        taken.extend(found.map(|placed| placed.room));
        places.push(found);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dense grid of points that are 20 pixels apart, and five points in one place.
    #[test]
    fn labels_cover_neither_each_other_nor_a_point() {
        let mut points: Vec<(f64, f64)> =
            (0..49).map(|i| (200.0 + 20.0 * f64::from(i % 7), 200.0 + 20.0 * f64::from(i / 7))).collect();
        points.extend([(100.0, 100.0); 5]);
        let labels: Vec<String> = (0..points.len()).map(|i| format!("label {i}")).collect();
        let bounds = Rectangle { edges: [0.0, 0.0, 500.0, 500.0] };
        let places = place(&points, &labels, 12.0, bounds);
        let placed: Vec<Rectangle> = places.iter().flatten().map(|p| p.room).collect();
        assert!(places[49..].iter().all(Option::is_some), "five in one place can all be named");
        assert!(placed.len() > 25, "{} of 54", placed.len());
        for (i, room) in placed.iter().enumerate() {
            assert!(room.within(&bounds));
            assert!(placed[..i].iter().all(|other| !other.overlaps(room)));
            assert!(points.iter().all(|&(x, y)| !Rectangle::around(x, y, MARKER, MARKER).overlaps(room)));
        }
    }

    #[test]
    fn text_has_a_size_without_any_font_of_the_machine() {
        let (narrow, height) = text_size("ill", 12.0);
        let (wide, _) = text_size("mmm", 12.0);
        assert!(0.0 < narrow && narrow < wide && wide < 50.0, "{narrow} {wide}");
        assert!((12.0..20.0).contains(&height));
    }
}
