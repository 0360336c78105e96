//! The command `svdforge recommend`.

mod people;

use crate::endings;
use crate::engine_options::EngineOptions;
use crate::later::LaterFile;
use crate::progress::Progress;
use crate::{Verdict, output};
use anyhow::{Context, Result};
use clap::Args;
use people::{People, find};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use svdforge_apps::decomposer::Decomposer;
use svdforge_apps::plot::charts::{Chart, Charts, Series};
use svdforge_apps::plot::{Format, render};
use svdforge_apps::recommend::columns::{Asked, Columns};
use svdforge_apps::recommend::model::Profile;
use svdforge_apps::recommend::ratings::{Ratings, Scale, parse_ratings, read_ratings_as};
use svdforge_apps::recommend::{SAMPLE, Settings, Study, study};
use svdforge_files::{Outputs, check_inputs_stay};
use svdforge_golden::digits::{counted, fixed};

/// Learn from ratings: predict them, list what each user may like, find similar items and users
///
/// The command fills the user-item matrix by truncated SVDs. It chooses the rank on some ratings that
/// are held out, and reports errors on others. Without a file, it runs on its sample: eighteen women
/// and fourteen events (Davis, Gardner and Gardner 1941).
/// Example: svdforge recommend ratings.csv --user 42 --top 10
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Recommend {
    /// Ratings as user,item,rating, separated by commas, semicolons, tabs or double colons; there may be a header and
    /// more columns [default: the sample]
    #[arg(value_name = "FILE")]
    ratings: Option<PathBuf>,
    /// Columns to use, each by its name in the header or its number from 1, such as user=uid,item=isbn,rating=4
    /// [default: those that the header names, or the first three]
    #[arg(long, value_name = "user=..,item=..,rating=..", requires = "ratings")]
    columns: Option<Asked>,
    /// Drop ratings outside this range, and keep predictions in it [default: from the lowest rating to the highest]
    #[arg(long, value_name = "LOW,HIGH", allow_hyphen_values = true, value_parser = scale)]
    scale: Option<Scale>,
    /// Number of factors, up to 32 and up to the smaller side of the matrix; `auto` takes as many as predict best on
    /// ratings held out
    #[arg(long, value_name = "auto|K", default_value = "auto", value_parser = rank)]
    rank: Rank,
    /// Length of lists
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    top: u32,
    /// List what this user may like and has not rated; may be repeated [default: the first user]
    #[arg(long, value_name = "ID")]
    user: Vec<String>,
    /// List the items most like this one
    #[arg(long, value_name = "ID")]
    similar_items: Option<String>,
    /// List the users most like this one
    #[arg(long, value_name = "ID")]
    similar_users: Option<String>,
    /// Ratings of new users, or further ratings of known ones, who get their lists without a new decomposition
    #[arg(long, value_name = "FILE")]
    fold_in: Option<PathBuf>,
    /// Seed of the split and of the randomised range finder
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    engine: EngineOptions,
    /// Draw the error against the rank, as SVG
    #[arg(long, value_name = "FILE", value_parser = endings::svg)]
    picture: Option<PathBuf>,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

fn scale(text: &str) -> Result<Scale, String> {
    let numbers: Vec<f64> = text.split(',').filter_map(|part| part.trim().parse().ok()).collect();
    match numbers[..] {
        [low, high] if low < high && low.is_finite() && high.is_finite() && text.matches(',').count() == 1 => {
            Ok(Scale { low, high })
        }
        _ => Err("give the lowest and the highest rating, such as 1,5".to_owned()),
    }
}

/// A wrapper, because clap takes a bare `Option` for an argument that may be left out.
#[derive(Clone, Copy, Debug)]
struct Rank(Option<usize>);

fn rank(text: &str) -> Result<Rank, String> {
    match (text, text.parse()) {
        ("auto", _) => Ok(Rank(None)),
        (_, Ok(rank)) if (1..=svdforge_apps::decomposer::LARGEST).contains(&rank) => Ok(Rank(Some(rank))),
        _ => Err(format!("give `auto` or a number from 1 to {}", svdforge_apps::decomposer::LARGEST)),
    }
}

/// The result of one engine.
struct Run {
    engine: Box<dyn Decomposer>,
    study: Study,
}

impl Recommend {
    /// Studies the ratings with each engine, and answers with the model of the first.
    pub fn run(self) -> Result<Verdict> {
        check_inputs_stay([&self.ratings, &self.fold_in].into_iter().flatten(), &self.picture)?;
        let sample = Path::new("the sample");
        let file = self.ratings.as_deref().unwrap_or(sample);
        let ratings = match &self.ratings {
            Some(path) => read_ratings_as(path, self.scale, self.columns.as_ref())?,
            None => parse_ratings(sample, SAMPLE.as_bytes(), self.scale)?,
        };
        let read_new = |path: &PathBuf| read_ratings_as(path, self.scale, self.columns.as_ref());
        let fold_in = self.fold_in.as_ref().map(read_new).transpose()?;
        let people = People::new(&ratings, fold_in.as_ref());
        let wanted: Vec<String> = match (self.user.is_empty(), &fold_in) {
            (false, _) => self.user.clone(),
            (true, Some(new)) => (0..new.users.len()).map(|user| new.users.name(user).to_owned()).collect(),
            (true, None) => vec![ratings.users.name(0).to_owned()],
        };
        let users = wanted.iter().map(|id| people.find(id, file)).collect::<Result<Vec<_>>>()?;
        let like_user = self.similar_users.as_ref().map(|id| people.find(id, file)).transpose()?;
        let like_item = self.similar_items.as_ref().map(|id| find(&ratings.items, id, "item", file)).transpose()?;

        let mut outputs = Outputs::new();
        let picture = LaterFile::create(&mut outputs, self.picture.as_deref())?;
        let top = self.top as usize;
        let settings = Settings { rank: self.rank.0, top, seed: self.seed, scale: self.scale };
        let mut runs = Vec::new();
        for mut engine in self.engine.engines()? {
            let _progress = Progress::start(format!("decomposing, engine {}", engine.name()));
            let study = study(&ratings, &settings, engine.as_mut()).with_context(|| file.display().to_string())?;
            runs.push(Run { engine, study });
        }
        if let Some(picture) = picture {
            picture.write(&render(&Charts(vec![chart(&runs)]), Format::Svg)?)?;
        }
        outputs.commit()?;
        let model = &runs[0].study.model;
        let profiles: Vec<Profile> = people.ratings.iter().map(|list| model.profile(list)).collect();
        let item_names = |list: Vec<(usize, f64)>| -> Vec<(String, f64)> {
            list.into_iter().map(|(item, value)| (ratings.items.name(item).to_owned(), value)).collect()
        };
        let lists: Vec<List> = (users.iter())
            .map(|&user| List {
                key: "top",
                of: people.names[user].clone(),
                title: format!("For {}, best first", people.names[user]),
                value: "predicted",
                rows: item_names(model.top(&profiles[user], top)),
            })
            .chain(like_item.map(|item| List {
                key: "similar_items",
                of: ratings.items.name(item).to_owned(),
                title: format!("Items like {}", ratings.items.name(item)),
                value: "cosine",
                rows: item_names(model.similar_items(item, top)),
            }))
            .chain(like_user.map(|user| {
                List {
                    key: "similar_users",
                    of: people.names[user].clone(),
                    title: format!("Users like {}", people.names[user]),
                    value: "cosine",
                    rows: (model.similar_users(&profiles, user, top).into_iter())
                        .map(|(other, cosine)| (people.names[other].clone(), cosine))
                        .collect(),
                }
            }))
            .collect();
        if self.json {
            output::json(&self.document(file, &ratings, fold_in.as_ref(), &people, &runs, &lists))?;
        } else {
            self.print(file, &ratings, fold_in.as_ref(), &people, &runs, &lists)?;
        }
        Ok(Verdict::Holds)
    }

    fn document(
        &self,
        file: &Path,
        ratings: &Ratings,
        fold_in: Option<&Ratings>,
        people: &People,
        runs: &[Run],
        lists: &[List],
    ) -> Value {
        let runs: Vec<Value> = runs
            .iter()
            .map(|Run { engine, study }| {
                let selection = &study.selection;
                json!({
                    "engine": engine.name(), "cycles": engine.cycles(), "rank": selection.choice.rank,
                    "lambda": selection.choice.lambda, "list_rank": selection.choice.list_rank,
                    "validation": { "ranks": selection.ranks, "lambdas": selection.lambdas,
                        "rmse_global_mean": selection.rmse_mean, "rmse_means": selection.rmse_means },
                    "test": study.test,
                })
            })
            .collect();
        let of = |key: &str| -> Vec<Value> {
            let row = |value: &'static str, rows: &[(String, f64)]| -> Vec<Value> {
                rows.iter().map(|(id, number)| json!({ "id": id, value: number })).collect()
            };
            lists
                .iter()
                .filter(|l| l.key == key)
                .map(|l| json!({ "of": l.of, "list": row(l.value, &l.rows) }))
                .collect()
        };
        json!({
            "file": file, "users": ratings.users.len(), "items": ratings.items.len(), "ratings": ratings.list.len(),
            "cleaning": { "read": ratings.read, "duplicates": ratings.duplicates, "out_of_scale": ratings.out_of_scale },
            "columns": columns(&ratings.columns), "text": ratings.layout, "decimals": ratings.decimals,
            "fold_in": { "users": people.folded, "unknown_items": people.unknown_items, "out_of_scale": people.out_of_scale,
                "read": fold_in.map(|new| new.read), "duplicates": fold_in.map(|new| new.duplicates), "replaced": people.replaced,
                "columns": fold_in.map(|new| columns(&new.columns)), "text": fold_in.map(|new| new.layout),
                "decimals": fold_in.map(|new| new.decimals) },
            "top_n": self.top, "seed": self.seed, "runs": runs,
            "top": of("top"), "similar_items": of("similar_items"), "similar_users": of("similar_users"),
        })
    }

    fn print(
        &self,
        file: &Path,
        ratings: &Ratings,
        fold_in: Option<&Ratings>,
        people: &People,
        runs: &[Run],
        lists: &[List],
    ) -> Result<()> {
        output::print(format!(
            "{}: {} of {} by {}; dropped of the {} in the file: {} that were given again later, {} outside the scale",
            file.display(),
            counted(ratings.list.len(), "rating", "ratings"),
            counted(ratings.items.len(), "item", "items"),
            counted(ratings.users.len(), "user", "users"),
            counted(ratings.read, "rating", "ratings"),
            ratings.duplicates,
            ratings.out_of_scale
        ))?;
        output::print(format!("columns: {}", described(ratings)))?;
        if let Some(new) = fold_in {
            output::print(format!(
                "folded in: {}; of their {}, left out: {} of unknown items, {} outside the scale, {} that were given again later; in the place of ratings in {file}: {}",
                counted(people.folded, "user", "users"),
                counted(new.read, "rating", "ratings"),
                people.unknown_items,
                people.out_of_scale,
                new.duplicates,
                people.replaced,
                file = file.display()
            ))?;
            output::print(format!("their columns: {}", described(new)))?;
        }
        for Run { engine, study } in runs {
            let choice = &study.selection.choice;
            let cycles = engine.cycles().map_or(String::new(), |cycles| format!(", {cycles} clock cycles"));
            output::print(format!(
                "Engine {}: rank {} for ratings (lambda {}), {} for lists{cycles}. Quality on the tenth of the ratings that was held out:",
                engine.name(),
                choice.rank,
                fixed(choice.lambda, 3),
                choice.list_rank
            ))?;
            let at = |name: &str| format!("{name}@{}", self.top);
            let heads = [at("precision"), at("recall"), at("NDCG")];
            let mut table = output::table(&["", "RMSE", &heads[0], &heads[1], &heads[2]]);
            for score in &study.test {
                let cell = |v: Option<f64>| output::number(v.map_or("-".to_owned(), |v| fixed(v, 4)));
                let r = score.ranking;
                table.add_row([
                    score.method.into(),
                    cell(score.rmse),
                    cell(r.map(|r| r.precision)),
                    cell(r.map(|r| r.recall)),
                    cell(r.map(|r| r.ndcg)),
                ]);
            }
            output::print(table)?;
        }
        for list in lists {
            if list.rows.is_empty() {
                output::print(format!("{}: nothing is left to list", list.title))?;
                continue;
            }
            output::print(&list.title)?;
            let mut table = output::table(&["", "", list.value]);
            for (place, (name, value)) in list.rows.iter().enumerate() {
                table.add_row([output::number(place + 1), name.into(), output::number(fixed(*value, 3))]);
            }
            output::print(table)?;
        }
        Ok(())
    }
}

/// How the file was read.
fn described(ratings: &Ratings) -> String {
    let decimals = ratings.decimals;
    let decimals = if decimals.is_plain() { String::new() } else { format!("; {decimals}") };
    format!("{}; {}{decimals}", ratings.columns, ratings.layout)
}

/// The columns that were used, for programs.
fn columns(columns: &Columns) -> Value {
    let column = |index: usize| json!({ "column": index + 1, "name": columns.name(index) });
    let [user, item, rating] = columns.indices.map(column);
    json!({ "user": user, "item": item, "rating": rating, "header": columns.header, "count": columns.width })
}

/// A list to print.
struct List {
    key: &'static str,
    of: String,
    title: String,
    value: &'static str,
    rows: Vec<(String, f64)>,
}

fn chart(runs: &[Run]) -> Chart {
    let selection = &runs[0].study.selection;
    let ends = [selection.ranks.first(), selection.ranks.last()].map(|step| step.map_or(1.0, |s| s.rank as f64));
    let level = |name: &str, rmse: f64| Series { name: name.to_owned(), points: ends.map(|x| (x, rmse)).to_vec() };
    let mut series: Vec<Series> = runs
        .iter()
        .map(|run| Series {
            name: format!("SVD, {}", run.engine.name()),
            points: run.study.selection.ranks.iter().map(|step| (step.rank as f64, step.rmse)).collect(),
        })
        .collect();
    series.push(level("item mean + user mean", selection.rmse_means));
    series.push(level("global mean", selection.rmse_mean));
    Chart {
        title: "Error of predicted ratings held out for validation".to_owned(),
        x: "rank".to_owned(),
        y: "RMSE".to_owned(),
        logarithmic: false,
        series,
    }
}
