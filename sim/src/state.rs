//! The registers and memories of a design by name, so that single bits of them can be flipped.

use crate::flatten::Scope;
use crate::layout::{Cell, Layout};
use crate::machine::Machine;
use svdforge_hdl::ir::{mask, signed_value};

/// A register or a memory of a design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateElement {
    /// The names of the instances below the top module and of the register or memory, with dots between them.
    pub path: String,
    /// The width of the register or of a word, in bits.
    pub width: u32,
    /// The number of words of a memory. It is `None` for a register.
    pub words: Option<usize>,
}

impl StateElement {
    /// The number of its bits.
    pub fn bits(&self) -> u64 {
        u64::from(self.width) * self.words.unwrap_or(1) as u64
    }
}

/// A bit of a register or memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateBit {
    /// The index of the register or memory among the elements.
    pub element: usize,
    /// The number of the word of a memory; 0 for a register.
    pub word: usize,
    /// The number of the bit. The lowest has the number 0.
    pub bit: u32,
}

/// All registers and memories that an output depends on, with their places.
#[derive(Default)]
pub(crate) struct States {
    pub elements: Vec<StateElement>,
    places: Vec<Place>,
}

#[derive(Clone, Copy)]
enum Place {
    /// The cell in the first bank.
    Register(Cell),
    /// The cell of the first word, the bytes from a word to the next one, and the number of words that can be
    /// addressed, which may be more than the design uses.
    Words(Cell, usize, usize),
}

impl States {
    pub fn new(root: &Scope, layout: &Layout) -> Self {
        let mut states = Self::default();
        states.add(root, "", layout);
        states
    }

    fn add(&mut self, scope: &Scope, above: &str, layout: &Layout) {
        for register in &scope.registers {
            let Some(&cell) = layout.states.get(&register.number) else { continue };
            let path = format!("{above}{}", register.name);
            self.elements.push(StateElement { path, width: register.width, words: None });
            self.places.push(Place::Register(cell));
        }
        for memory in &scope.memories {
            let Some(&cell) = layout.words.get(&memory.number) else { continue };
            let (path, words) = (format!("{above}{}", memory.name), Some(memory.depth));
            self.elements.push(StateElement { path, width: memory.widths.1, words });
            self.places.push(Place::Words(cell, cell.size * layout.lanes, 1 << memory.widths.0));
        }
        for child in &scope.children {
            self.add(child, &format!("{above}{}.", child.name), layout);
        }
    }

    /// The cell that holds the present number of a register or of a word.
    fn cell(&self, machine: &Machine, element: usize, word: usize) -> Cell {
        match self.places[element] {
            Place::Register(cell) => machine.present(cell),
            Place::Words(first, step, _) => Cell { position: first.position + word * step, ..first },
        }
    }

    fn check(&self, element: usize, word: usize) {
        let words = self.elements[element].words.unwrap_or(1);
        assert!(word < words, "{} has {words} words", self.elements[element].path);
    }

    /// The bits of a register or of a word of a memory in a lane.
    pub fn value(&self, machine: &Machine, lane: usize, element: usize, word: usize) -> u128 {
        self.check(element, word);
        machine.read(self.cell(machine, element, word), lane) as u128 & mask(self.elements[element].width)
    }

    /// Flips a bit in a lane.
    pub fn flip(&self, machine: &mut Machine, lane: usize, StateBit { element, word, bit }: StateBit) {
        let width = self.elements[element].width;
        assert!(bit < width, "{} has {width} bits", self.elements[element].path);
        let flipped = self.value(machine, lane, element, word) ^ 1 << bit;
        machine.write(self.cell(machine, element, word), lane, signed_value(flipped, width));
    }

    /// Sets all registers and memories of a lane to 0, as they are at power-up.
    pub fn clear(&self, machine: &mut Machine, lane: usize) {
        for (element, place) in self.places.iter().enumerate() {
            let words = if let Place::Words(_, _, words) = *place { words } else { 1 };
            for word in 0..words {
                machine.write(self.cell(machine, element, word), lane, 0);
            }
        }
    }
}
