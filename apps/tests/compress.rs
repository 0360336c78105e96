//! Tests compression and denoising on a photograph, which `scripts/fetch-data.sh` fetches.

use std::path::Path;
use svdforge_apps::compress::denoise::{Noise, denoise};
use svdforge_apps::compress::picture::{Picture, add_noise, channel, plane, psnr};
use svdforge_apps::compress::tiles::{Cut, compress};
use svdforge_apps::decomposer::{CoreDecomposer, Decomposer, GoldenDecomposer};
use svdforge_hdl::parameters::Parameters;

fn camera() -> Picture {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.data/camera.png");
    assert!(path.exists(), "{} is missing: run scripts/fetch-data.sh", path.display());
    Picture::read(&path).expect("reads")
}

#[test]
fn a_photograph_as_a_whole_on_both_engines() {
    let camera = camera();
    assert_eq!((camera.shape(), camera.planes.len()), ((512, 512), 1));
    let quality = |decomposer: &mut dyn Decomposer| {
        let compressed = compress(&camera, Cut::Whole, 24, 16, decomposer).expect("compresses");
        [1, 8, 24].map(|rank| compressed.points[rank - 1_usize].psnr_db.expect("differs"))
    };
    let (core, golden) = (quality(&mut CoreDecomposer::new(Parameters::default())), quality(&mut GoldenDecomposer));
    println!("core {core:?}, golden {golden:?}");
    for (x, y) in core.iter().zip(&golden) {
        // Errors of 16 bits are far below those of a low rank: 96 dB against 30.
        assert!((x - y).abs() < 0.05, "{x} {y}");
    }
    assert!(golden[0] < golden[1] && golden[1] < golden[2] && golden[2] > 24.0, "{golden:?}");
}

#[test]
fn noise_on_a_photograph_is_measured_and_removed() {
    let clean = camera();
    let noisy = add_noise(&clean, 25.0, 7);
    let found =
        denoise(&plane(&noisy.planes[0]), Cut::Tiles(16), Noise::Unknown, &mut GoldenDecomposer).expect("denoises");
    let after = Picture { planes: vec![channel(&found.plane)] };
    let [before, after] = [&noisy, &after].map(|picture| psnr(&clean, picture).expect("differs"));
    println!("noise {:.1}, {before:.2} dB before, {after:.2} dB after", found.noise);
    // Clipping at black and white reduces the noise, and structure in the median singular values adds to the estimate.
    assert!((found.noise - 25.0).abs() < 5.0, "{}", found.noise);
    assert!(after > before + 4.0, "{before} {after}");
}
