//! Studies: they run many matrices through many cores, compute statistics of the results, and write tables, charts and
//! pages.
//!
//! - [`campaign`] runs the matrices and keeps one record for each; [`report`] makes the files for people and programs
//!   from the records.
//! - [`compare`] sets reports side by side; [`explore`] looks for the cheapest core that is accurate enough.
//! - [`trace`] shows what a core did with a matrix, step by step and cycle by cycle.
//! - [`upset`] flips bits in cores and tells what becomes of the results.
//! - [`documents`] has what the JSON files of all of them share.
//! - [`mod@bench`] measures the speed of the simulators, and [`growth`] how the cost of cores grows with their size.
//!
//! This crate is built on the test bench (`svdforge-testbench`) and on `svdforge-tools`, neither of which may depend on
//! it. The applications must not depend on it either, since they need no pages and no statistics. Within the crate
//! `campaign` is at the bottom: it imports neither `report` nor `compare`, and `report` does not import `compare`.

pub mod bench;
pub mod campaign;
pub mod compare;
pub mod documents;
pub mod explore;
pub mod growth;
pub mod report;
pub mod trace;
pub mod upset;
