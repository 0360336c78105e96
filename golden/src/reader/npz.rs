//! The archives of `numpy.savez` and `numpy.savez_compressed`: zip files of `.npy` files.

use crate::reader::error::{Fault, Kind, Place};
use crate::reader::file::at_most;
use crate::reader::kind::Number;
use crate::reader::limits::{MAX_BYTES, MAX_ELEMENTS};
use crate::reader::npy::{self, Parsed};
use crate::reader::text::brief;
use std::io::{self, Cursor, Read};
use zip::ZipArchive;

/// A fault of an archive, and the array that has it. It is `None` if the archive as a whole has it.
pub(super) type ArrayFault = (Option<String>, Fault);

/// The arrays, with their names, in the order in which they stand in the archive.
pub(super) fn parse<T: Number>(bytes: &[u8]) -> Result<Vec<(String, Parsed<T>)>, ArrayFault> {
    let whole = |kind, found: String, remedy: &str| (None, Fault::new(Place::File, kind, found, remedy));
    if bytes.is_empty() {
        return Err(whole(Kind::Empty, "the file is empty".to_owned(), SAVE));
    }
    let malformed = |error: zip::result::ZipError| {
        whole(Kind::Malformed, format!("the archive cannot be read: {}", brief(&error.to_string())), SAVE)
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(malformed)?;
    let mut arrays = Vec::new();
    let (mut bytes_left, mut elements) = (MAX_BYTES, 0);
    for number in 0..archive.len() {
        let entry = archive.by_index(number).map_err(malformed)?;
        let name = entry.name().map_err(malformed)?;
        let name = name.strip_suffix(".npy").unwrap_or(&name).to_owned();
        let array =
            |kind, found: String, remedy: &str| (Some(name.clone()), Fault::new(Place::File, kind, found, remedy));
        let unreadable = |error: io::Error| array(Kind::Malformed, format!("cannot be unpacked: {error}"), SAVE);
        let too_long = || {
            let found = format!("the arrays are longer than {MAX_BYTES} bytes when unpacked");
            array(Kind::TooLarge, found, "give fewer arrays")
        };
        // A small archive can unpack to gigabytes. The size in its directory may be wrong, so that it is not relied on:
        // no more is unpacked than the header of the array asks for.
        let mut entry = entry;
        let head = beginning(&mut entry).map_err(unreadable)?;
        let promised = npy::promised_length::<T>(&head);
        if promised.is_some_and(|length| length > bytes_left) {
            let fault = npy::parse::<T>(&head).err().filter(|fault| fault.kind == Kind::TooLarge);
            return Err(fault.map_or_else(too_long, |fault| (Some(name.clone()), fault)));
        }
        let limit = promised.map_or(bytes_left, |length| bytes_left.min(length + SLACK));
        let content =
            at_most(limit, head.as_slice().chain(entry)).map_err(unreadable)?.ok_or_else(|| match promised {
                Some(length) if limit == length + SLACK => {
                    let found = format!("more than {SLACK} bytes follow the array of {length} bytes");
                    array(Kind::Count, found, "save the array again: the file was added to")
                }
                _ => too_long(),
            })?;
        bytes_left -= content.len() as u64;
        let parsed = npy::parse(&content).map_err(|fault| (Some(name.clone()), fault))?;
        elements += match &parsed {
            Parsed::One(matrix) => matrix.len(),
            Parsed::Stack(matrices) => matrices.iter().map(|matrix| matrix.len()).sum(),
        };
        if elements > MAX_ELEMENTS {
            let found = format!("the arrays have more than {MAX_ELEMENTS} elements in all");
            return Err(array(Kind::TooLarge, found, "give fewer arrays"));
        }
        arrays.push((name, parsed));
    }
    if arrays.is_empty() {
        return Err(whole(Kind::Empty, "the archive holds no array".to_owned(), SAVE));
    }
    Ok(arrays)
}

const SAVE: &str = "write the file with numpy.savez";

/// The most bytes after an array that are unpacked, so that the message can count them.
const SLACK: u64 = 1 << 20;

/// The beginning of a file, which holds the header of an array.
fn beginning(file: impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.take(1 << 16).read_to_end(&mut head)?;
    Ok(head)
}
