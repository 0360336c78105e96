//! Valid small files of each format, and files that were hard to read.

use super::mutate::{Form, Random, below, chance, mutate, mutated, number, one};
use rand::RngExt;
use std::io::{Cursor, Write};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// Ratings and a table of which there are enough for the applications.
pub fn studies(sample: &str, lines: usize) -> Vec<Vec<u8>> {
    let text: String = sample.split_inclusive('\n').take(lines).collect();
    vec![text.into_bytes()]
}

/// The same as a list of owned bytes.
pub fn owned(texts: &[&[u8]]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.to_vec()).collect()
}

/// A file in the format of numpy with this type, order, shape and data.
pub fn npy(version: u8, descr: &str, fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}");
    let before = if version == 1 { 10 } else { 12 };
    while !(before + header.len() + 1).is_multiple_of(64) {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend([version, 0]);
    match version {
        1 => bytes.extend((header.len() as u16).to_le_bytes()),
        _ => bytes.extend((header.len() as u32).to_le_bytes()),
    }
    bytes.extend(header.bytes());
    bytes.extend(data);
    bytes
}

fn doubles(count: usize) -> Vec<u8> {
    (0..count).flat_map(|i| (i as f64 * 0.25 - 0.5).to_le_bytes()).collect()
}

pub fn npys() -> Vec<Vec<u8>> {
    let floats: Vec<u8> = (0..6).flat_map(|i| (i as f32).to_be_bytes()).collect();
    vec![
        npy(1, "<f8", false, "(2, 3)", &doubles(6)),
        npy(1, "<f8", true, "(2, 3)", &doubles(6)),
        npy(2, ">f4", false, "(3, 2)", &floats),
        npy(3, "|u1", false, "(4,)", &[1, 2, 3, 255]),
        npy(1, "<i2", false, "(2, 2, 2)", &[1; 16]),
        npy(1, "<c16", false, "(1, 2)", &doubles(4)),
        npy(1, "<u8", true, "(2, 1, 2)", &[7; 32]),
    ]
}

/// A header that may lie about the shape, or an array that is damaged anyhow.
pub fn damaged_npy(random: &mut Random) -> Vec<u8> {
    if chance(random, 2) {
        let mut bytes = one(random, &npys()).clone();
        // The header has most bytes, and hardly one of them may change.
        let (start, end) = if chance(random, 2) { (bytes.len().min(128), bytes.len()) } else { (0, bytes.len()) };
        for _ in 0..1 + below(random, 2) {
            let place = start + below(random, end - start);
            bytes[place] = random.random();
        }
        return if chance(random, 2) { bytes } else { mutated(&[bytes], Form::Binary, random) };
    }
    let dimensions: Vec<&str> = (0..below(random, 5))
        .map(|_| if chance(random, 3) { number(random) } else { *one(random, &["0", "1", "2", "3", "4", "8"]) })
        .collect();
    let comma = if dimensions.len() == 1 { "," } else { "" };
    let shape = format!("({}{comma})", dimensions.join(", "));
    let types = ["<f8", ">f8", "<f4", "|i1", "|b1", "<i8", ">u2", "<u4", "<f2", "<c8", "|O", "<U4", "<f16", "=f8", ""];
    let descr = *one(random, &types);
    // The length that the shape promises, if it is small: a lie is an array that does not have it.
    let right = dimensions.iter().try_fold(1_usize, |right, d| right.checked_mul(d.parse().ok()?));
    let right: usize = right.filter(|&right| right <= 4096).unwrap_or(3);
    // Half of the arrays have the bytes that their header promises.
    let size = descr.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(1);
    let count = if chance(random, 2) { right * size } else { below(random, 100) };
    let version = *one(random, &[1, 1, 2, 3, 4, 255]);
    let data: Vec<u8> = if chance(random, 4) { (0..count).map(|_| random.random()).collect() } else { vec![0; count] };
    let mut bytes = npy(version, descr, chance(random, 2), &shape, &data);
    if chance(random, 3) {
        mutate(&mut bytes, &npys(), Form::Binary, random);
    }
    bytes
}

fn archive(files: &[(String, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, content) in files {
        // The library refuses a name that occurs twice; such a file is left out.
        if writer.start_file(name.as_str(), options).is_ok() {
            writer.write_all(content).expect("a vector takes all");
        }
    }
    writer.finish().expect("a vector takes all").into_inner()
}

/// Archives of arrays: with damaged arrays, with a damaged directory, or with much that is packed into little.
pub fn damaged_npz(random: &mut Random) -> Vec<u8> {
    let names = ["a.npy", "b.npy", "b", "", "../c.npy", "d/e.npy", "\u{1b}[31m.npy", "é.npy", "a.npy.npy"];
    let count = below(random, 4);
    let mut files: Vec<(String, Vec<u8>)> =
        (0..count).map(|_| ((*one(random, &names)).to_owned(), one(random, &npys()).clone())).collect();
    for (_, content) in &mut files {
        if chance(random, 4) {
            *content = damaged_npy(random);
        }
    }
    if chance(random, 500) {
        files.push(("zeros.npy".to_owned(), npy(1, "<f8", false, "(1024, 1024)", &vec![0; 8 << 20])));
    }
    let method = *one(random, &[CompressionMethod::Stored, CompressionMethod::Deflated]);
    let mut bytes = archive(&files, method);
    let seeds = [bytes.clone()];
    for _ in 0..below(random, 4) {
        mutate(&mut bytes, &seeds, Form::Binary, random);
    }
    bytes
}

/// Archives of one matrix, which is damaged, or they are.
pub fn damaged_small_npz(random: &mut Random) -> Vec<u8> {
    let mut matrix = npys()[0].clone();
    let inside = chance(random, 2);
    if inside {
        mutate(&mut matrix, &npys(), Form::Binary, random);
    }
    let mut bytes = archive(&[("a.npy".to_owned(), matrix)], CompressionMethod::Stored);
    if !inside {
        mutate(&mut bytes, &npys(), Form::Binary, random);
    }
    bytes
}

pub fn npz() -> Vec<u8> {
    archive(
        &[("a.npy".to_owned(), npys()[0].clone()), ("b.npy".to_owned(), npys()[1].clone())],
        CompressionMethod::Deflated,
    )
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1)))
    })
}

type Chunk = (Vec<u8>, Vec<u8>);

fn png(chunks: &[Chunk]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in chunks {
        let body = [&kind[..], data].concat();
        bytes.extend((data.len() as u32).to_be_bytes());
        bytes.extend(&body);
        bytes.extend(crc(&body).to_be_bytes());
    }
    bytes
}

/// The chunks of a picture whose rows are stored without compression.
fn chunks(width: u32, height: u32, depth: u8, colour: u8) -> Vec<Chunk> {
    let channels = match colour {
        2 => 3,
        4 => 2,
        6 => 4,
        _ => 1,
    };
    let row = 1 + (width as usize * channels * depth as usize).div_ceil(8);
    let rows: Vec<u8> = (0..row * height as usize).map(|i| if i % row == 0 { 0 } else { (i % 4) as u8 }).collect();
    let (mut a, mut b) = (1_u32, 0_u32);
    for &byte in &rows {
        a = (a + u32::from(byte)) % 65521;
        b = (b + a) % 65521;
    }
    let length = rows.len() as u16;
    let mut data = vec![0x78, 1, 1];
    data.extend(length.to_le_bytes());
    data.extend((!length).to_le_bytes());
    data.extend(&rows);
    data.extend((b << 16 | a).to_be_bytes());
    let mut header = width.to_be_bytes().to_vec();
    header.extend(height.to_be_bytes());
    header.extend([depth, colour, 0, 0, 0]);
    let mut chunks = vec![(b"IHDR".to_vec(), header)];
    if colour == 3 {
        chunks.push((b"PLTE".to_vec(), (0..12).collect()));
    }
    chunks.extend([(b"IDAT".to_vec(), data), (b"IEND".to_vec(), Vec::new())]);
    chunks
}

const PNGS: [(u32, u32, u8, u8); 7] =
    [(3, 2, 8, 0), (4, 4, 8, 2), (5, 3, 1, 0), (4, 2, 2, 3), (2, 2, 16, 6), (2, 3, 8, 4), (8, 8, 8, 0)];

pub fn pngs() -> Vec<Vec<u8>> {
    PNGS.iter().map(|&(width, height, depth, colour)| png(&chunks(width, height, depth, colour))).collect()
}

/// A PNG with damaged chunks, of which the check sums are right, or a PNG that is damaged anyhow.
pub fn damaged_png(random: &mut Random) -> Vec<u8> {
    if chance(random, 4) {
        return mutated(&pngs(), Form::Binary, random);
    }
    let &(width, height, depth, colour) = one(random, &PNGS);
    let mut all = chunks(width, height, depth, colour);
    for _ in 0..1 + below(random, 2) {
        let place = below(random, all.len());
        match below(random, 8) {
            0 => drop(all.remove(place)),
            1 => all.insert(place, all[place].clone()),
            2 => all.insert(place, (one(random, &[b"tEXt", b"tRNS", b"acTL", b"zTXt", b"gAMA"]).to_vec(), vec![0; 9])),
            3 => {
                let at = below(random, 2) * 4;
                if let Some(size) = all[0].1.get_mut(at..at + 4) {
                    size.copy_from_slice(
                        &(*one(random, &[0_u32, 1, 5, 100, 65535, 1 << 20, 1 << 26, u32::MAX])).to_be_bytes(),
                    );
                }
            }
            4 => {
                // The values of pixels, behind the head of the stored block.
                let data = &mut all.iter_mut().find(|chunk| chunk.0 == b"IDAT").map_or(Vec::new(), |c| c.1.clone());
                if data.len() > 12 {
                    let at = 8 + below(random, data.len() - 12);
                    data[at] = random.random();
                    let found = all.iter_mut().find(|chunk| chunk.0 == b"IDAT");
                    found.expect("seen above").1.clone_from(data);
                }
            }
            _ => mutate(&mut all[place].1, &[vec![0; 4]], Form::Binary, random),
        }
        if all.is_empty() {
            break;
        }
    }
    png(&all)
}

pub fn pnms() -> Vec<Vec<u8>> {
    owned(&[
        b"P5 3 2 255\n\x00\x10\x20\x30\x40\xff",
        b"P2\n# grey\n3 2\n255\n0 16 32\n48 64 255\n",
        b"P6\n2 1\n255\nabcdef",
        b"P3 1 2 255\n1 2 3 4 5 6\n",
        b"P1\n3 2\n1 0 1\n0 1 0\n",
        b"P4\n9 2\n\xaa\x80\x55\x00",
        b"P5 2 2 65535\n\x00\x01\x02\x03\x04\x05\x06\x07",
        b"P7\nWIDTH 2\nHEIGHT 2\nDEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\n\x01\x02\x03\x04",
    ])
}

pub const CSV: [&[u8]; 9] = [
    b"1,2\n3,4\n",
    b"0.5,-1e-3,2\n# note\n3,4,5\n",
    b"\"1\",\"2\"\n\"3\",\"4\"\n",
    b"1 2 3\n4 5 6\n7 8 9\n",
    b"1;2\n3;4\n",
    b"-1.25\n7\n1e300\n",
    b"1,2,3,4,5,6,7,8\n",
    b"1.0000000000000002,1\n1,1.0000000000000004\n",
    b"1e-20,2e-20\n3e-20,4e-20\n",
];

pub const MTX: [&[u8]; 7] = [
    b"%%MatrixMarket matrix coordinate real general\n% note\n3 2 3\n1 1 1.5\n2 2 -2\n3 1 1e-3\n",
    b"%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n4\n",
    b"%%MatrixMarket matrix coordinate pattern symmetric\n3 3 2\n1 1\n3 2\n",
    b"%%MatrixMarket matrix array integer symmetric\n2 2\n1\n2\n3\n",
    b"%%MatrixMarket matrix coordinate real skew-symmetric\n3 3 1\n3 1 4\n",
    b"%%MatrixMarket matrix coordinate integer general\n4 4 0\n",
    b"%%MatrixMarket matrix array real skew-symmetric\n3 3\n1\n2\n3\n",
];

pub const JSON: [&[u8]; 5] = [
    b"[[1, 2], [3, 4]]",
    b"{\"name\": \"a\", \"note\": {\"x\": [1, null]}, \"matrix\": [[1, 2], [3, 4]]}",
    b"{\"matrix\": [[0.5, -1e-3]]}",
    b"{\"name\": \"b\", \"matrix\": [[1], [2], [3]]}\n",
    b"[[1e300, 0, 5e-324]]",
];

pub const RATINGS: [&[u8]; 8] = [
    b"ann,book,5\nben,book,3\nann,film,4\nben,film,1\ncat,book,2\n",
    b"user,item,rating,time\n1,10,4.5,99\n2,10,3,98\n1,11,2,97\n",
    b"user_id\titem_id\trating\n1\t2\t3\n4\t5\t1\n",
    b"1\t2\t3\t881250949\n4\t2\t1\t881250950\n",
    b"item,rating,user\n\"a, b\",3,\"c \"\"d\"\" e\"\nf,4,g\n",
    b"movie,stars,user\nx,1,y\nz,2,y\n",
    b",user,item,rating\n0,a,b,1\n1,c,b,5\n",
    b"date,user,item,rating\n2020-01-01,a,b,1\n2020-01-02,c,b,5\n",
];

pub const TABLES: [&[u8]; 7] = [
    b"1,2,\n,4,5\n6,,8\n",
    b"name,x,y\na,1,2\nb,,3\nc,4,NA\n",
    b"x,y\n1,NaN\n?,2\n",
    b"1,2\n3,4\n",
    b"\"na\"\"me\",x\n\"a,b\",1\nc,2\n",
    b",x,y\n0,1,2\n1,,4\n",
    b"label,x,y\nNA,1,\nb,,2\nc,1,#N/A\n",
];

pub const DOCUMENTS: [&[u8]; 5] = [
    b"Human machine interface for computer applications\nA survey of user opinion of computer response time\nThe human user interface system\n",
    "na\u{ef}ve caf\u{e9} na\u{ef}ve\ncafe\u{301} na\u{ef}ve\n\u{5d0}\u{5d1} \u{5d0}\u{5d1}\n".as_bytes(),
    "don't can't don\u{2019}t\n\ncan't don't\n".as_bytes(),
    "\u{130}stanbul \u{df}\u{df} \u{1f600} straße\nSTRASSE \u{df}\u{df} \u{130}stanbul\n".as_bytes(),
    "\u{e01}\u{e33}\u{e25}\u{e31}\u{e07} \u{915}\u{94d}\u{937}\n\u{915}\u{94d}\u{937} \u{e01}\u{e33}\u{e25}\u{e31}\u{e07}\n".as_bytes(),
];

pub const COUNTS: [&[u8]; 4] = [
    b"word,a,b,c\nhuman,1,0,2\nuser,0,1,1\n",
    b"term,\"title, one\",two\nx,1,1\ny,2.5,0\n",
    b",d1,d2\nalpha,3,1\nbeta,0,2\nbeta2,1,1\n",
    b"word,a,b\nthe,1,1\nhuman,1,1\nuser,2,0\n",
];

pub const TOML: [&[u8]; 5] = [
    b"rows = 4\ncols = 4\nword = 12\nguard = 2\n",
    b"# a core\nrows = 8\nsweeps = \"auto\"\nvectors = \"v\"\nsymmetric = true\n",
    b"word = \"12..16:2\"\nguard = \"2,4\"\ncoef = \"auto\"\n",
    b"rows = 3\ncols = 2\nname = \"mine\"\nfront = \"axi-lite\"\nelements-per-beat-in = 2\nscaling = \"auto\"\n",
    b"rows = 6\nrank = 2\nfrac = 3\nsizes = \"any\"\nelement-bytes = 4\n",
];

pub const VALUES: [&[u8]; 16] = [
    b"12",
    b"12..20",
    b"12..24:4",
    b"auto,4..8",
    b"1/4",
    b"3/8",
    b"uniform",
    b"quick",
    b"ecp5-85k",
    b"true",
    b"uv",
    b"svd_2x2",
    b"checks,area",
    b"axi-lite",
    b"smallest",
    b"accuracy<0.5",
];

pub const STATISTICS: [&[u8]; 2] = [
    br#"{ "modules": { "\\top": { "num_cells_by_type": { "unit": 2, "LUT4": 3 } }, "\\unit": { "num_cells_by_type": { "CCU2C": 5, "TRELLIS_DPR16X4": 1, "MULT18X18D": 1, "TRELLIS_FF": 7, "DP16KD": 1 } } }, "design": { "num_cells_by_type": { "unit": 2, "LUT4": 3, "CCU2C": 10, "TRELLIS_FF": 14 } } }"#,
    br#"{ "modules": { "top": { "num_cells_by_type": { "LUT4": 3 } } }, "design": { "num_cells_by_type": { "LUT4": 3 } } }"#,
];

pub const TIMING: [&[u8]; 1] = [
    br#"{ "critical_paths": [ { "from": "async", "to": "posedge c", "path": [] }, { "from": "posedge c", "to": "posedge c", "path": [ { "type": "clk-to-q", "delay": 0.5, "from": { "cell": "decomposer.datapath.left_0.a", "port": "CLK" }, "to": { "cell": "decomposer.datapath.left_0.a", "port": "Q" } }, { "type": "routing", "delay": 1.0, "from": { "cell": "decomposer.a", "port": "Q" }, "to": { "cell": "b.c", "port": "A" } } ] } ], "fmax": { "c": { "achieved": 81.5, "constraint": 100 } }, "utilization": { "TRELLIS_COMB": { "used": 9 }, "TRELLIS_RAMW": { "used": 2 }, "TRELLIS_FF": { "used": 4 } } }"#,
];

pub const EARLIER: [&[u8]; 3] = [
    br#"{"generator":"svdforge","files":[{"name":"svd.v","role":"rtl"},{"name":"sub/one.v","role":"rtl"}]}"#,
    br#"{"generator":"svdforge","files":["svd.v","core.json"]}"#,
    br#"{"generator":"svdforge","files":[{"name":"../outside.txt"},{"name":"/tmp/x"},{"name":"sub"},{"name":"."}]}"#,
];

pub const SYNTHESIS_AREA: &str = r#""target":"ecp5-85k","pnr":false,"tools":{"yosys":"0.5"},"verilog":"00ff","lut":10,"ff":20,"dsp":1,"block_rams":0,"fmax_mhz":null,"svd_per_second":null"#;
