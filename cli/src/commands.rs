//! Each command has a file that takes its options, calls the other crates, and prints the result.

pub mod bench;
pub mod compare;
pub mod complete;
pub mod compress;
pub mod demo;
pub mod documents;
pub mod explore;
pub mod generate;
pub mod lsi;
pub mod recommend;
pub mod report;
pub mod simulate;
pub mod synth;
pub mod upset;
pub mod verify;
