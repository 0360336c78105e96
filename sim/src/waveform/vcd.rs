//! The format VCD (IEEE 1364).

use super::format::{Format, Variable};
use crate::error::SimError;
use std::io::Write;
use vcd::{IdCode, TimescaleUnit, Value, VarType, Writer};

pub(super) struct Vcd<'a> {
    writer: Writer<Box<dyn Write + Send + 'a>>,
    ids: Vec<IdCode>,
}

impl<'a> Vcd<'a> {
    pub(super) fn new(sink: Box<dyn Write + Send + 'a>) -> Result<Self, SimError> {
        let mut writer = Writer::new(sink);
        writer.timescale(1, TimescaleUnit::NS)?;
        Ok(Self { writer, ids: Vec::new() })
    }
}

impl Format for Vcd<'_> {
    fn enter(&mut self, scope: &str) -> Result<(), SimError> {
        Ok(self.writer.add_module(scope)?)
    }

    fn declare(&mut self, name: &str, width: u32) -> Result<(), SimError> {
        let id = self.writer.add_var(VarType::Wire, width, name, None)?;
        self.ids.push(id);
        Ok(())
    }

    fn leave(&mut self) -> Result<(), SimError> {
        Ok(self.writer.upscope()?)
    }

    fn begin(&mut self) -> Result<(), SimError> {
        Ok(self.writer.enddefinitions()?)
    }

    fn time(&mut self, time: u64) -> Result<(), SimError> {
        Ok(self.writer.timestamp(time)?)
    }

    fn change(&mut self, variable: Variable, width: u32, bits: u128) -> Result<(), SimError> {
        let id = self.ids[variable];
        if width == 1 {
            return Ok(self.writer.change_scalar(id, bits == 1)?);
        }
        let digits = (0..width).rev().map(|k| Value::from(bits >> k & 1 == 1));
        Ok(self.writer.change_vector(id, digits)?)
    }

    fn finish(mut self: Box<Self>) -> Result<(), SimError> {
        Ok(self.writer.flush()?)
    }
}
