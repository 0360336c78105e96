//! The only place that writes to stdout and stderr. It writes nothing but [`Safe`] text, in which a terminal finds no
//! commands but those of the program itself.

use crate::escape;
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use std::fmt;
use std::io::{self, BufWriter, IsTerminal, Write};

/// Text for a terminal. What came from files, arguments or other programs has been made visible in it.
#[derive(Clone, Debug)]
pub struct Safe(String);

impl Safe {
    /// Any text, of one or more lines.
    pub fn text(text: impl fmt::Display) -> Self {
        Self(escape::lines(&text.to_string()).into_owned())
    }

    /// A table that was drawn from cells without such characters, with its own bold and coloured text.
    pub fn drawn(table: String) -> Self {
        Self(table)
    }
}

/// Writes a line on stdout.
pub fn stdout(text: &Safe) -> io::Result<()> {
    writeln!(io::stdout(), "{}", text.0)
}

/// Writes a JSON document on stdout, piece by piece, so that a long one takes no memory. It keeps its value.
pub fn json(document: &impl Serialize) -> io::Result<()> {
    let mut stdout = BufWriter::new(io::stdout().lock());
    document.serialize(&mut Serializer::with_formatter(&mut stdout, SafeJson(PrettyFormatter::new())))?;
    stdout.write_all(b"\n")?;
    stdout.flush()
}

/// Indented JSON in whose strings a terminal finds no commands.
struct SafeJson(PrettyFormatter<'static>);

impl Formatter for SafeJson {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        writer.write_all(escape::json(fragment).as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

/// Writes text of the program's own on stdout, byte for byte: scripts for shells, and manual pages.
pub fn own_bytes(bytes: &[u8]) -> io::Result<()> {
    io::stdout().write_all(bytes)
}

/// Writes a line on stderr. Nothing can be done if that fails.
pub fn stderr(text: &Safe) {
    let _ = writeln!(io::stderr(), "{}", text.0);
}

/// Writes an error on stderr.
pub fn error(text: &Safe) {
    let label = if io::stderr().is_terminal() { "\u{1b}[1;31merror:\u{1b}[0m" } else { "error:" };
    let _ = writeln!(io::stderr(), "{label} {}", text.0);
}

/// Writes a line on stderr in place of what stands in the current one.
pub fn stderr_over_line(text: &Safe) {
    let mut stderr = io::stderr().lock();
    let line = if stderr.is_terminal() { "\r\u{1b}[K" } else { "" };
    let _ = writeln!(stderr, "{line}{}", text.0);
}

/// Writes what clap says: help on stdout, errors on stderr. The arguments that it repeats must have been escaped.
pub fn usage(message: &clap::Error) {
    let _ = message.print();
}
