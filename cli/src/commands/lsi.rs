//! The command `svdforge lsi`.

use crate::answer::Answer;
use crate::engine_options::EngineOptions;
use crate::later::LaterFile;
use crate::progress::Progress;
use crate::{Verdict, output};
use anyhow::{Context, Result, anyhow};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Instant;
use svdforge_apps::decomposer::Decomposer;
use svdforge_apps::lsi::clusters::clusters;
use svdforge_apps::lsi::corpus::Titles;
use svdforge_apps::lsi::map::{Map, default_axes};
use svdforge_apps::lsi::model::{Query, Ranked, default_rank};
use svdforge_apps::lsi::read::{Counting, files, is_table, parse_corpus, read_corpus, read_text};
use svdforge_apps::lsi::tokens::StopWords;
use svdforge_apps::lsi::{Corpus, Model, SAMPLE, SAMPLE_STOP_WORDS, Weights};
use svdforge_apps::plot::{Format, render};
use svdforge_files::{Outputs, check_inputs_stay};
use svdforge_golden::digits::{counted, fixed};

/// The most rows of a table that are printed.
const SHOWN: usize = 40;

/// Index documents by meaning: similar words, answers to queries, clusters, a map
///
/// This is latent semantic indexing: the truncated SVD of the matrix that counts how often each word
/// occurs in each document. Without a file, the command runs on its sample: the titles of nine books
/// on investing, with the stop words of that example.
/// Example: svdforge lsi news.txt --weights tf-idf --query "bush fire" --picture map.svg
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Lsi {
    /// A text file with one document per line, a folder of text files, or a .csv or .tsv of counts, with a header of
    /// titles followed by rows of a word and its counts [default: the sample]
    #[arg(value_name = "FILE")]
    corpus: Option<PathBuf>,
    /// File of words to leave out instead of the common English ones; an empty file leaves out none
    #[arg(long, value_name = "FILE")]
    stop_words: Option<PathBuf>,
    /// Whether the first row of a .csv or .tsv is a header of titles and no row of counts [default: as the file shows]
    #[arg(long, value_name = "yes|no", requires = "corpus")]
    header: Option<Answer>,
    /// Leave out words that occur in fewer than this number of documents of a text
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..))]
    min_documents: u32,
    /// Weights of the elements of the matrix
    #[arg(long, default_value = "count")]
    weights: WeightsOption,
    /// Number of dimensions, up to 32 [default: a third of the number of words or documents, from 2 to 20]
    #[arg(long, value_name = "K")]
    rank: Option<usize>,
    /// List the words that are used in the most similar way
    #[arg(long, value_name = "WORD")]
    similar: Option<String>,
    /// List the documents that are nearest to these words
    #[arg(long, value_name = "WORDS")]
    query: Option<String>,
    /// Length of the lists
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    top: u32,
    /// Number of groups of documents
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    clusters: u32,
    /// Draw a map of words and documents, as .svg or .png
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// Horizontal and vertical dimension of the map [default: 2,3, since the first shows little more than length]
    #[arg(long, value_name = "X,Y", value_parser = axes, requires = "picture")]
    axes: Option<(usize, usize)>,
    #[command(flatten)]
    engine: EngineOptions,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum WeightsOption {
    /// How often the word occurs in the document
    Count,
    /// That count times ln(documents / documents with the word), with each document scaled to length 1
    TfIdf,
}

fn axes(text: &str) -> Result<(usize, usize), String> {
    let numbers: Vec<usize> = text.split(',').filter_map(|part| part.trim().parse().ok()).collect();
    match numbers[..] {
        [x, y] if x > 0 && y > 0 && x != y => Ok((x, y)),
        _ => Err("give two different dimensions, such as 2,3".to_owned()),
    }
}

/// The result of one engine.
struct Run {
    engine: Box<dyn Decomposer>,
    model: Model,
    seconds: f64,
    clusters: Vec<usize>,
    similar: Option<Vec<Ranked>>,
    query: Option<Query>,
}

impl Lsi {
    /// Indexes the documents with each engine, and prints the results side by side.
    pub fn run(self) -> Result<Verdict> {
        let format = self.picture.as_deref().map(Format::of).transpose()?;
        let texts = self.corpus.as_deref().map(files).transpose()?.unwrap_or_default();
        check_inputs_stay(texts.iter().chain(&self.stop_words), &self.picture)?;
        let file = self.corpus.as_deref().unwrap_or(Path::new("nine-titles.txt (sample)"));
        let corpus = self.corpus(file)?;
        let rank = self.rank.unwrap_or_else(|| default_rank(&corpus));
        let axes = self.axes.map_or(default_axes(rank), |(x, y)| (x - 1, y - 1));
        if let (Some(path), true) = (&self.picture, axes.0.max(axes.1) >= rank || axes.0 == axes.1) {
            let file = path.display();
            return Err(anyhow!(
                "{file}: --axes must name two of the {rank} dimensions; raise --rank or choose others"
            ));
        }
        let weights = match self.weights {
            WeightsOption::Count => Weights::Counts,
            WeightsOption::TfIdf => Weights::TfIdf,
        };
        let engines = self.engine.engines()?;
        let mut outputs = Outputs::new();
        let sink = LaterFile::create(&mut outputs, self.picture.as_deref())?;
        let mut runs = Vec::new();
        for mut engine in engines {
            let _progress = Progress::start(format!("decomposing, engine {}", engine.name()));
            let begin = Instant::now();
            let model =
                Model::fit(&corpus, weights, rank, engine.as_mut()).with_context(|| file.display().to_string())?;
            let seconds = begin.elapsed().as_secs_f64();
            let clusters = clusters(&model.document_points(), self.clusters as usize, 1);
            let in_file = || file.display().to_string();
            let similar = self.similar.as_ref().map(|word| model.similar_words(word)).transpose();
            let query = self.query.as_ref().map(|text| model.query(&corpus, text)).transpose();
            let (similar, query) = (similar.with_context(in_file)?, query.with_context(in_file)?);
            runs.push(Run { engine, model, seconds, clusters, similar, query });
        }
        if let (Some(sink), Some(format)) = (sink, format) {
            let Run { model, clusters, .. } = &runs[0];
            sink.write(&render(&Map { corpus: &corpus, model, clusters, axes }, format)?)?;
        }
        outputs.commit()?;
        if self.json {
            output::json(&self.document(file, &corpus, &runs))?;
        } else {
            self.print(file, &corpus, &runs)?;
        }
        Ok(Verdict::Holds)
    }

    fn corpus(&self, file: &Path) -> Result<Corpus> {
        let stop_words = match (&self.stop_words, &self.corpus) {
            (Some(path), _) => StopWords::parse(&read_text(path)?),
            (None, None) => StopWords::parse(SAMPLE_STOP_WORDS),
            (None, Some(_)) => StopWords::default(),
        };
        if let (Some(path), true) = (&self.corpus, self.header.is_some())
            && !is_table(path)
        {
            return Err(anyhow!(
                "{}: --header is for tables of counts, whose names end in .csv or .tsv",
                path.display()
            ));
        }
        let header = self.header.map(Answer::is_yes);
        let counting = Counting { stop_words, header, min_documents: self.min_documents as usize };
        Ok(match &self.corpus {
            Some(path) => read_corpus(path, counting)?,
            None => parse_corpus(file, SAMPLE, false, counting)?,
        })
    }

    fn document(&self, file: &Path, corpus: &Corpus, runs: &[Run]) -> Value {
        let run = |run: &Run| {
            let Model { svd, explained, .. } = &run.model;
            let row = |m: &nalgebra::DMatrix<f64>, i: usize| m.row(i).iter().copied().collect::<Vec<f64>>();
            let words = corpus.words.iter().enumerate();
            let documents = corpus.documents.iter().enumerate();
            json!({
                "engine": run.engine.name(), "cycles": run.engine.cycles(), "seconds": run.seconds,
                "sigma": svd.sigma, "explained": explained,
                "words": words.map(|(i, word)| json!({ "word": word, "u": row(&svd.u, i) })).collect::<Vec<_>>(),
                "documents": documents
                    .map(|(j, d)| json!({ "name": d.name, "v": row(&svd.v, j), "cluster": run.clusters[j] + 1 }))
                    .collect::<Vec<_>>(),
                "similar": run.similar.as_ref().map(|list| list.iter().take(self.top as usize)
                    .map(|r| json!({ "word": corpus.words[r.index], "cosine": r.cosine })).collect::<Vec<_>>()),
                "query": run.query.as_ref().map(|query| json!({
                    "ignored": query.ignored,
                    "ranking": query.ranking.iter().take(self.top as usize)
                        .map(|r| json!({ "document": corpus.documents[r.index].name, "cosine": r.cosine }))
                        .collect::<Vec<_>>(),
                })),
            })
        };
        json!({
            "file": file, "words": corpus.words.len(), "documents": corpus.documents.len(), "skipped": corpus.skipped,
            "titles": corpus.titles,
            "weights": self.weights.to_possible_value().map(|v| v.get_name().to_owned()),
            "rank": runs[0].model.svd.sigma.len(), "runs": runs.iter().map(run).collect::<Vec<_>>(),
        })
    }

    fn print(&self, file: &Path, corpus: &Corpus, runs: &[Run]) -> Result<()> {
        let Run { model, clusters, .. } = &runs[0];
        let rank = model.svd.sigma.len();
        output::print(format!(
            "{}: {} in {}; {rank} dimensions keep {:.1} % of the sum of squares",
            file.display(),
            counted(corpus.words.len(), "word", "words"),
            counted(corpus.documents.len(), "document", "documents"),
            100.0 * model.explained
        ))?;
        let skipped = corpus.skipped.to_string();
        if !skipped.is_empty() {
            output::print(format!("skipped: {skipped}"))?;
        }
        if corpus.titles == Titles::Numbers && self.header.is_none() {
            output::note(
                "note: the numbers of the first row are taken for titles; if they are counts, give --header no",
            );
        }
        for Run { engine, seconds, .. } in runs {
            let cycles = engine.cycles().map_or(String::new(), |cycles| format!("{cycles} clock cycles, "));
            output::print(format!("engine {}: {cycles}{seconds:.2} s", engine.name()))?;
        }
        let empty = corpus.empty_documents();
        if !empty.is_empty() {
            let one = "document contains none of the words and stays at the origin";
            let several = "documents contain none of the words and stay at the origin";
            output::note(counted(empty.len(), one, several));
        }
        output::print("\nDimensions, with the words that lie farthest along each")?;
        let sigmas: Vec<String> = runs.iter().map(|run| format!("sigma, {}", run.engine.name())).collect();
        let mut table = output::table(&heads(&["", "words"], &sigmas));
        for k in 0..rank {
            let mut cells = vec![output::number(k + 1), strongest(corpus, model, k).into()];
            cells.extend(runs.iter().map(|run| output::number(fixed(run.model.svd.sigma[k], 4))));
            table.add_row(cells);
        }
        output::print(table)?;

        let shown = rank.min(3);
        let axes: Vec<String> =
            runs.iter().flat_map(|r| (1..=shown).map(move |k| format!("{} {k}", r.engine.name()))).collect();
        let vector = |pick: fn(&Run) -> &nalgebra::DMatrix<f64>, i: usize| {
            let number = move |run, k| output::number(format!("{:.2}", pick(run)[(i, k)]));
            runs.iter().flat_map(move |run| (0..shown).map(move |k| number(run, k))).collect::<Vec<_>>()
        };
        if corpus.words.len() <= SHOWN {
            output::print("\nWords: rows of U")?;
            let mut table = output::table(&heads(&["word"], &axes));
            for (i, word) in corpus.words.iter().enumerate() {
                let mut cells = vec![word.into()];
                cells.extend(vector(|run| &run.model.svd.u, i));
                table.add_row(cells);
            }
            output::print(table)?;
        }
        let more = corpus.documents.len().saturating_sub(SHOWN);
        let cut = if more > 0 { format!("; the first {SHOWN}, {more} more are in --json") } else { String::new() };
        output::print(format!("\nDocuments: rows of V{cut}"))?;
        let mut table = output::table(&heads(&["", "document", "cluster"], &axes));
        for (j, document) in corpus.documents.iter().enumerate().take(SHOWN) {
            let mut cells = vec![(&document.name).into(), (&document.text).into(), output::number(clusters[j] + 1)];
            cells.extend(vector(|run| &run.model.svd.v, j));
            table.add_row(cells);
        }
        output::print(table)?;

        if let Some(word) = &self.similar {
            output::print(format!("\nWords used like '{word}'"))?;
            let lists: Vec<&[Ranked]> = runs.iter().filter_map(|run| run.similar.as_deref()).collect();
            self.ranking(runs, &lists, &["word"], |i| vec![corpus.words[i].clone()])?;
        }
        if let Some(text) = &self.query {
            output::print(format!("\nDocuments nearest to '{text}'"))?;
            let queries = || runs.iter().filter_map(|run| run.query.as_ref());
            let lists: Vec<&[Ranked]> = queries().map(|query| query.ranking.as_slice()).collect();
            let name = |j: usize| vec![corpus.documents[j].name.clone(), corpus.documents[j].text.clone()];
            self.ranking(runs, &lists, &["", "document"], name)?;
            let ignored = queries().next().map_or(Vec::new(), |query| query.ignored.clone());
            if !ignored.is_empty() {
                output::note(format!("ignored, because the corpus does not contain them: {}", ignored.join(", ")));
            }
        }
        Ok(())
    }

    /// Prints the ranking of the first engine, with the cosines of every engine.
    fn ranking(
        &self,
        runs: &[Run],
        lists: &[&[Ranked]],
        what: &[&str],
        name: impl Fn(usize) -> Vec<String>,
    ) -> Result<()> {
        let cosines: Vec<String> = runs.iter().map(|run| format!("cosine, {}", run.engine.name())).collect();
        let mut table = output::table(&heads(&[&[""], what].concat(), &cosines));
        for (place, found) in lists[0].iter().take(self.top as usize).enumerate() {
            let mut cells = vec![output::number(place + 1)];
            cells.extend(name(found.index).into_iter().map(Into::into));
            cells.extend(lists.iter().map(|list| {
                let same = list.iter().find(|r| r.index == found.index);
                output::number(same.map_or(String::new(), |r| format!("{:.4}", r.cosine)))
            }));
            table.add_row(cells);
        }
        output::print(table)
    }
}

fn heads<'a>(first: &[&'a str], then: &'a [String]) -> Vec<&'a str> {
    first.iter().copied().chain(then.iter().map(String::as_str)).collect()
}

/// The words farthest along a dimension, with a minus sign for those on the negative side.
fn strongest(corpus: &Corpus, model: &Model, k: usize) -> String {
    let column = model.svd.u.column(k);
    let mut order: Vec<usize> = (0..column.len()).collect();
    order.sort_by(|i, j| column[*j].abs().total_cmp(&column[*i].abs()).then(i.cmp(j)));
    let sign = |i: usize| if column[i] < 0.0 { "-" } else { "" };
    order.into_iter().take(5).map(|i| format!("{}{}", sign(i), corpus.words[i])).collect::<Vec<_>>().join(" ")
}
