use super::*;

fn refused(bytes: &[u8], words: &[&str]) {
    let error = Picture::parse(Path::new("a.png"), bytes).unwrap_err().to_string();
    for word in words.iter().chain(&["a.png", ";"]) {
        assert!(error.contains(word), "`{word}` is not in: {error}");
    }
}

#[test]
fn files_that_are_no_pictures() {
    refused(b"", &["empty", "PNG or PGM"]);
    refused(b"word,T1,T2\n", &["no picture"]);
    refused(b"\xFF\xD8\xFF\xE0\0\x10JFIF\0", &["Jpeg", "convert"]);
    refused(b"P5\n4 4\n255\nabc", &["damaged PNM"]);
    refused(b"P5\n0 4\n255\n", &["pixel"]);
    refused(b"P5\n99999999 99999999\n255\nabc", &["99999999 x 99999999 pixels", "at most 67108864"]);
    refused(b"P5\n8192 8193\n255\nabc", &["8192 x 8193 pixels", "at most 67108864"]);
    refused(b"P2\n2 2\n255\n1 2 3 x\n", &["damaged PNM"]);
    // The library itself reads what is missing of a text as zeros.
    refused(b"P2\n2 2\n255\n1 2 3\n", &["damaged PNM", "3 of its 4"]);
    refused(b"P3 8388608 2 2", &["damaged PNM", "0 of its 50331648"]);
    refused(b"P3 # 9\n1 1\n# 1 2\n255\n1 2", &["damaged PNM", "2 of its 3"]);
    refused(&[b"P5", &b"{".repeat(50_000)[..]].concat(), &["damaged PNM", "..."]);
    let png = Picture { planes: vec![Channel::from_fn(9, 5, |i, j| (17 * i + j) as u8)] }.to_png().unwrap();
    for length in [8, 20, 40, png.len() - 20] {
        refused(&png[..length], &["damaged PNG"]);
    }
    let mut flipped = png.clone();
    flipped[png.len() / 2] ^= 0x55;
    refused(&flipped, &["damaged PNG"]);
}

#[test]
fn a_message_of_the_library_is_shortened() {
    let text = [b"P5", &b"{".repeat(50_000)[..]].concat();
    assert!(Picture::parse(Path::new("a.pgm"), &text).unwrap_err().to_string().len() < 400);
}

#[test]
fn a_png_file_that_unpacks_to_too_much_is_refused_by_its_header() {
    // 20,000 x 20,000 pixels of 8 bits, of which the data are a hundred.
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\
        \0\0N \0\0N \x08\0\0\0\0\xc6\x1b\x19\xe5\
        \0\0\0\x0cIDATx\xdac`\xa0=\0\0\0d\0\x01\xb8\x99\xef\x99";
    refused(PNG, &["20000 x 20000 pixels", "at most 67108864"]);
}

#[test]
fn a_palette_that_ends_within_a_colour() {
    // 4 x 2 pixels of 2 bits, and 13 bytes of palette, on which the library panics. The check sums are right.
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x04\0\0\0\x02\x02\x03\0\0\0\x02\xc6\x95\xf0\
        \0\0\0\x0dPLTE\0\x01\x02\x03\x04\x05\x05\x06\x07\x08\t\n\x0b\x67\xb0\x13\xc6\
        \0\0\0\x0fIDATx\x01\x01\x04\0\xfb\xff\0\x01\0\x01";
    refused(PNG, &["palette", "3 bytes"]);
}

#[test]
fn what_is_written_is_read_back() {
    let plane = |c: usize| Channel::from_fn(7, 11, move |i, j| (31 * i + 7 * j + 90 * c) as u8);
    for planes in [vec![plane(0)], vec![plane(0), plane(1), plane(2)]] {
        let picture = Picture { planes };
        assert_eq!(Picture::parse(Path::new("a.png"), &picture.to_png().unwrap()).unwrap(), picture);
    }
    let pgm = Picture::parse(Path::new("a.pgm"), b"P2\n# text\n3 2\n255\n0 1 2\n3 4 255\n").unwrap();
    assert_eq!(pgm.planes, [Channel::from_row_slice(2, 3, &[0, 1, 2, 3, 4, 255])]);
}

#[test]
fn peak_signal_to_noise_ratio_by_hand() {
    let one = |value: u8| Picture { planes: vec![Channel::from_element(4, 4, value)] };
    assert_eq!(psnr(&one(3), &one(3)), None);
    // A squared error of 51^2 is a 25th of the square of the peak.
    assert!((psnr(&one(0), &one(51)).unwrap() - 10.0 * 25_f64.log10()).abs() < 1e-12);
    assert_eq!([260.7, -3.0, 4.5, f64::NAN].map(pixel), [255, 0, 5, 0]);
    let row = Picture::side_by_side(&[&one(1), &one(2)]);
    assert_eq!(
        (row.shape(), row.planes[0][(0, 3)], row.planes[0][(0, 4)], row.planes[0][(3, 12)]),
        ((4, 16), 1, 255, 2)
    );
}
