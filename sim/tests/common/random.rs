//! Draws random designs from a list of numbers, which proptest can shrink.

use svdforge_hdl::builder::{DesignBuilder, ModuleBuilder, Signal};
use svdforge_hdl::check::Checked;
use svdforge_hdl::ir::{Design, ModuleId, address_width, bits_of};

/// Reads decisions from a list. After its end all decisions are zero.
pub struct Chooser<'a> {
    numbers: std::slice::Iter<'a, u32>,
    /// The width of the widest node that is drawn.
    widest: u32,
}

impl<'a> Chooser<'a> {
    pub fn new(numbers: &'a [u32]) -> Self {
        Self::up_to(128, numbers)
    }

    /// Draws no node that is wider.
    pub fn up_to(widest: u32, numbers: &'a [u32]) -> Self {
        Self { numbers: numbers.iter(), widest }
    }

    pub fn is_exhausted(&self) -> bool {
        self.numbers.as_slice().is_empty()
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.numbers.next().map_or(0, |&number| number as usize % limit)
    }

    pub fn flip(&mut self) -> bool {
        self.below(2) == 1
    }

    /// A width that is small, near 64, or arbitrary.
    pub fn width(&mut self) -> u32 {
        let width = match self.below(8) {
            0 => 1,
            1..=3 => 1 + self.below(20),
            4 => 60 + self.below(9),
            5 => 128 - self.below(3),
            _ => 1 + self.below(128),
        };
        (width as u32 - 1) % self.widest + 1
    }

    /// An arbitrary pattern, or one at the edge of the signed or unsigned numbers.
    pub fn pattern(&mut self, width: u32) -> u128 {
        let random = (0..4).fold(0, |sum, _| sum << 32 | self.numbers.next().copied().unwrap_or(0) as u128);
        let value = match self.below(8) {
            0 => 0,
            1 => u128::MAX,
            2 => 1 << (width - 1),
            3 => !(1 << (width - 1)),
            4 => random % 4,
            5 => 1 << (random % 128),
            _ => random,
        };
        bits_of(value as i128, width)
    }
}

/// A design of up to four modules, some placed several times.
pub fn design(chooser: &mut Chooser) -> Checked<Design> {
    let mut design = DesignBuilder::new();
    let mut modules = Vec::new();
    for number in 0..1 + chooser.below(4) {
        let built = module(chooser, &design, &modules, &format!("module_{number}"));
        modules.push(design.add(built));
    }
    design.finish().expect("Random designs obey the rules.")
}

/// One random module, placed so often that the simulator computes its nodes in rows.
pub fn copies(chooser: &mut Chooser) -> Checked<Design> {
    let mut design = DesignBuilder::new();
    let built = module(chooser, &design, &[], "copied");
    let copied = design.add(built);
    let m = ModuleBuilder::new("top");
    for copy in 0..4 + chooser.below(6) {
        let instance = m.instance(&design, copied, &format!("copy_{copy}"));
        let child = design.module(copied);
        for &port in &child.inputs {
            let (name, width) = (child.node(port).name.as_deref().unwrap(), child.node(port).width);
            instance.drive(name, m.input(&format!("{name}_of_{copy}"), width));
        }
        for output in &child.outputs {
            m.output(&format!("{}_of_{copy}", output.name), instance.output(&output.name));
        }
    }
    design.add(m);
    design.finish().expect("Random designs obey the rules.")
}

/// Brings a signal to another width.
fn fitted<'m>(chooser: &mut Chooser, signal: Signal<'m>, width: u32) -> Signal<'m> {
    let own = signal.width();
    match width.cmp(&own) {
        std::cmp::Ordering::Less => signal.slice(chooser.below((own - width) as usize + 1) as u32, width),
        std::cmp::Ordering::Equal => signal,
        std::cmp::Ordering::Greater if chooser.flip() => signal.sign_extend(width),
        std::cmp::Ordering::Greater => signal.zero_extend(width),
    }
}

/// The signals that later ones may read.
struct Pool<'m>(Vec<Signal<'m>>);

impl<'m> Pool<'m> {
    fn any(&self, chooser: &mut Chooser) -> Signal<'m> {
        self.0[chooser.below(self.0.len())]
    }

    fn wide(&self, chooser: &mut Chooser, width: u32) -> Signal<'m> {
        let signal = self.any(chooser);
        fitted(chooser, signal, width)
    }

    /// A signal of one bit, or sometimes none.
    fn enable(&self, chooser: &mut Chooser) -> Option<Signal<'m>> {
        chooser.flip().then(|| self.wide(chooser, 1))
    }
}

fn module(chooser: &mut Chooser, design: &DesignBuilder, others: &[ModuleId], name: &str) -> ModuleBuilder {
    let m = ModuleBuilder::new(name);
    let mut pool = Pool(Vec::new());
    for k in 0..1 + chooser.below(3) {
        let width = chooser.width();
        pool.0.push(m.input(&format!("in_{k}"), width));
    }
    let mut registers = Vec::new();
    for k in 0..chooser.below(5) {
        let width = chooser.width();
        let mut register = m.register(&format!("state_{k}"), width);
        if chooser.flip() {
            register = register.reset(chooser.pattern(width) as i128);
        }
        pool.0.push(register.value());
        registers.push(register);
    }
    let mut instances = Vec::new();
    for k in 0..if others.is_empty() { 0 } else { chooser.below(4) } {
        let id = others[chooser.below(others.len())];
        let instance = m.instance(design, id, &format!("unit_{k}"));
        for output in &design.module(id).outputs {
            pool.0.push(instance.output(&output.name));
        }
        instances.push((id, instance));
    }
    let mut memories = Vec::new();
    for k in 0..chooser.below(3) {
        let (width, depth) = (chooser.width(), 1 + chooser.below(9) as u32);
        memories.push((m.memory(&format!("memory_{k}"), width, depth), width, depth));
    }
    // A shared enable, so that registers form gated groups.
    let shared = pool.wide(chooser, 1);
    let count = 5 + chooser.below(60);
    for k in 0..count {
        if chooser.is_exhausted() {
            break;
        }
        let mut signal = operation(chooser, &m, &pool, &memories, shared, k);
        if chooser.below(4) == 0 {
            signal = signal.named(&format!("node_{k}"));
        }
        pool.0.push(signal);
    }
    for register in registers {
        let register = if chooser.below(3) == 0 { register.enabled_by(pool.wide(chooser, 1)) } else { register };
        register.drive(pool.wide(chooser, register.value().width()));
    }
    for (id, instance) in &instances {
        let child = design.module(*id);
        for &port in &child.inputs {
            let port = child.node(port);
            instance.drive(port.name.as_deref().unwrap(), pool.wide(chooser, port.width));
        }
    }
    for (memory, width, _) in &memories {
        let address = pool.wide(chooser, memory.address_width());
        memory.write(pool.wide(chooser, 1), address, pool.wide(chooser, *width));
    }
    for k in 0..1 + chooser.below(4) {
        let signal = pool.any(chooser);
        m.output(&format!("out_{k}"), signal.registered(&format!("held_{k}")));
    }
    m
}

fn operation<'m>(
    chooser: &mut Chooser,
    m: &'m ModuleBuilder,
    pool: &Pool<'m>,
    memories: &[(svdforge_hdl::builder::Memory<'m>, u32, u32)],
    shared: Signal<'m>,
    k: usize,
) -> Signal<'m> {
    let a = pool.any(chooser);
    let (width, widest) = (a.width(), chooser.widest);
    match chooser.below(26) {
        0 => !a,
        1 => a & pool.wide(chooser, width),
        2 => a | pool.wide(chooser, width),
        3 => a ^ pool.wide(chooser, width),
        4 => a + pool.wide(chooser, width),
        5 => a - pool.wide(chooser, width),
        6 => {
            let a = if width == widest { fitted(chooser, a, widest / 2) } else { a };
            let other = 1 + chooser.below((widest - a.width()) as usize) as u32;
            a * pool.wide(chooser, other)
        }
        7 => a.equals(pool.wide(chooser, width)),
        8 => a.less_than(pool.wide(chooser, width)),
        9 => a.less_than_signed(pool.wide(chooser, width)),
        10 => a.shift_left(pool.any(chooser)),
        11 => a.shift_right(pool.any(chooser)),
        // Amounts that are about as large as the width.
        12 => a.shift_left(pool.wide(chooser, address_width(width + 3))),
        13 => a.shift_right(pool.wide(chooser, address_width(width + 3))),
        14 => a.add_sub(pool.wide(chooser, width), pool.wide(chooser, 1)),
        15 => pool.wide(chooser, 1).select(a, pool.wide(chooser, width)),
        16 => {
            let low = chooser.below(width as usize) as u32;
            a.slice(low, 1 + chooser.below((width - low) as usize) as u32)
        }
        17 => {
            let mut parts = vec![a];
            let mut room = widest - width;
            while room > 0 && parts.len() < 4 && chooser.flip() {
                let part = 1 + chooser.below(room as usize) as u32;
                parts.push(pool.wide(chooser, part));
                room -= part;
            }
            m.concat(&parts)
        }
        18 => a.sign_extend(width + chooser.below((widest + 1 - width) as usize) as u32),
        19 => a.zero_extend(width + chooser.below((widest + 1 - width) as usize) as u32),
        20 | 21 => a.registered(&format!("later_{k}")),
        22 => {
            let enable = if chooser.below(3) == 0 { pool.wide(chooser, 1) } else { shared };
            let register = m.register(&format!("gated_{k}"), width).enabled_by(enable);
            register.drive(a);
            register.value()
        }
        23 => {
            let pattern = chooser.pattern(width);
            m.constant(width, svdforge_hdl::ir::signed_value(pattern, width))
        }
        24 if !memories.is_empty() => {
            let memory = memories[chooser.below(memories.len())].0;
            let address = pool.wide(chooser, memory.address_width());
            memory.read(address, pool.enable(chooser), &format!("word_{k}"))
        }
        _ => {
            let width = chooser.width();
            let mut entries: Vec<u128> = (0..1 + chooser.below(9)).map(|_| chooser.pattern(width)).collect();
            if chooser.below(4) == 0 {
                // A long table, without a decision for each entry.
                let drawn = entries.clone();
                entries.extend((1..9).flat_map(|k| drawn.iter().map(move |&e| bits_of((e ^ k) as i128, width))));
            }
            let table = m.table(&format!("table_{k}"), width, entries, vec![]);
            let address = pool.wide(chooser, table.address_width());
            table.lookup(address, pool.enable(chooser), &format!("entry_{k}"))
        }
    }
}
