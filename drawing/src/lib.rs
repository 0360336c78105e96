//! The font and the colours that every picture of the project uses, in reports and in the applications, and what keeps
//! pictures and pages well-formed whatever text is in them.
//!
//! This crate depends on no other of the project.

use plotters::style::{FontStyle, RGBColor, register_font};
use std::borrow::Cow;
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

/// An SVG or HTML document in which every character that XML 1.0 forbids or discourages (section 2.2) is replaced by
/// U+FFFD. Such characters can come only from foreign text, such as names in files, and no entity can stand for them.
pub fn well_formed(document: &str) -> Cow<'_, str> {
    let is_legal = |letter: char| {
        matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{7e}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}'
            | '\u{10000}'..='\u{10ffff}')
    };
    if document.chars().all(is_legal) {
        return Cow::Borrowed(document);
    }
    Cow::Owned(
        document.chars().map(|letter| if is_legal(letter) { letter } else { char::REPLACEMENT_CHARACTER }).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::well_formed;

    #[test]
    fn characters_that_xml_forbids_are_replaced() {
        assert_eq!(well_formed("<a>é 中 👩\u{202e}\n</a>"), "<a>é 中 👩\u{202e}\n</a>");
        assert_eq!(
            well_formed("<a>\u{0}\u{8}\u{1b}[31m\u{fffe}\u{ffff}</a>"),
            "<a>\u{fffd}\u{fffd}\u{fffd}[31m\u{fffd}\u{fffd}</a>"
        );
        // C1 characters and DEL are legal in XML 1.0, but discouraged, and HTML forbids them.
        assert_eq!(well_formed("\u{7f}\u{9b}"), "\u{fffd}\u{fffd}");
    }
}
