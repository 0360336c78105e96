//! The fault campaign: one random bit of a register or memory of a core is flipped in a random cycle, and what leaves
//! the core is compared with what leaves an undisturbed one.
//!
//! An upset has a number. Everything about it follows from the seed of the campaign and from this number: the matrices,
//! how they are sent, the bit, and the cycle. So a single upset can be [replayed](replay), and neither lanes nor
//! threads change a result.

mod campaign;
mod deviation;
mod outcome;
mod random_cores;
mod replay;
mod scenario;
mod tally;

pub use campaign::{Campaign, CoreUpsets, Upset, UpsetError};
pub use deviation::LIMIT_LSB;
pub use outcome::{Class, FrameVerdict, Malformed, Outcome, Recovery};
pub use random_cores::random_cores;
pub use replay::{Replay, replay};
pub use scenario::{Plan, TrafficKind};
pub use tally::{ModuleTally, Tally, area};

#[cfg(test)]
mod self_check;
#[cfg(test)]
mod tests;
