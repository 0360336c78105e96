//! The journal of a shard is a text file to which one line is added for each matrix as soon as it is judged.
//!
//! The first line is the [`JournalHeader`] with the plan and the shard. If an interruption has left an incomplete last
//! line, that line is cut off and its matrix is simulated again. Anything else that is wrong is an error that names the
//! line.

use super::error::CampaignError;
use super::plan::{Item, Plan};
use super::record::Record;
use crate::documents::{SCHEMA, check_schema, difference};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use svdforge_files::append;

/// The value of `kind` in the first line of every journal.
const KIND: &str = "svdforge campaign journal";

/// One of several equal parts of a campaign: every `count`-th matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Which of them this is, counted from 1.
    pub index: usize,
    /// How many there are.
    pub count: usize,
}

impl Shard {
    /// The only shard of a campaign that is not divided.
    pub const ALL: Self = Self { index: 1, count: 1 };

    /// Whether the matrix with this number belongs to the shard.
    pub fn has(self, matrix: usize) -> bool {
        matrix % self.count == self.index - 1
    }

    /// The file name of its journal.
    pub fn file_name(self) -> String {
        format!("matrices-{}-of-{}.jsonl", self.index, self.count)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(i, k)| Some((i.parse().ok()?, k.parse().ok()?)));
        match parts {
            Some((index, count)) if (1..=count).contains(&index) && count <= 100_000 => Ok(Self { index, count }),
            _ => Err("give i/k, such as 3/8: shard i of k, with i from 1 to k, and k at most 100000".to_owned()),
        }
    }
}

/// The first line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalHeader {
    /// What kind of file this is.
    kind: String,
    /// The version of the format, which is the same as that of reports.
    schema: u64,
    /// Which part of the campaign.
    pub shard: Shard,
    /// The campaign.
    pub campaign: Plan,
}

/// A journal that is open for writing. The file is locked, so that no other process adds lines.
pub struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Opens the journal of a shard in a folder and returns the records that it already has. A new journal is started
    /// where there is none.
    pub fn open(folder: &Path, plan: &Plan, shard: Shard) -> Result<(Self, Vec<Record>), CampaignError> {
        let path = folder.join(shard.file_name());
        let error = |what| {
            let path = path.clone();
            move |source| CampaignError::Io { path, what, source }
        };
        let mut file = append::open(&path).map_err(error("cannot be opened for writing"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(CampaignError::Busy(path)),
            // The file system has no locks, so the journal is used without one.
            Err(fs::TryLockError::Error(_)) => {}
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(error("cannot be read"))?;
        let header = JournalHeader { kind: KIND.to_owned(), schema: SCHEMA, shard, campaign: plan.clone() };
        let begin = line(&header);
        let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        let records = if whole > 0 {
            let (found, records) = parse(&path, &text[..whole])?;
            if let Some((field, found, asked)) = difference(&found, &header) {
                return Err(CampaignError::AnotherCampaign { path, field, found, asked });
            }
            records
        } else if begin.starts_with(&text) {
            Vec::new()
        } else {
            return Err(not_a_journal(&path));
        };
        if whole < text.len() {
            append::cut(&file, whole as u64).map_err(error("cannot be cut to its last whole line"))?;
        }
        let mut journal = Self { path, file };
        if whole == 0 {
            // A journal without a header is of no use.
            journal.write(&begin).inspect_err(|_| append::remove(&journal.path))?;
        }
        Ok((journal, records))
    }

    /// Adds the record of a matrix. Once this returns, the line survives the end of the program, though not a crash of
    /// the machine.
    pub fn add(&mut self, record: &Record) -> Result<(), CampaignError> {
        self.write(&line(record))
    }

    fn write(&mut self, line: &[u8]) -> Result<(), CampaignError> {
        // The whole line is written in one call, without a buffer.
        append::add(&mut self.file, line).map_err(|source| CampaignError::Io {
            path: self.path.clone(),
            what: "cannot be written (its lines are kept, and the same command continues from there)",
            source,
        })
    }
}

fn line(value: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).expect("Records and headers have string keys and finite numbers.");
    line.push(b'\n');
    line
}

/// Reads a journal that may still be growing: its header, and the records of its complete lines.
pub fn read(path: &Path) -> Result<(JournalHeader, Vec<Record>), CampaignError> {
    let text = fs::read(path).map_err(|source: io::Error| CampaignError::Io {
        path: path.to_owned(),
        what: "cannot be read",
        source,
    })?;
    let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    parse(path, &text[..whole])
}

/// Reads the header of a journal. The result is `None` if its line is not complete yet.
pub fn read_header(path: &Path) -> Result<Option<JournalHeader>, CampaignError> {
    let error = |source| CampaignError::Io { path: path.to_owned(), what: "cannot be read", source };
    let mut first = Vec::new();
    BufReader::new(File::open(path).map_err(error)?).read_until(b'\n', &mut first).map_err(error)?;
    if first.last() == Some(&b'\n') { parse(path, &first).map(|(header, _)| Some(header)) } else { Ok(None) }
}

fn not_a_journal(path: &Path) -> CampaignError {
    let message = "this is no journal of a campaign; `svdforge report` writes them as matrices-1-of-1.jsonl".to_owned();
    CampaignError::Broken { path: path.to_owned(), place: String::new(), message }
}

fn parse(path: &Path, text: &[u8]) -> Result<(JournalHeader, Vec<Record>), CampaignError> {
    let broken = |line: usize, message: String| CampaignError::Broken {
        path: path.to_owned(),
        place: format!("line {line}: "),
        message,
    };
    let mut lines = text.split_inclusive(|&byte| byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let value: Value = serde_json::from_slice(first).map_err(|_| not_a_journal(path))?;
    if value["kind"] != KIND {
        return Err(not_a_journal(path));
    }
    check_schema(&value).map_err(|message| broken(1, message))?;
    let header: JournalHeader = serde_json::from_slice(first).map_err(|e| broken(1, in_line(&e)))?;
    header.campaign.check().map_err(|message| broken(1, message))?;
    let Shard { index, count } = header.shard;
    if !(1..=count).contains(&index) {
        return Err(broken(1, format!("shard {index} of {count}: must be 1 to {count}")));
    }
    let items = header.campaign.items();
    let mut seen = vec![false; items.len()];
    let mut records = Vec::new();
    for (number, line) in lines.enumerate() {
        let fault = |message| broken(number + 2, message);
        let record: Record = serde_json::from_slice(line)
            .map_err(|e| fault(format!("{}; remove this line to have its matrix simulated again", in_line(&e))))?;
        check_record(&record, &items).map_err(fault)?;
        if !header.shard.has(record.matrix) {
            return Err(fault(format!("matrix {} does not belong to shard {}", record.matrix, header.shard)));
        }
        if std::mem::replace(&mut seen[record.matrix], true) {
            return Err(fault(format!("matrix {} is there already; remove one of its lines", record.matrix)));
        }
        records.push(record);
    }
    Ok((header, records))
}

/// A JSON error without its line number, which counts only within the single line that was parsed.
fn in_line(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}

/// Checks that a record describes the matrix that the plan has under its number. The error says what is wrong.
pub fn check_record(record: &Record, items: &[Item]) -> Result<(), String> {
    let Some(planned) = items.get(record.matrix) else {
        return Err(format!("matrix {}: the campaign has matrices 0 to {}", record.matrix, items.len() - 1));
    };
    if *planned != record.item() {
        let show = |i: &Item| format!("core {}, {}, index {}, seed {}", i.core, i.family, i.index, i.seed);
        let (found, right) = (show(&record.item()), show(planned));
        return Err(format!("matrix {} is {found}; by the campaign it is {right}", record.matrix));
    }
    record.check().map_err(|message| format!("matrix {}: {message}", record.matrix))
}
