//! The project's own sample picture. It is drawn and not photographed, so that it can be distributed freely.

use super::picture::{Channel, Picture, pixel};

/// The width and height in pixels.
const SIDE: usize = 128;

/// The committed file, `samples/shapes.png`.
pub const SAMPLE_PNG: &[u8] = include_bytes!("../../samples/shapes.png");

/// Draws the picture: 128 x 128 pixels in grey with a sky that grows lighter downwards, a shaded ball, a tilted square
/// with a fine weave, stripes that become finer to the right, and waves at the bottom.
pub fn draw() -> Picture {
    let grey = |i: usize, j: usize| {
        let (y, x) = (i as f64 + 0.5, j as f64 + 0.5);
        let mut grey = 60.0 + 110.0 * y / SIDE as f64 + 12.0 * (x / 40.0).cos();
        // A ball, lit from the upper left.
        let (dx, dy, radius) = (x - 38.0, y - 40.0, 26.0_f64);
        let height = radius * radius - dx * dx - dy * dy;
        if height > 0.0 {
            let light = (height.sqrt() - 0.6 * dx - 0.7 * dy) / (radius * 1.36);
            grey = 25.0 + 215.0 * light.max(0.0);
        }
        // A square on its corner, with a weave.
        let (across, down) = ((x - 92.0) + (y - 38.0), (y - 38.0) - (x - 92.0));
        if across.abs() < 34.0 && down.abs() < 34.0 {
            let weave = if (i / 2 + j / 2).is_multiple_of(2) { 18.0 } else { -18.0 };
            grey = 195.0 - 1.2 * down + weave;
        }
        // Stripes that become finer.
        if (78.0..98.0).contains(&y) {
            grey = 128.0 + 95.0 * (0.0028 * x * x + 0.1 * x).sin();
        }
        // Waves.
        if y >= 98.0 {
            grey = 105.0 + 40.0 * (0.35 * x + 3.0 * (y / 9.0).sin()).sin() + 35.0 * (0.55 * y).cos();
        }
        pixel(grey)
    };
    Picture { planes: vec![Channel::from_fn(SIDE, SIDE, grey)] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_committed_picture_is_the_one_drawn() {
        let committed = Picture::parse(Path::new("shapes.png"), SAMPLE_PNG).unwrap();
        // On another machine the sine may be rounded to the other side of a half.
        let off = committed.planes[0].zip_map(&draw().planes[0], u8::abs_diff).max();
        assert!(off <= 1, "{off}; draw it anew: cargo run --release -p svdforge-apps --example draw_sample");
    }
}
