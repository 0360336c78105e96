//! Draws pictures of results as SVG and as PNG, with the same bytes on every machine.
//!
//! The text in a PNG, and the room for labels in both formats, use a font that is compiled into the program (Ubuntu
//! Light). So nothing depends on the fonts of the machine. An SVG leaves the font to its viewer, so labels get
//! [`VIEWER_MARGIN`] more room.

pub mod charts;
pub mod labels;

use plotters::coord::Shift;
use plotters::prelude::*;
use std::path::Path;
use svdforge_drawing::well_formed;
pub use svdforge_drawing::{COLOURS, FONT, register_fonts};

/// How much wider a text may be in the font of a viewer than in that of the program. DejaVu Sans, one of the widest
/// common fonts, takes 1.22 times the room of Ubuntu Light for lower-case English.
pub const VIEWER_MARGIN: f64 = 1.22;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The file name has no known extension.
    #[error("{0}: the name of a picture must end in .svg or .png")]
    Extension(String),
    /// The plotting library failed.
    #[error("the picture cannot be drawn: {0}")]
    Drawing(String),
}

/// The format of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Scalable vector graphics.
    Svg,
    /// Portable network graphics.
    Png,
}

impl Format {
    /// The format that a file name asks for, by its extension in any case.
    pub fn of(path: &Path) -> Result<Self, PictureError> {
        let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
        match extension.as_deref() {
            Some("svg") => Ok(Self::Svg),
            Some("png") => Ok(Self::Png),
            _ => Err(PictureError::Extension(path.display().to_string())),
        }
    }
}

/// Something that can be drawn in any format.
pub trait Drawing {
    /// Width and height in pixels.
    fn size(&self) -> (u32, u32);

    /// Draws it on an area of that size, which is already white.
    fn draw<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Result<(), DrawingAreaErrorKind<B::ErrorType>>;
}

/// The bytes of a picture file.
pub fn render(drawing: &impl Drawing, format: Format) -> Result<Vec<u8>, PictureError> {
    register_fonts();
    let (width, height) = drawing.size();
    match format {
        Format::Svg => {
            let mut text = String::new();
            paint(drawing, SVGBackend::with_string(&mut text, (width, height)))?;
            Ok(well_formed(&text).into_owned().into_bytes())
        }
        Format::Png => {
            let mut pixels = vec![0; 3 * width as usize * height as usize];
            paint(drawing, BitMapBackend::with_buffer(&mut pixels, (width, height)))?;
            let picture = image::RgbImage::from_raw(width, height, pixels)
                .ok_or_else(|| PictureError::Drawing("the size is wrong".to_owned()))?;
            let mut bytes = std::io::Cursor::new(Vec::new());
            picture
                .write_to(&mut bytes, image::ImageFormat::Png)
                .map_err(|error| PictureError::Drawing(error.to_string()))?;
            Ok(bytes.into_inner())
        }
    }
}

fn paint<B: DrawingBackend>(drawing: &impl Drawing, backend: B) -> Result<(), PictureError> {
    let area = backend.into_drawing_area();
    let failed = |error: DrawingAreaErrorKind<B::ErrorType>| PictureError::Drawing(error.to_string());
    area.fill(&WHITE).map_err(failed)?;
    drawing.draw(&area).map_err(failed)?;
    area.present().map_err(failed)
}
