//! Grey and colour pictures as planes of numbers.

use image::{DynamicImage, ImageFormat, ImageReader, Limits};
use nalgebra::DMatrix;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;
use std::io::Cursor;
use std::path::Path;
use svdforge_golden::reader::{Fault, Kind, Place, ReadError, read_bytes};

/// One channel of a picture, rows x columns, with elements from 0 to 255.
pub type Plane = DMatrix<f64>;

/// The largest value of a pixel.
pub const PEAK: f64 = 255.0;

/// The most pixels that a picture may have.
const MAX_PIXELS: u32 = 1 << 26;

/// What is wrong with a file that the library would not refuse but panic on, or take for another picture, and the
/// remedy.
fn misread(bytes: &[u8]) -> Option<(String, &'static str)> {
    if bytes.starts_with(b"\x89PNG") && !has_whole_palette(bytes) {
        let found = "is a damaged PNG file: its palette ends within a colour";
        return Some((found.to_owned(), "give the whole file, with 3 bytes for each colour"));
    }
    let (given, promised) = missing_samples(bytes)?;
    let found = format!("is a damaged PNM file: it ends after {given} of its {promised} numbers");
    Some((found, "give the whole file"))
}

/// Whether no palette of a PNG file ends within a colour. The library panics on such a palette.
fn has_whole_palette(png: &[u8]) -> bool {
    let mut rest = png.get(8..).unwrap_or_default();
    while let Some((length, kind)) = rest.first_chunk::<4>().zip(rest.get(4..8)) {
        let length = u32::from_be_bytes(*length) as usize;
        if kind == b"PLTE" && !length.is_multiple_of(3) {
            return false;
        }
        // The head of a chunk and its check sum take 12 bytes.
        rest = rest.get(length.saturating_add(12)..).unwrap_or_default();
    }
    true
}

/// How many numbers a PGM or PPM file in plain text has, and how many it promises, if they are too few. The library
/// takes those that are missing for zeros.
fn missing_samples(pnm: &[u8]) -> Option<(u64, u64)> {
    let channels = match pnm.get(..2)? {
        b"P2" => 1,
        b"P3" => 3,
        _ => return None,
    };
    let mut words = pnm[2..].split(|&byte| byte == b'\n').flat_map(|line| {
        let text = line.split(|&byte| byte == b'#').next().unwrap_or_default();
        text.split(|byte| b" \t\r\x0b\x0c".contains(byte)).filter(|word| !word.is_empty())
    });
    let mut size = || str::from_utf8(words.next()?).ok()?.parse::<u64>().ok();
    let (width, height, _most) = (size()?, size()?, size()?);
    let promised = width.saturating_mul(height).saturating_mul(channels);
    let given = words.count() as u64;
    (given < promised).then_some((given, promised))
}

/// The beginning of a message of the library, which may contain all of the file.
fn shortened(message: &str) -> String {
    const SHOWN: usize = 200;
    let head: String = message.chars().take(SHOWN).collect();
    if head.len() < message.len() { head + "..." } else { head }
}

/// A picture. It has one plane if it is grey and three (red, green, blue) if it is coloured, all of the same size.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The channels, at least one, each with at least one pixel.
    pub planes: Vec<Plane>,
}

impl Picture {
    /// Reads a PNG or PNM (PGM, PPM) file.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or has a fault that [`Picture::parse`] finds.
    pub fn read(path: &Path) -> Result<Self, ReadError> {
        Self::parse(path, &read_bytes(path, "PNG or PGM picture")?)
    }

    /// Reads a picture from the bytes of a file, which is not opened. Channels with more bits are reduced to 8, and
    /// transparency is ignored.
    ///
    /// # Errors
    ///
    /// The bytes are not a PNG or PNM file, the file is cut off, or the picture has no pixels or more than 2^26.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, ReadError> {
        let refuse =
            |kind, found: String, remedy: &str| ReadError::new(path, Fault::new(Place::File, kind, found, remedy));
        if let Some((found, remedy)) = misread(bytes) {
            return Err(refuse(Kind::Malformed, found, remedy));
        }
        let format = match image::guess_format(bytes) {
            Ok(format @ (ImageFormat::Png | ImageFormat::Pnm)) => format,
            Ok(other) => {
                return Err(refuse(
                    Kind::Unsupported,
                    format!("is a picture of the format {other:?}"),
                    "convert it to PNG or PGM",
                ));
            }
            Err(_) => {
                let what = if bytes.is_empty() { "is empty" } else { "is no picture that is known" };
                return Err(refuse(Kind::Malformed, what.to_owned(), "give a PNG or PGM file"));
            }
        };
        let mut limits = Limits::default();
        limits.max_image_width = Some(MAX_PIXELS);
        limits.max_image_height = Some(MAX_PIXELS);
        limits.max_alloc = Some(8 * u64::from(MAX_PIXELS));
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        reader.limits(limits);
        let name = if format == ImageFormat::Png { "PNG" } else { "PNM" };
        let decoded = reader.decode().map_err(|error| {
            refuse(
                Kind::Malformed,
                format!("is a damaged {name} file: {}", shortened(&error.to_string())),
                "give the whole file, with 1 to 2^26 pixels",
            )
        })?;
        if decoded.width() == 0 || decoded.height() == 0 {
            let size = format!("has {} x {} pixels", decoded.width(), decoded.height());
            return Err(refuse(Kind::Empty, size, "give a picture with at least one pixel"));
        }
        Ok(Self::from_image(&decoded))
    }

    fn from_image(image: &DynamicImage) -> Self {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let planes = if image.color().has_color() {
            let rgb = image.to_rgb8();
            (0..3).map(|c| Plane::from_row_iterator(height, width, rgb.pixels().map(|p| f64::from(p.0[c])))).collect()
        } else {
            let grey = image.to_luma8();
            vec![Plane::from_row_iterator(height, width, grey.pixels().map(|p| f64::from(p.0[0])))]
        };
        Self { planes }
    }

    /// Rows and columns.
    pub fn shape(&self) -> (usize, usize) {
        self.planes[0].shape()
    }

    /// The picture with each element rounded to a whole number from 0 to 255, as a file can hold it.
    pub fn to_pixels(&self) -> Self {
        Self { planes: self.planes.iter().map(|plane| plane.map(|x| x.round().clamp(0.0, PEAK))).collect() }
    }

    /// The bytes of a PNG file, 8 bits per channel.
    pub fn to_png(&self) -> Result<Vec<u8>, image::ImageError> {
        let (height, width) = self.shape();
        // The conversion saturates, so no value is out of range, and a NaN becomes black.
        let byte = |c: usize, x: u32, y: u32| self.planes[c][(y as usize, x as usize)].round() as u8;
        let (w, h) = (width as u32, height as u32);
        let image = if self.planes.len() == 3 {
            let pixel = |x, y| image::Rgb([byte(0, x, y), byte(1, x, y), byte(2, x, y)]);
            DynamicImage::from(image::RgbImage::from_fn(w, h, pixel))
        } else {
            DynamicImage::from(image::GrayImage::from_fn(w, h, |x, y| image::Luma([byte(0, x, y)])))
        };
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, ImageFormat::Png)?;
        Ok(bytes.into_inner())
    }

    /// Puts pictures of the same height in a row, with white gaps of 8 pixels.
    ///
    /// # Panics
    ///
    /// There are no pictures, or they differ in height or channels.
    pub fn side_by_side(pictures: &[&Self]) -> Self {
        const GAP: usize = 8;
        let height = pictures[0].shape().0;
        let width = pictures.iter().map(|p| p.shape().1 + GAP).sum::<usize>() - GAP;
        let planes = (0..pictures[0].planes.len()).map(|c| {
            let mut row = Plane::from_element(height, width, PEAK);
            let mut at = 0;
            for picture in pictures {
                row.columns_mut(at, picture.shape().1).copy_from(&picture.planes[c]);
                at += picture.shape().1 + GAP;
            }
            row
        });
        Self { planes: planes.collect() }
    }
}

/// Adds white Gaussian noise of this standard deviation to a picture and rounds it to whole pixels, as a camera would.
pub fn add_noise(picture: &Picture, level: f64, seed: u64) -> Picture {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut noisy = |x: f64| -> f64 { x + level * rng.sample::<f64, _>(StandardNormal) };
    Picture { planes: picture.planes.iter().map(|plane| plane.map(&mut noisy)).collect() }.to_pixels()
}

/// The peak signal-to-noise ratio in decibels, 10 log10(255^2 / mean squared error), over all channels. It is `None` if
/// the pictures are equal.
///
/// # Panics
///
/// The pictures differ in size or channels.
pub fn psnr(a: &Picture, b: &Picture) -> Option<f64> {
    let squares: f64 = a.planes.iter().zip(&b.planes).map(|(x, y)| (x - y).norm_squared()).sum();
    let count: usize = a.planes.iter().map(|plane| plane.len()).sum();
    (squares > 0.0).then(|| 10.0 * (PEAK * PEAK * count as f64 / squares).log10())
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
