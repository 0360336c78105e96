use super::*;
use crate::compress::picture::psnr;
use crate::decomposer::{CoreDecomposer, GoldenDecomposer};
use std::path::Path;
use svdforge_hdl::parameters::Parameters;

fn sample() -> Picture {
    Picture::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/shapes.png")).unwrap()
}

/// The picture is no multiple of the tile and has rank 1 in each tile. The padding must not show.
#[test]
fn tiles_at_the_edges_are_padded_by_repetition() {
    let plane = Channel::from_fn(19, 13, |i, _| (10 * i) as u8);
    assert_eq!(cut_out(&plane, (16, 8), (8, 8)).row(7), cut_out(&plane, (16, 8), (8, 8)).row(2));
    let picture = Picture { planes: vec![plane.clone(), plane.map(|x| 255 - x), plane] };
    let compressed = compress(&picture, Cut::Tiles(8), 1, 16, &mut GoldenDecomposer).unwrap();
    assert_eq!(compressed.pieces, 6);
    assert_eq!(compressed.picture, picture);
    let point = &compressed.points[0];
    assert_eq!(point.psnr_db, None);
    assert_eq!((point.numbers, point.bytes), (3 * 6 * 17, 3 * 6 * 17 * 2));
}

/// The squared error of the best approximation is the sum of the squares of the singular values left out (Eckart,
/// Young). So the PSNR must follow from the golden spectrum. Rounding to whole pixels adds at most 1/2 per pixel, and
/// rounding of the kept words far less.
#[test]
fn psnr_is_what_the_spectrum_says() {
    let picture = sample();
    let plane = &picture.planes[0];
    let golden = GoldenDecomposer.decompose(&plane.map(f64::from)).unwrap_or_else(|error| panic!("{error}"));
    for mut decomposer in
        [Box::new(GoldenDecomposer) as Box<dyn Decomposer>, Box::new(CoreDecomposer::new(Parameters::default()))]
    {
        let compressed = compress(&picture, Cut::Whole, 24, 16, decomposer.as_mut()).unwrap();
        for rank in [1, 8, 24] {
            let left: f64 = golden.sigma[rank..].iter().map(|s| s * s).sum();
            let pixels = plane.len() as f64;
            let expected = (left / pixels).sqrt();
            let error = 255.0 / 10_f64.powf(compressed.points[rank - 1].psnr_db.unwrap() / 20.0);
            // Clamping can only reduce the error, rounding adds 1/sqrt(12) in the root mean square, and the range
            // finder's error is small.
            assert!(
                (error - expected).abs() < 0.03 * expected + 0.3,
                "{} {rank}: {error} {expected}",
                decomposer.name()
            );
        }
    }
}

#[test]
fn every_rank_more_is_better_and_costs_the_same() {
    let picture = sample();
    for side in [8, 16, 32] {
        let compressed = compress(&picture, Cut::Tiles(side), side / 2, 16, &mut GoldenDecomposer).unwrap();
        let points = compressed.points;
        assert_eq!(psnr(&picture, &compressed.picture), points[side / 2 - 1].psnr_db);
        for pair in points.windows(2) {
            let value = |point: &Point| point.psnr_db.unwrap_or(f64::INFINITY);
            assert!(value(&pair[1]) >= value(&pair[0]), "{side}: {pair:?}");
            assert_eq!(pair[1].numbers - pair[0].numbers, points[0].numbers);
        }
        assert_eq!(points[side - 1].psnr_db, None, "at full rank every pixel is back");
    }
}

#[test]
fn ranks_that_do_not_exist_are_refused() {
    let picture = Picture { planes: vec![Channel::from_element(40, 10, 1)] };
    for (cut, rank, most) in [(Cut::Tiles(8), 9, 8), (Cut::Whole, 11, 10), (Cut::Whole, 0, 10)] {
        let error = compress(&picture, cut, rank, 16, &mut GoldenDecomposer).err().unwrap().to_string();
        assert!(error.contains(&format!("1 to {most}")), "{error}");
    }
}
