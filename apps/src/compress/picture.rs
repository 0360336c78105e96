//! Grey and colour pictures as planes of numbers.

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use nalgebra::DMatrix;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;
use std::io::Cursor;
use std::path::Path;
use svdforge_golden::reader::{Fault, Kind, Place, ReadError, check_memory, read_bytes};

/// One channel of a picture, rows x columns, as a file holds it: a byte for each pixel.
pub type Channel = DMatrix<u8>;

/// One channel of a picture as numbers, rows x columns, from 0 to 255. They take eight times the memory.
pub type Plane = DMatrix<f64>;

/// The largest value of a pixel.
pub const PEAK: f64 = 255.0;

/// The most pixels that a picture may have.
pub const MAX_PIXELS: u64 = 1 << 26;

/// The memory that a picture may take in all, for each byte of its channels: the picture, the result, the two side by
/// side, and what is needed to decode and to write them.
const ROOM: u64 = 10;

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
    pub planes: Vec<Channel>,
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
    /// The bytes are not a PNG or PNM file, the file is cut off, the picture has no pixels or more than 2^26, or
    /// there is no memory for it. Size and memory are checked before anything is unpacked.
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
        let name = if format == ImageFormat::Png { "PNG" } else { "PNM" };
        let damaged = |error: image::ImageError| {
            refuse(
                Kind::Malformed,
                format!("is a damaged {name} file: {}", shortened(&error.to_string())),
                "give the whole file, with 1 to 2^26 pixels",
            )
        };
        let mut limits = Limits::default();
        // The most that a pixel takes in a file is four channels of 16 bits.
        limits.max_alloc = Some(8 * MAX_PIXELS);
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        reader.limits(limits);
        let decoder = reader.into_decoder().map_err(damaged)?;
        let (width, height) = decoder.dimensions();
        let pixels = u64::from(width) * u64::from(height);
        if pixels == 0 {
            return Err(refuse(
                Kind::Empty,
                format!("has {width} x {height} pixels"),
                "give a picture with at least one pixel",
            ));
        }
        if pixels > MAX_PIXELS {
            let found = format!("has {width} x {height} pixels");
            return Err(refuse(Kind::TooLarge, found, "give a picture of at most 67108864 pixels (2^26)"));
        }
        let channels = if decoder.color_type().has_color() { 3 } else { 1 };
        let memory = check_memory(pixels * channels * ROOM + decoder.total_bytes());
        memory.map_err(|refused| ReadError::new(path, refused.into()))?;
        Ok(Self::from_image(DynamicImage::from_decoder(decoder).map_err(damaged)?))
    }

    fn from_image(image: DynamicImage) -> Self {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let planes = if image.color().has_color() {
            let rgb = image.into_rgb8();
            (0..3).map(|c| Channel::from_row_iterator(height, width, rgb.pixels().map(|p| p.0[c]))).collect()
        } else {
            vec![Channel::from_row_slice(height, width, image.into_luma8().as_raw())]
        };
        Self { planes }
    }

    /// Rows and columns.
    pub fn shape(&self) -> (usize, usize) {
        self.planes[0].shape()
    }

    /// The bytes of a PNG file, 8 bits per channel.
    pub fn to_png(&self) -> Result<Vec<u8>, image::ImageError> {
        let (height, width) = self.shape();
        let byte = |c: usize, x: u32, y: u32| self.planes[c][(y as usize, x as usize)];
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
            let mut row = Channel::from_element(height, width, u8::MAX);
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

/// The pixel that shows a number. The conversion saturates, so no value is out of range, and a NaN becomes black.
pub fn pixel(value: f64) -> u8 {
    value.round() as u8
}

/// A channel as numbers.
pub fn plane(channel: &Channel) -> Plane {
    channel.map(f64::from)
}

/// Numbers as a channel, each rounded to a whole number from 0 to 255.
pub fn channel(plane: &Plane) -> Channel {
    plane.map(pixel)
}

/// Adds white Gaussian noise of this standard deviation to a picture and rounds it to whole pixels, as a camera would.
pub fn add_noise(picture: &Picture, level: f64, seed: u64) -> Picture {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut noisy = |x: u8| pixel(f64::from(x) + level * rng.sample::<f64, _>(StandardNormal));
    Picture { planes: picture.planes.iter().map(|plane| plane.map(&mut noisy)).collect() }
}

/// The square of the difference of two pixels.
pub fn squared_difference(x: u8, y: u8) -> u64 {
    u64::from(x.abs_diff(y)).pow(2)
}

/// The peak signal-to-noise ratio in decibels, 10 log10(255^2 / mean squared error), over all channels. It is `None` if
/// the pictures are equal.
///
/// # Panics
///
/// The pictures differ in size or channels.
pub fn psnr(a: &Picture, b: &Picture) -> Option<f64> {
    let channels = a.planes.iter().zip(&b.planes);
    let squares = channels.map(|(x, y)| x.zip_fold(y, 0, |sum, x, y| sum + squared_difference(x, y))).sum();
    decibels(squares, a.planes.iter().map(|plane| plane.len()).sum())
}

/// The PSNR of `count` values whose squared differences add up to `squares`.
pub fn decibels(squares: u64, count: usize) -> Option<f64> {
    (squares > 0).then(|| 10.0 * (PEAK * PEAK * count as f64 / squares as f64).log10())
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
