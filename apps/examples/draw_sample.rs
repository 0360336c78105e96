//! Draws the sample picture again and writes its file: `cargo run --release -p svdforge-apps --example draw_sample`.

use std::error::Error;
use std::path::Path;
use svdforge_apps::compress::sample;

fn main() -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/shapes.png");
    std::fs::write(path, sample::draw().to_png()?)?;
    Ok(())
}
