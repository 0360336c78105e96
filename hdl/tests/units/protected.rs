//! Tests that a protected word keeps its value whichever of its bits is flipped.

use svdforge_hdl::builder::{DesignBuilder, ModuleBuilder};
use svdforge_hdl::core::protected::Protected;
use svdforge_sim::{Lanes, StateBit};

#[test]
fn a_word_of_any_width_survives_a_flip_of_any_of_its_bits() {
    let mut cases = 0;
    for width in [1, 2, 5] {
        let mut design = DesignBuilder::new();
        let m = ModuleBuilder::new("holder");
        let word = Protected::new(&m, "word", width, 1);
        let (write, data) = (m.input("write", 1), m.input("data", width));
        word.drive(write.select(data, word.value()));
        let shown = m.register("shown", width);
        shown.drive(word.value());
        m.output("value", shown.value());
        design.add(m);
        let design = design.finish().unwrap();
        let mut lanes = Lanes::with_state(&design).unwrap();
        let [write, data] = ["write", "data"].map(|port| lanes.input(port).unwrap());
        let value = lanes.output("value").unwrap();
        let bits: Vec<StateBit> = (lanes.state().iter().enumerate())
            .filter(|(_, state)| state.path != "shown")
            .flat_map(|(element, state)| (0..state.width).map(move |bit| StateBit { element, word: 0, bit }))
            .collect();
        assert_eq!(bits.len(), 2 * width as usize + 1, "Two copies and a parity, whatever they have in common.");
        lanes.set_reset(0, true);
        lanes.step();
        lanes.step();
        assert_eq!(lanes.peek(0, value), 1);
        lanes.set_reset(0, false);
        for written in 0..1 << width {
            lanes.poke(0, write, 1);
            lanes.poke(0, data, written);
            lanes.step();
            lanes.poke(0, write, 0);
            for &bit in &bits {
                lanes.flip(0, bit);
                // The cycle in which the bit is wrong, and the one after it.
                for _ in 0..2 {
                    lanes.step();
                    assert_eq!(lanes.peek(0, value), written, "{width} bits: {bit:?}");
                }
                cases += 1;
            }
        }
    }
    assert_eq!(cases, 2 * 3 + 4 * 5 + 32 * 11);
}
