//! The format FST of GTKWave.

use super::format::{Format, Target, Variable};
use crate::error::SimError;
use fst_writer::{
    FstBodyWriter, FstFileType, FstHeaderWriter, FstInfo, FstScopeType, FstSignalId, FstSignalType, FstVarDirection,
    FstVarType, FstWriteError,
};
use std::io::Write;

/// Values are compressed in blocks of this many bytes.
const BLOCK: usize = 1 << 25;

pub(super) struct Fst<'a> {
    part: Part<'a>,
    ids: Vec<FstSignalId>,
    digits: Vec<u8>,
}

/// The part of the file that is being written.
enum Part<'a> {
    Header(FstHeaderWriter<Box<dyn Target + 'a>>),
    Body(FstBodyWriter<Box<dyn Target + 'a>>),
    /// The header is complete, and the body has not begun, because that failed.
    Neither,
}

impl<'a> Fst<'a> {
    pub(super) fn new(sink: Box<dyn Target + 'a>) -> Result<Self, SimError> {
        // Without a date, the same run gives the same bytes.
        let info = FstInfo {
            start_time: 0,
            timescale_exponent: -9,
            version: concat!("svdforge ", env!("CARGO_PKG_VERSION")).to_owned(),
            date: String::new(),
            file_type: FstFileType::Verilog,
        };
        let header = FstHeaderWriter::new(sink, &info)?;
        Ok(Self { part: Part::Header(header), ids: Vec::new(), digits: Vec::new() })
    }

    fn header(&mut self) -> &mut FstHeaderWriter<Box<dyn Target + 'a>> {
        match &mut self.part {
            Part::Header(header) => header,
            _ => unreachable!("Variables are declared before the first value."),
        }
    }

    fn body(&mut self) -> &mut FstBodyWriter<Box<dyn Target + 'a>> {
        match &mut self.part {
            Part::Body(body) => body,
            _ => unreachable!("Values follow the declarations."),
        }
    }
}

impl Format for Fst<'_> {
    fn enter(&mut self, scope: &str) -> Result<(), SimError> {
        Ok(self.header().scope(scope, "", FstScopeType::Module)?)
    }

    fn declare(&mut self, name: &str, width: u32) -> Result<(), SimError> {
        let kind = FstSignalType::bit_vec(width);
        let id = self.header().var(name, kind, FstVarType::Wire, FstVarDirection::Implicit, None)?;
        self.ids.push(id);
        Ok(())
    }

    fn leave(&mut self) -> Result<(), SimError> {
        Ok(self.header().up_scope()?)
    }

    fn begin(&mut self) -> Result<(), SimError> {
        if let Part::Header(header) = std::mem::replace(&mut self.part, Part::Neither) {
            self.part = Part::Body(header.finish()?);
        }
        Ok(())
    }

    fn time(&mut self, time: u64) -> Result<(), SimError> {
        let body = self.body();
        if body.size() > BLOCK {
            body.flush()?;
        }
        Ok(body.time_change(time)?)
    }

    fn change(&mut self, variable: Variable, width: u32, bits: u128) -> Result<(), SimError> {
        let mut digits = std::mem::take(&mut self.digits);
        digits.clear();
        digits.extend((0..width).rev().map(|k| if bits >> k & 1 == 1 { b'1' } else { b'0' }));
        let id = self.ids[variable];
        self.body().signal_change(id, &digits)?;
        self.digits = digits;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), SimError> {
        match self.part {
            Part::Body(body) => Ok(body.finish()?.flush()?),
            _ => Ok(()),
        }
    }
}

impl From<FstWriteError> for SimError {
    fn from(error: FstWriteError) -> Self {
        match error {
            FstWriteError::Io(error) => Self::Waveform(error),
            other => Self::Waveform(std::io::Error::other(other.to_string())),
        }
    }
}
