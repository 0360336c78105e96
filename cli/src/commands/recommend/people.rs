//! The users for whom lists can be made.

use anyhow::{Result, anyhow};
use std::path::Path;
use svdforge_apps::recommend::ratings::{Names, Ratings};
use svdforge_apps::unicode;

/// The users of the rating file, followed by those that only the fold-in file has, with the ratings of each.
pub struct People {
    /// Their names.
    pub names: Vec<String>,
    /// The items and ratings of each user.
    pub ratings: Vec<Vec<(usize, f64)>>,
    /// The number of users in the fold-in file.
    pub folded: usize,
    /// The number of ratings of the fold-in file that were left out because they lie outside the scale.
    pub out_of_scale: usize,
    /// The number of ratings of the fold-in file that were left out because the rating file has no such item.
    pub unknown_items: usize,
    /// The number of ratings of the fold-in file that replace one of the rating file.
    pub replaced: usize,
}

impl People {
    /// Takes the users of `known`. The ratings of `fold_in` are added to theirs, and replace those of the same items.
    pub fn new(known: &Ratings, fold_in: Option<&Ratings>) -> Self {
        let names: Vec<String> = (0..known.users.len()).map(|user| known.users.name(user).to_owned()).collect();
        let ratings = vec![Vec::new(); names.len()];
        let mut people = Self { ratings, names, folded: 0, out_of_scale: 0, unknown_items: 0, replaced: 0 };
        known.list.iter().for_each(|r| people.ratings[r.user].push((r.item, r.value)));
        let Some(new) = fold_in else { return people };
        (people.folded, people.out_of_scale) = (new.users.len(), new.out_of_scale);
        let places: Vec<usize> = (0..new.users.len())
            .map(|user| {
                known.users.find(new.users.name(user)).unwrap_or_else(|| {
                    people.names.push(new.users.name(user).to_owned());
                    people.ratings.push(Vec::new());
                    people.names.len() - 1
                })
            })
            .collect();
        for rating in &new.list {
            let Some(item) = known.items.find(new.items.name(rating.item)) else {
                people.unknown_items += 1;
                continue;
            };
            let list = &mut people.ratings[places[rating.user]];
            let before = list.len();
            list.retain(|(rated, _)| *rated != item);
            people.replaced += before - list.len();
            list.push((item, rating.value));
        }
        people
    }

    /// The index of a user.
    pub fn find(&self, id: &str, file: &Path) -> Result<usize> {
        let wanted = unicode::name(id);
        self.names.iter().position(|name| *name == wanted).ok_or_else(|| unknown(id, "user", file, &self.names[0]))
    }
}

/// The index of an item or a user of `file`.
pub fn find(names: &Names, id: &str, what: &str, file: &Path) -> Result<usize> {
    names.find(id).ok_or_else(|| unknown(id, what, file, names.name(0)))
}

fn unknown(id: &str, what: &str, file: &Path, example: &str) -> anyhow::Error {
    let remedy = if what == "user" { ", or give the user's ratings with --fold-in FILE" } else { "" };
    anyhow!(
        "{}: there is no {what} '{}' in this file; name one that is there, such as '{example}'{remedy}",
        file.display(),
        id.escape_debug()
    )
}
