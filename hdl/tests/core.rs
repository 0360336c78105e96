//! The cores as designs: every shape passes the checker, and says what it is made of.

use svdforge_hdl::core::Core;
use svdforge_hdl::core::params::{Parameters, SIZES};

#[test]
fn every_size_can_be_drawn() {
    let mut sizes = 0;
    for n in SIZES {
        let shape = Parameters { rows: n, cols: n, ..Parameters::default() }.shape().unwrap();
        let Core { design, program, .. } = Core::new(shape);
        assert_eq!(design.multipliers(), 18, "n = {n}");
        println!(
            "n={n} step {} first diagonal {} nodes {}",
            program.cycles(),
            program.first_diagonal,
            design.modules.iter().map(|m| m.nodes.len()).sum::<usize>()
        );
        sizes += 1;
    }
    assert_eq!(sizes, 32);
}
