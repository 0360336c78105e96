//! The command `svdforge compress`.

use crate::engine_options::EngineOptions;
use crate::later::LaterFile;
use crate::progress::Progress;
use crate::{Verdict, output};
use anyhow::{Context, Result, anyhow};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Instant;
use svdforge_apps::compress::Plane;
use svdforge_apps::compress::curve::Curve;
use svdforge_apps::compress::denoise::{BYTES_PER_ENTRY, Denoised, MAX_DENOISED, Noise, denoise};
use svdforge_apps::compress::picture::{Picture, add_noise, channel, plane, psnr};
use svdforge_apps::compress::sample::SAMPLE_PNG;
use svdforge_apps::compress::tiles::{Compressed, Cut, compress};
use svdforge_apps::decomposer::Decomposer;
use svdforge_apps::plot::{Format, render};
use svdforge_files::{Outputs, check_inputs_stay};
use svdforge_golden::digits::fixed;
use svdforge_golden::reader::check_memory;

/// The most outlying pixels that are printed.
const SHOWN: usize = 10;

/// Compress a picture by truncated SVDs, or remove noise and outlying pixels from it
///
/// Without a file, the command runs on its sample: 128 x 128 pixels, drawn for this purpose.
/// Example: svdforge compress photo.png --tile 16 --rank 4 --out small.png --side-by-side both.png
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Compress {
    /// A grey or colour picture: PNG, PGM or PPM, of at most 2^26 pixels (2^24 with --denoise) [default: the sample]
    #[arg(value_name = "FILE")]
    picture_file: Option<PathBuf>,
    /// Side of the tiles to decompose: 8, 16 or 32
    #[arg(long, value_name = "PIXELS", default_value = "16", value_parser = ["8", "16", "32"])]
    tile: String,
    /// Decompose the whole picture, reduced by the randomised range finder, instead of tiles
    #[arg(long, conflicts_with = "tile")]
    whole: bool,
    /// Number of singular triplets to keep of each tile, or of the whole, up to 32 [default: an eighth of the tile; 16
    /// of the whole]
    #[arg(long, value_name = "K", conflicts_with = "denoise")]
    rank: Option<usize>,
    /// Remove noise: the rank follows from the noise level (Gavish and Donoho 2014), and outlying pixels are listed
    #[arg(long)]
    denoise: bool,
    /// Standard deviation of the noise, in grey levels from 0 to 255; `auto` estimates it
    #[arg(long, value_name = "auto|X", default_value = "auto", requires = "denoise", allow_hyphen_values = true, value_parser = level)]
    noise: Level,
    /// Add noise of this standard deviation first, to see how much of it is removed [default: 0, or 20 for the sample]
    #[arg(long, value_name = "X", requires = "denoise", allow_hyphen_values = true, value_parser = level)]
    add_noise: Option<Level>,
    /// Draw PSNR against rank, as .svg or .png
    #[arg(long, value_name = "FILE", conflicts_with = "denoise")]
    picture: Option<PathBuf>,
    /// Write the resulting picture, as .png
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the pictures before and after side by side, as .png
    #[arg(long, value_name = "FILE")]
    side_by_side: Option<PathBuf>,
    #[command(flatten)]
    engine: EngineOptions,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

/// A wrapper, because clap takes a bare `Option` for an argument that may be left out.
#[derive(Clone, Copy, Debug)]
struct Level(Option<f64>);

fn level(text: &str) -> Result<Level, String> {
    match (text, text.parse::<f64>()) {
        ("auto", _) => Ok(Level(None)),
        (_, Ok(x)) if (0.0..=255.0).contains(&x) => Ok(Level(Some(x))),
        _ => Err("give `auto` or a number from 0 to 255".to_owned()),
    }
}

/// The result of one engine.
struct Run<T> {
    engine: Box<dyn Decomposer>,
    seconds: f64,
    picture: Picture,
    result: T,
}

/// The files to write at the end.
struct Sinks {
    outputs: Outputs,
    out: Option<LaterFile>,
    side_by_side: Option<LaterFile>,
    curve: Option<(LaterFile, Format)>,
}

impl Compress {
    /// Reads the picture, and compresses or denoises it with each engine.
    pub fn run(self) -> Result<Verdict> {
        let outputs = [&self.out, &self.side_by_side, &self.picture];
        check_inputs_stay(&self.picture_file, outputs.into_iter().flatten())?;
        for path in [&self.out, &self.side_by_side].into_iter().flatten() {
            if Format::of(path).ok() != Some(Format::Png) {
                return Err(anyhow!("{}: the name of this picture must end in .png", path.display()));
            }
        }
        let format = self.picture.as_deref().map(Format::of).transpose()?;
        let name = Path::new("shapes.png (sample)");
        let picture = match &self.picture_file {
            Some(path) => Picture::read(path)?,
            None => Picture::parse(name, SAMPLE_PNG)?,
        };
        let file = self.picture_file.as_deref().unwrap_or(name);
        let cut = if self.whole { Cut::Whole } else { Cut::Tiles(self.tile.parse()?) };
        let mut outputs: Vec<&PathBuf> = [&self.out, &self.side_by_side, &self.picture].into_iter().flatten().collect();
        outputs.sort();
        if let Some(pair) = outputs.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(anyhow!(
                "{}: two pictures are to be written to this file; give each its own name",
                pair[0].display()
            ));
        }
        let engines = self.engine.engines()?;
        let mut outputs = Outputs::new();
        let mut later = |path: &Option<PathBuf>| LaterFile::create(&mut outputs, path.as_deref());
        let (out, side_by_side, curve) = (later(&self.out)?, later(&self.side_by_side)?, later(&self.picture)?);
        let sinks = Sinks { outputs, out, side_by_side, curve: curve.zip(format) };
        match self.denoise {
            true => self.denoise(file, &picture, cut, engines, sinks)?,
            false => self.compress(file, &picture, cut, engines, sinks)?,
        }
        Ok(Verdict::Holds)
    }

    fn compress(
        &self,
        file: &Path,
        picture: &Picture,
        cut: Cut,
        engines: Vec<Box<dyn Decomposer>>,
        sinks: Sinks,
    ) -> Result<()> {
        let most = cut.most(picture.shape());
        let rank = self.rank.unwrap_or(match cut {
            Cut::Tiles(side) => side / 8,
            Cut::Whole => most.min(16),
        });
        let word = self.engine.word()?;
        let mut runs = Vec::new();
        for mut engine in engines {
            let _progress = Progress::start(format!("decomposing, engine {}", engine.name()));
            let begin = Instant::now();
            let Compressed { picture, points, .. } = compress(picture, cut, rank, word, engine.as_mut())?;
            runs.push(Run { engine, seconds: begin.elapsed().as_secs_f64(), picture, result: points });
        }
        let Sinks { outputs, out, side_by_side, curve } = sinks;
        if let Some((sink, format)) = curve {
            let lines: Vec<_> = runs.iter().map(|r| (r.engine.name().to_owned(), r.result.clone())).collect();
            let title = format!("{}, {}", file.display(), describe(cut));
            sink.write(&render(&Curve { title, lines: &lines }, format)?)?;
        }
        write(out, side_by_side, &[picture, &runs[0].picture])?;
        outputs.commit()?;
        let (rows, cols) = picture.shape();
        let original = rows * cols * picture.planes.len();
        if self.json {
            return output::json(&json!({
                "file": file, "rows": rows, "cols": cols, "channels": picture.planes.len(), "bytes": original,
                "cut": describe(cut), "rank": rank, "word": word,
                "runs": runs.iter().map(|run| json!({
                    "engine": run.engine.name(), "cycles": run.engine.cycles(), "seconds": run.seconds,
                    "chosen": run.result[rank - 1], "ranks": run.result,
                })).collect::<Vec<_>>(),
            }));
        }
        self.heading(file, picture, cut, &runs)?;
        output::print(format!(
            "The bytes kept are rank x (rows + columns + 1) numbers of {word} bits for each piece and channel, padding included, without \
             entropy coding. The uncompressed picture has {original} bytes"
        ))?;
        let columns: Vec<String> = runs.iter().map(|run| format!("PSNR, dB, {}", run.engine.name())).collect();
        let heads = ["rank", "bytes kept", "of original"].into_iter().chain(columns.iter().map(String::as_str));
        let mut table = output::table(&heads.collect::<Vec<_>>());
        for (index, point) in runs[0].result.iter().enumerate() {
            let mark = if point.rank == rank { "-> " } else { "" };
            let mut cells = vec![
                output::number(format!("{mark}{}", point.rank)),
                output::number(point.bytes),
                output::number(format!("{:.1} %", 100.0 * point.bytes as f64 / original as f64)),
            ];
            cells.extend(runs.iter().map(|run| output::number(decibels(run.result[index].psnr_db))));
            table.add_row(cells);
        }
        output::print(table)
    }

    fn denoise(
        &self,
        file: &Path,
        clean: &Picture,
        cut: Cut,
        engines: Vec<Box<dyn Decomposer>>,
        sinks: Sinks,
    ) -> Result<()> {
        let (rows, cols) = clean.shape();
        let pixels = (rows * cols) as u64;
        if pixels > MAX_DENOISED {
            return Err(anyhow!(
                "{}: has {cols} x {rows} pixels; with --denoise, give a picture of at most {MAX_DENOISED} pixels (2^24)",
                file.display()
            ));
        }
        check_memory(pixels * BYTES_PER_ENTRY).with_context(|| file.display().to_string())?;
        let added = match (self.add_noise, &self.picture_file) {
            (Some(Level(added)), _) => added.unwrap_or_default(),
            (None, None) => 20.0,
            (None, Some(_)) => 0.0,
        };
        let noisy = if added > 0.0 { add_noise(clean, added, 1) } else { clean.clone() };
        let noise = self.noise.0.map_or(Noise::Unknown, Noise::Known);
        let mut runs = Vec::new();
        for mut engine in engines {
            let _progress = Progress::start(format!("decomposing, engine {}", engine.name()));
            let begin = Instant::now();
            let (mut planes, mut result) = (Vec::new(), Vec::new());
            for noisy in &noisy.planes {
                let done = denoise(&plane(noisy), cut, noise, engine.as_mut());
                let done = done.with_context(|| file.display().to_string())?;
                planes.push(channel(&done.plane));
                // The numbers are not needed any more, and take eight times the memory of the pixels.
                result.push(Denoised { plane: Plane::zeros(0, 0), ..done });
            }
            runs.push(Run { engine, seconds: begin.elapsed().as_secs_f64(), picture: Picture { planes }, result });
        }
        let mut pictures = vec![&noisy, &runs[0].picture];
        if added > 0.0 {
            pictures.insert(0, clean);
        }
        write(sinks.out, sinks.side_by_side, &pictures)?;
        sinks.outputs.commit()?;
        let known = |picture: &Picture| (added > 0.0).then(|| psnr(clean, picture)).flatten();
        if self.json {
            let channel = |d: &Denoised| json!({ "noise": d.noise, "threshold": d.threshold, "ranks": d.ranks, "outliers": d.outliers });
            let run = |run: &Run<Vec<Denoised>>| -> Value {
                json!({
                    "engine": run.engine.name(), "cycles": run.engine.cycles(), "seconds": run.seconds,
                    "psnr_db": known(&run.picture), "channels": run.result.iter().map(channel).collect::<Vec<_>>(),
                })
            };
            return output::json(&json!({
                "file": file, "cut": describe(cut), "noise_added": added, "psnr_noisy_db": known(&noisy),
                "runs": runs.iter().map(run).collect::<Vec<_>>(),
            }));
        }
        self.heading(file, clean, cut, &runs)?;
        if added > 0.0 {
            output::print(format!("Noise of standard deviation {added} was added first."))?;
        }
        let mut table = output::table(&[
            "engine",
            "channel",
            "noise",
            "threshold",
            "ranks: smallest",
            "median",
            "largest",
            "outlying pixels",
            "PSNR before",
            "after",
        ]);
        for run in &runs {
            for (index, d) in run.result.iter().enumerate() {
                let mut ranks = d.ranks.clone();
                ranks.sort_unstable();
                table.add_row([
                    run.engine.name().into(),
                    output::number(index + 1),
                    output::number(fixed(d.noise, 2)),
                    output::number(fixed(d.threshold, 1)),
                    output::number(ranks[0]),
                    output::number(ranks[ranks.len() / 2]),
                    output::number(ranks[ranks.len() - 1]),
                    output::number(d.outliers.len()),
                    output::number(if added > 0.0 { decibels(known(&noisy)) } else { "unknown".to_owned() }),
                    output::number(if added > 0.0 { decibels(known(&run.picture)) } else { "unknown".to_owned() }),
                ]);
            }
        }
        output::print(table)?;
        let outliers: Vec<_> =
            runs[0].result.iter().enumerate().flat_map(|(c, d)| d.outliers.iter().map(move |o| (c, o))).collect();
        if !outliers.is_empty() {
            output::print(format!("Outlying pixels, those that differ most first ({} in all)", outliers.len()))?;
            let mut table = output::table(&["channel", "row", "column", "value", "fitted", "deviations"]);
            for (channel, o) in outliers.into_iter().take(SHOWN) {
                table.add_row([
                    output::number(channel + 1),
                    output::number(o.row + 1),
                    output::number(o.col + 1),
                    output::number(format!("{:.0}", o.value)),
                    output::number(format!("{:.1}", o.fitted)),
                    output::number(format!("{:+.1}", o.z)),
                ]);
            }
            output::print(table)?;
        }
        Ok(())
    }

    fn heading<T>(&self, file: &Path, picture: &Picture, cut: Cut, runs: &[Run<T>]) -> Result<()> {
        let (rows, cols) = picture.shape();
        let channels = if picture.planes.len() == 1 { "grey" } else { "red, green, blue" };
        output::print(format!("{}: {cols} x {rows} pixels, {channels}; {}", file.display(), describe(cut)))?;
        for run in runs {
            let cycles = run.engine.cycles().map_or(String::new(), |cycles| format!("{cycles} clock cycles, "));
            output::print(format!("engine {}: {cycles}{:.2} s", run.engine.name(), run.seconds))?;
        }
        Ok(())
    }
}

/// Writes the picture that results, which is the last one, and all pictures side by side, as far as they were asked
/// for.
fn write(out: Option<LaterFile>, side_by_side: Option<LaterFile>, pictures: &[&Picture]) -> Result<()> {
    if let (Some(sink), Some(last)) = (out, pictures.last()) {
        sink.write(&last.to_png()?)?;
    }
    if let Some(sink) = side_by_side {
        sink.write(&Picture::side_by_side(pictures).to_png()?)?;
    }
    Ok(())
}

fn describe(cut: Cut) -> String {
    match cut {
        Cut::Tiles(side) => format!("tiles of {side} x {side}"),
        Cut::Whole => "as a whole".to_owned(),
    }
}

fn decibels(psnr: Option<f64>) -> String {
    psnr.map_or("equal".to_owned(), |db| format!("{db:.2}"))
}
