//! Joins the journals of all shards of a campaign.

use super::error::CampaignError;
use super::journal::{self, Shard};
use super::plan::Plan;
use super::record::Record;
use crate::documents::difference;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Reads the plan of a campaign and all its records from journals and from folders of journals. Every shard must be
/// there once and be finished.
pub fn merge(paths: &[PathBuf]) -> Result<(Plan, Vec<Record>), CampaignError> {
    let files = journals(paths)?;
    let mut first: Option<(&Path, Plan, usize)> = None;
    let mut shards: BTreeMap<usize, (&Path, Vec<Record>)> = BTreeMap::new();
    for file in &files {
        let (header, records) = journal::read(file)?;
        let Shard { index, count } = header.shard;
        match &first {
            None => first = Some((file, header.campaign, count)),
            Some((other, plan, shard_count)) => {
                let differs = difference(&header.campaign, plan)
                    .or_else(|| difference(&count, shard_count).map(|(_, a, b)| ("shard.count".to_owned(), a, b)));
                if let Some((field, found, other_found)) = differs {
                    let (path, other) = (file.clone(), other.to_path_buf());
                    return Err(CampaignError::Apart { path, other, field, found, other_found });
                }
            }
        }
        if let Some((other, _)) = shards.get(&index) {
            return Err(CampaignError::Shards(format!(
                "{} and {}: both are shard {index} of {count}; give each shard once",
                other.display(),
                file.display()
            )));
        }
        shards.insert(index, (file, records));
    }
    let Some((_, plan, count)) = first else {
        let places: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
        return Err(CampaignError::Shards(format!(
            "{}: there is no journal of a campaign; shards are written by `svdforge report --shard i/k --out DIR` as matrices-i-of-k.jsonl",
            places.join(", ")
        )));
    };
    let missing: Vec<String> = (1..=count).filter(|i| !shards.contains_key(i)).map(|i| i.to_string()).collect();
    if !missing.is_empty() {
        return Err(CampaignError::Shards(format!(
            "{} of {count} shards are missing: {}; give their journals too, or run them with --shard i/{count}",
            missing.len(),
            list(&missing)
        )));
    }
    let all = plan.items().len();
    for (&index, (file, records)) in &shards {
        let expected = (0..all).filter(|&matrix| Shard { index, count }.has(matrix)).count();
        if records.len() < expected {
            return Err(CampaignError::Shards(format!(
                "{}: shard {index}/{count} is not finished: {} of {expected} matrices are there; run its command again to continue it",
                file.display(),
                records.len()
            )));
        }
    }
    let mut records: Vec<Record> = shards.into_values().flat_map(|(_, records)| records).collect();
    records.sort_unstable_by_key(|record| record.matrix);
    Ok((plan, records))
}

/// The journals among these paths. A file is taken as it is; of a folder, the files with a journal's name are taken.
fn journals(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CampaignError> {
    let mut files = Vec::new();
    for path in paths {
        let error = |source| CampaignError::Io { path: path.clone(), what: "cannot be read", source };
        if !fs::metadata(path).map_err(error)?.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut found = Vec::new();
        for entry in fs::read_dir(path).map_err(error)? {
            let entry = entry.map_err(error)?;
            if is_journal(&entry.file_name().to_string_lossy()) {
                found.push(entry.path());
            }
        }
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

/// Whether this is the file name of a journal.
pub fn is_journal(name: &str) -> bool {
    name.strip_prefix("matrices-")
        .and_then(|rest| rest.strip_suffix(".jsonl"))
        .is_some_and(|middle| middle.contains("-of-"))
}

/// The names in a list, shortened if there are many.
fn list(names: &[String]) -> String {
    match names {
        [first, .., last] if names.len() > 10 => format!("{first} to {last}, with gaps"),
        _ => names.join(", "),
    }
}
