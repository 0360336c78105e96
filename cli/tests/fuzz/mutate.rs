//! Damages the bytes of a file, knowing a little of how such files are built.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt};
use serde_json::{Map, Value};

/// The random numbers of one try.
pub type Random = ChaCha8Rng;

/// The longest input. Faults that need more are rare, and long inputs make every try slow.
const LONGEST: usize = 1 << 17;

/// What a reader takes, so that a mutation fits it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Bytes without lines.
    Binary,
    /// Lines of numbers and words.
    Text,
    /// One JSON document.
    Json,
    /// A JSON document on each line.
    JsonLines,
}

/// Numbers that are hard to read, or hard to bear.
const NUMBERS: [&str; 44] = [
    "0",
    "-0",
    "1",
    "2",
    "-1",
    "+1",
    "3",
    "7",
    "0.5",
    "1e3",
    "-2.25",
    "100",
    "1000",
    "65536",
    "65537",
    "8388608",
    "2147483647",
    "2147483648",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "1e-400",
    "1e308",
    "1.8e308",
    "-1e999",
    "1e99999999999",
    "5e-324",
    "nan",
    "NaN",
    "inf",
    "-Infinity",
    "0x10",
    "1_000",
    "1,5",
    "1.",
    ".5",
    "1e",
    "--1",
    "٣",
    "1+2i",
];

/// Pieces of text that readers stumble over.
const PIECES: [&[u8]; 41] = [
    b"\"",
    b"\"\"",
    b"'",
    b"`",
    b"[",
    b"]",
    b"{",
    b"}",
    b"(",
    b",",
    b",,",
    b";",
    b"\t",
    b"\r",
    b"\r\n",
    b"\n\n",
    b"\0",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\x1b[31m",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xe2\x80\xae",
    b"\xe2\x80\xa8",
    b"\xcc\x81",
    b"\xf0\x9f\x92\xa9",
    b"\xc2\x85",
    b"\xc2\xa0",
    b" ",
    b"%",
    b"#",
    b"=",
    b":",
    b"..",
    b"../",
    b"null",
    b"true",
];

/// Bytes and words at the edges of integers.
const WORDS: [u64; 16] = [
    0,
    1,
    2,
    0x7f,
    0x80,
    0xff,
    0x100,
    0x7fff,
    0x8000,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    1 << 32,
    u64::MAX >> 1,
    u64::MAX,
];

/// A number below `end`, or 0 if there is none.
pub fn below(random: &mut Random, end: usize) -> usize {
    if end == 0 { 0 } else { random.random_range(0..end) }
}

/// One of these.
pub fn one<'a, T>(random: &mut Random, of: &'a [T]) -> &'a T {
    &of[below(random, of.len())]
}

/// Whether one of so many.
pub fn chance(random: &mut Random, of: usize) -> bool {
    below(random, of) == 0
}

/// One of the hard numbers.
pub fn number(random: &mut Random) -> &'static str {
    NUMBERS[below(random, NUMBERS.len())]
}

/// One of the pieces of text.
fn piece(random: &mut Random) -> &'static [u8] {
    PIECES[below(random, PIECES.len())]
}

/// A seed with one to eight mutations, mostly one.
pub fn mutated(seeds: &[Vec<u8>], form: Form, random: &mut Random) -> Vec<u8> {
    let mut bytes = one(random, seeds).clone();
    let mut count = 1;
    while count < 8 && chance(random, 3) {
        count += 1;
    }
    for _ in 0..count {
        mutate(&mut bytes, seeds, form, random);
        bytes.truncate(LONGEST);
    }
    bytes
}

/// Makes one mutation.
pub fn mutate(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], form: Form, random: &mut Random) {
    match form {
        Form::Json if !chance(random, 3) => return json(bytes, random),
        Form::JsonLines if !chance(random, 3) => return json_line(bytes, random),
        Form::Text if !chance(random, 3) => return text(bytes, seeds, random),
        Form::Json | Form::JsonLines if chance(random, 2) => return text(bytes, seeds, random),
        _ => {}
    }
    let length = bytes.len();
    let place = below(random, length + 1);
    let chunk = place..(place + 1 + below(random, 32)).min(length);
    match below(random, 10) {
        0 | 1 if place < length => bytes[place] ^= 1 << below(random, 8),
        2 if place < length => bytes[place] = *one(random, &[0, 1, 0x7f, 0x80, 0xff, b'\n', b'\r', b',', b'-', b'9']),
        3 => drop(bytes.drain(chunk)),
        4 => {
            let piece = bytes[chunk].to_vec();
            bytes.splice(place..place, piece);
        }
        5 => {
            let piece: Vec<u8> = bytes.drain(chunk).collect();
            let to = below(random, bytes.len() + 1);
            bytes.splice(to..to, piece);
        }
        6 => {
            let other = one(random, seeds);
            let from = below(random, other.len() + 1);
            bytes.truncate(place);
            bytes.extend_from_slice(&other[from..]);
        }
        7 => bytes.truncate(place),
        8 => insert(bytes, place, piece(random)),
        _ => {
            let word = *one(random, &WORDS);
            let width = *one(random, &[1, 2, 4, 8]);
            let little = word.to_le_bytes()[..width].to_vec();
            let big = word.to_be_bytes()[8 - width..].to_vec();
            let piece = if chance(random, 2) { little } else { big };
            bytes.splice(place..(place + width).min(length), piece);
        }
    }
}

fn insert(bytes: &mut Vec<u8>, place: usize, piece: &[u8]) {
    bytes.splice(place..place, piece.iter().copied());
}

/// A mutation of text: of a number, of a line, of a field, or of nesting.
fn text(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut Random) {
    let place = below(random, bytes.len() + 1);
    match below(random, 16) {
        0..=3 => {
            if let Some(range) = number_after(bytes, place) {
                bytes.splice(range, number(random).bytes());
            }
        }
        4 => insert(bytes, place, piece(random)),
        5..=8 => lines(bytes, seeds, random),
        9 | 10 => fields(bytes, random),
        11 => {
            let depth = *one(random, &[3, 127, 128, 129, 1000, 50_000]);
            let (open, close) = *one(random, &[(b'[', b']'), (b'{', b'}'), (b'(', b')'), (b'"', b'"')]);
            let closed = if chance(random, 2) { depth } else { below(random, depth) };
            let piece: Vec<u8> = [vec![open; depth], vec![close; closed]].concat();
            insert(bytes, place, &piece);
        }
        12 if chance(random, 4) => {
            let piece = *one(random, &[b'1', b'a', b',', b' ', b'"', 0xcc]);
            insert(bytes, place, &vec![piece; *one(random, &[200, 5000, 100_000])]);
        }
        13 => {
            *bytes = String::from_utf8_lossy(bytes).replace('\n', ["\r\n", "\r", "\n\n"][below(random, 3)]).into_bytes()
        }
        14 => insert(bytes, 0, [&b"\xef\xbb\xbf"[..], b"\n", b" ", b"# x\n", b"\xff\xfe"][below(random, 5)]),
        _ => insert(bytes, place, number(random).as_bytes()),
    }
}

/// The first run of characters of numbers from `place` on.
fn number_after(bytes: &[u8], place: usize) -> Option<std::ops::Range<usize>> {
    let belongs = |byte: &u8| byte.is_ascii_digit() || b"+-.".contains(byte);
    let start = place + bytes[place..].iter().position(|byte| byte.is_ascii_digit())?;
    let start = start - bytes[..start].iter().rev().take_while(|byte| belongs(byte)).count();
    Some(start..start + bytes[start..].iter().take_while(|byte| belongs(byte)).count())
}

/// Repeats, removes, swaps or takes over lines.
fn lines(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut Random) {
    let split = |bytes: &[u8]| -> Vec<Vec<u8>> { bytes.split_inclusive(|&b| b == b'\n').map(<[u8]>::to_vec).collect() };
    let mut all = split(bytes);
    let place = below(random, all.len());
    if all.is_empty() {
        return;
    }
    match below(random, 5) {
        0 => {
            let line = all[place].clone();
            for _ in 0..*one(random, &[1, 1, 1, 100]) {
                all.insert(place, line.clone());
            }
        }
        1 => drop(all.remove(place)),
        2 => {
            let other = below(random, all.len());
            all.swap(place, other);
        }
        3 => {
            let other: &Vec<u8> = one(random, seeds);
            let others = split(other);
            if !others.is_empty() {
                all.insert(place, one(random, &others).clone());
            }
        }
        _ => all.insert(place, b"\n".to_vec()),
    }
    *bytes = all.concat();
}

/// Repeats, removes or replaces a field of a line.
fn fields(bytes: &mut Vec<u8>, random: &mut Random) {
    let delimiter = *one(random, b",\t ;");
    let mut all: Vec<Vec<u8>> = bytes.split(|&b| b == delimiter).map(<[u8]>::to_vec).collect();
    let place = below(random, all.len());
    match below(random, 4) {
        0 => drop(all.remove(place)),
        1 => all.insert(place, all[place].clone()),
        2 => all[place].clear(),
        _ => all[place] = number(random).into(),
    }
    *bytes = all.join(&delimiter);
}

fn json_line(bytes: &mut Vec<u8>, random: &mut Random) {
    let mut all: Vec<Vec<u8>> = bytes.split(|&b| b == b'\n').map(<[u8]>::to_vec).collect();
    let place = below(random, all.len());
    json(&mut all[place], random);
    *bytes = all.join(&b'\n');
}

/// Changes one value of a JSON document, and falls back to a number in its text.
fn json(bytes: &mut Vec<u8>, random: &mut Random) {
    let Ok(mut document) = serde_json::from_slice::<Value>(bytes) else {
        let place = below(random, bytes.len() + 1);
        if let Some(range) = number_after(bytes, place) {
            bytes.splice(range, number(random).bytes());
        }
        return;
    };
    let spare = document.clone();
    let count = nodes(&document);
    let mut index = below(random, count);
    if let Some(value) = node(&mut document, &mut index) {
        change(value, &spare, random);
    }
    // Half of the time as people write it.
    *bytes = if chance(random, 2) { document.to_string().into_bytes() } else { format!("{document:#}\n").into_bytes() };
}

fn nodes(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(nodes).sum(),
        Value::Object(map) => map.values().map(nodes).sum(),
        _ => 0,
    }
}

/// The value with this index, in the order of the text.
fn node<'a>(value: &'a mut Value, index: &mut usize) -> Option<&'a mut Value> {
    if *index == 0 {
        return Some(value);
    }
    *index -= 1;
    match value {
        Value::Array(list) => list.iter_mut().find_map(|value| node(value, index)),
        Value::Object(map) => map.values_mut().find_map(|value| node(value, index)),
        _ => None,
    }
}

fn change(value: &mut Value, spare: &Value, random: &mut Random) {
    let pick = below(random, 4);
    match value {
        Value::Array(list) if !list.is_empty() && pick > 0 => {
            let place = below(random, list.len());
            match pick {
                1 => drop(list.remove(place)),
                2 => list.insert(place, list[place].clone()),
                _ => list.truncate(place),
            }
        }
        Value::Object(map) if !map.is_empty() && pick > 0 => {
            let keys: Vec<String> = map.keys().cloned().collect();
            let key = one(random, &keys);
            match pick {
                1 => drop(map.remove(key)),
                2 => {
                    let taken = map[key].clone();
                    map.insert(format!("{key}\u{1b}x"), taken);
                }
                _ => drop(map.insert("\u{202e}\0".to_owned(), Value::Null)),
            }
        }
        _ => *value = strange(spare, random),
    }
}

/// A value of any type.
fn strange(spare: &Value, random: &mut Random) -> Value {
    match below(random, 12) {
        0 => Value::Null,
        1 => Value::Bool(chance(random, 2)),
        2 => Value::String(number(random).to_owned()),
        3 => Value::String(String::from_utf8_lossy(piece(random)).into_owned()),
        4 => Value::Array(Vec::new()),
        5 => Value::Object(Map::new()),
        6 => Value::from(*one(random, &WORDS)),
        7 => Value::from(-(below(random, 1 << 20) as i64)),
        8 => Value::from(below(random, 5)),
        9 => {
            let mut copy = spare.clone();
            let mut index = below(random, nodes(spare));
            node(&mut copy, &mut index).cloned().unwrap_or_default()
        }
        10 => Value::from(f64::from_bits(random.next_u64())),
        _ => serde_json::from_str(number(random)).unwrap_or(Value::from(1e-9)),
    }
}
