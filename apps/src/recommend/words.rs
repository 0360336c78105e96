//! Words by which public data sets call the columns of users, items and ratings.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    User,
    Item,
    Rating,
}

const USERS: [&str; 24] = [
    "user", "users", "member", "reviewer", "customer", "cust", "person", "people", "profile", "rater", "viewer",
    "reader", "listener", "player", "account", "client", "consumer", "visitor", "buyer", "guest", "student", "judge",
    "voter", "critic",
];
const ITEMS: [&str; 52] = [
    "item",
    "items",
    "movie",
    "movies",
    "film",
    "films",
    "product",
    "business",
    "book",
    "books",
    "track",
    "song",
    "artist",
    "album",
    "band",
    "anime",
    "manga",
    "joke",
    "game",
    "app",
    "recipe",
    "restaurant",
    "place",
    "venue",
    "poi",
    "hotel",
    "beer",
    "wine",
    "show",
    "series",
    "episode",
    "video",
    "article",
    "news",
    "paper",
    "course",
    "event",
    "thing",
    "object",
    "offer",
    "store",
    "shop",
    "podcast",
    "photo",
    "image",
    "listing",
    "program",
    "service",
    "site",
    "work",
    "dish",
    "drug",
];
/// Words for items that are identifiers by themselves.
const ITEM_IDENTIFIERS: [&str; 11] =
    ["isbn", "isbn10", "isbn13", "asin", "parentasin", "sku", "iid", "tconst", "gtin", "ean", "movielensid"];
/// What turns the name of a thing into that of its identifier.
const IDENTIFIERS: [&str; 9] = ["id", "ids", "idx", "index", "number", "no", "nr", "key", "code"];
/// Words for ratings, to which those of users and items may be put in front.
const RATINGS: [&str; 10] =
    ["rating", "ratings", "score", "scores", "stars", "star", "points", "point", "grade", "mark"];
const OTHER_RATINGS: [&str; 12] = [
    "overall",
    "rate",
    "vote",
    "evaluation",
    "starrating",
    "overallrating",
    "reviewoverall",
    "overallscore",
    "myrating",
    "givenrating",
    "ratingvalue",
    "ratingscore",
];
/// Words for numbers that may serve as ratings if there are no others.
const AMOUNTS: [&str; 10] = [
    "value",
    "preference",
    "weight",
    "plays",
    "playcount",
    "listens",
    "listencount",
    "listeningcount",
    "count",
    "clicks",
];
/// Parts of words for what is neither user nor item nor rating.
const OTHERS: [&str; 14] = [
    "time",
    "date",
    "unnamed",
    "index",
    "text",
    "summary",
    "helpful",
    "useful",
    "comment",
    "title",
    "year",
    "month",
    "day",
    "timestamp",
];

impl Role {
    pub(super) const ALL: [Self; 3] = [Self::User, Self::Item, Self::Rating];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Item => "item",
            Self::Rating => "rating",
        }
    }

    /// Some of the known words.
    pub(super) fn examples(self) -> &'static str {
        match self {
            Self::User => "user, user_id, uid, member, reviewer, customer",
            Self::Item => "item, movie, film, product, business, book, isbn, asin, track, artist, title",
            Self::Rating => "rating, score, stars, overall, points, value",
        }
    }
}

/// The letters and digits of a name, in lower case, without a type after a colon.
fn plain(name: &str) -> String {
    let name = name.split(':').next().unwrap_or("");
    name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// How well a name fits a role: the lower, the better. The result is `None` if it does not.
pub(super) fn rank(role: Role, name: &str) -> Option<usize> {
    let name = plain(name);
    let name = name.as_str();
    let thing = |things: &[&str]| {
        let identifier = |thing: &&str| name.strip_prefix(*thing).is_some_and(|rest| IDENTIFIERS.contains(&rest));
        if things.iter().any(identifier) {
            Some(0)
        } else if things.contains(&name) {
            Some(1)
        } else {
            let named = |thing: &&str| matches!(name.strip_prefix(*thing), Some("name" | "title"));
            things.iter().any(named).then_some(2)
        }
    };
    match role {
        Role::User if name == "uid" => Some(0),
        Role::User => thing(&USERS),
        Role::Item if ITEM_IDENTIFIERS.contains(&name) => Some(0),
        Role::Item if name == "title" => Some(2),
        Role::Item => thing(&ITEMS),
        Role::Rating if RATINGS.contains(&name) || OTHER_RATINGS.contains(&name) => Some(0),
        Role::Rating if AMOUNTS.contains(&name) => Some(1),
        Role::Rating => {
            let known = |thing: &str| thing == "review" || USERS.contains(&thing) || ITEMS.contains(&thing);
            RATINGS.iter().any(|word| name.strip_suffix(word).is_some_and(known)).then_some(0)
        }
    }
}

/// Whether a column of this name may hold users, items or ratings, as far as the known words tell.
pub(super) fn is_possible(name: &str) -> bool {
    let name = plain(name);
    !name.is_empty() && !OTHERS.iter().any(|word| name.contains(word))
}
