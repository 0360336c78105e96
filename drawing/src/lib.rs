//! The font and the colours that every picture of the project uses, in reports and in the applications.
//!
//! This crate depends on no other of the project.

use plotters::style::{FontStyle, RGBColor, register_font};
use std::sync::Once;

/// The font of every picture, as plotters and SVG name it.
pub const FONT: &str = "sans-serif";

/// Colours that colour-blind readers can tell apart (M. Okabe, K. Ito: "Color Universal Design", 2008). The yellow of
/// that palette is left out, because it is hard to see on white.
pub const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(0, 0, 0),
];

/// Registers the font that is compiled into the program (Ubuntu Light) with plotters, once. Without it plotters cannot
/// measure text.
pub fn register_fonts() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let registered = register_font(FONT, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT);
        assert!(registered.is_ok(), "The compiled-in font is a valid font file.");
    });
}
