//! The font and the colours of all pictures of the project, those of reports and those of the applications.
//!
//! This crate depends on no other of the project.

use plotters::style::{FontStyle, RGBColor, register_font};
use std::sync::Once;

/// The font of every picture, as plotters and SVG name it.
pub const FONT: &str = "sans-serif";

/// Colours that stay apart for the colour-blind (M. Okabe, K. Ito: "Color Universal Design", 2008), without the yellow that
/// vanishes on white.
pub const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(0, 0, 0),
];

/// Makes the program's own font (Ubuntu Light) known to plotters; without it no text has a size.
pub fn register_fonts() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let registered = register_font(FONT, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT);
        assert!(registered.is_ok(), "The font in the program is one.");
    });
}
