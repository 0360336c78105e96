//! A straight program for vectors of 512 bits whose registers are still unlimited in number.

use iced_x86::Code;
use std::collections::HashMap;

/// A value of the program, which is computed once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Name(u32);

impl Name {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A vector register: 16 numbers of 32 bits, or 8 of 64 bits.
    Vector,
    /// The lowest 16 bits of a general register, one for each lane. The others are 0.
    Bits,
}

/// The pointers to which the function adds its offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Base {
    Cells,
    /// The bank from which registers are read.
    Now,
    /// The bank to which they are written.
    Next,
}

/// A place in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub base: Base,
    /// In bytes.
    pub offset: i32,
}

/// Where a value can be found at any time, so that it needs neither a step nor a place when registers run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Home {
    Vector(Place),
    /// A number of 32 bits that is the same in all lanes.
    Same4(Place),
    /// A number of 64 bits that is the same in all lanes.
    Same8(Place),
    Bits(Place),
    Constant(u16),
}

/// The lanes in which an instruction has an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mask {
    pub bits: Name,
    /// Whether the upper eight lanes count, for instructions on numbers of 64 bits.
    pub upper: bool,
}

/// What may stand in memory as the last source of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    Nothing,
    Vector,
    VectorOrSame4,
    VectorOrSame8,
}

/// The numbers of a memory or table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    /// The place of the first.
    pub place: Place,
    /// The size of a number in bytes: 4 or 8.
    pub size: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    /// An instruction with up to two sources, a mask that zeroes lanes or chooses between the sources, and a constant.
    Vector {
        code: Code,
        fold: Fold,
        zeroing: bool,
        immediate: Option<u32>,
    },
    /// The difference of the sources in the lanes of the mask, and the sum in the others.
    AddSub {
        add: Code,
        sub: Code,
    },
    /// The lower halves of the 64-bit numbers in the second and the third source. The first tells their places.
    Pack,
    /// Bits that compare or test the first source and the last one, or two of each with 64-bit numbers.
    Test {
        code: Code,
        fold: Fold,
        immediate: Option<u32>,
    },
    And,
    Or,
    Xor,
    /// The first source without the bits of the second.
    AndNot,
    Invert,
    /// 0 or -1 in each lane, from the mask.
    Expand(Code),
    /// The words at the indices in the source.
    Gather(Words),
    /// Writes the second source, and for 64-bit numbers the third, to the indices in the first, in the lanes of the
    /// mask.
    Scatter(Words),
    /// Writes a vector or bits.
    Store(Place),
}

#[derive(Clone, Debug)]
pub(super) struct Step {
    pub action: Action,
    pub result: Option<Name>,
    pub sources: Vec<Name>,
    pub mask: Option<Mask>,
}

/// The steps, the values and the constants.
pub(super) struct Program {
    pub steps: Vec<Step>,
    /// For each value its class and home.
    pub values: Vec<(Class, Option<Home>)>,
    homes: HashMap<Home, Name>,
    constants: HashMap<Vec<u8>, Place>,
    /// The bytes of the constants, and the place of the first.
    pub pool: Vec<u8>,
    pub pool_start: usize,
}

impl Program {
    /// An empty program whose constants begin at `pool_start`.
    pub fn new(pool_start: usize) -> Self {
        Self {
            steps: Vec::new(),
            values: Vec::new(),
            homes: HashMap::new(),
            constants: HashMap::new(),
            pool: Vec::new(),
            pool_start,
        }
    }

    fn name(&mut self, class: Class, home: Option<Home>) -> Name {
        self.values.push((class, home));
        Name(self.values.len() as u32 - 1)
    }

    /// The value at a home.
    pub fn at_home(&mut self, home: Home) -> Name {
        if let Some(&name) = self.homes.get(&home) {
            return name;
        }
        let class = match home {
            Home::Vector(_) | Home::Same4(_) | Home::Same8(_) => Class::Vector,
            Home::Bits(_) | Home::Constant(_) => Class::Bits,
        };
        let name = self.name(class, Some(home));
        self.homes.insert(home, name);
        name
    }

    pub fn home(&self, name: Name) -> Option<Home> {
        self.values[name.index()].1
    }

    /// The place of a constant.
    fn constant(&mut self, bytes: Vec<u8>) -> Place {
        if let Some(&place) = self.constants.get(&bytes) {
            return place;
        }
        let start = self.pool.len().next_multiple_of(bytes.len());
        self.pool.resize(start, 0);
        self.pool.extend(&bytes);
        let place = Place { base: Base::Cells, offset: (self.pool_start + start) as i32 };
        self.constants.insert(bytes, place);
        place
    }

    pub fn same4(&mut self, number: i32) -> Name {
        let place = self.constant(number.to_le_bytes().to_vec());
        self.at_home(Home::Same4(place))
    }

    pub fn same8(&mut self, number: i64) -> Name {
        let place = self.constant(number.to_le_bytes().to_vec());
        self.at_home(Home::Same8(place))
    }

    /// A vector of these numbers.
    pub fn literal(&mut self, numbers: [u32; 16]) -> Name {
        let place = self.constant(numbers.into_iter().flat_map(u32::to_le_bytes).collect());
        self.at_home(Home::Vector(place))
    }

    pub fn step(&mut self, class: Class, action: Action, sources: &[Name], mask: Option<Mask>) -> Name {
        let result = self.name(class, None);
        self.steps.push(Step { action, result: Some(result), sources: sources.to_vec(), mask });
        result
    }

    /// A step without a result.
    pub fn effect(&mut self, action: Action, sources: &[Name], mask: Option<Mask>) {
        self.steps.push(Step { action, result: None, sources: sources.to_vec(), mask });
    }
}
