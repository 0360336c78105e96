use svdforge_golden::{Factors, Family, accuracy};
use svdforge_hdl::core::{Core, params::Parameters};
use svdforge_testbench::engine::*;
use svdforge_testbench::framing::*;

#[test]
fn eight() {
    for n in [8, 2, 3, 4, 7, 16] {
        let shape = Parameters { rows: n, cols: n, ..Parameters::default() }.shape().unwrap();
        let core = Core::new(shape);
        let mut engine = SimulatorEngine::new(&core).unwrap();
        for family in Family::ALL {
            let a = family.generate(n, n, 1);
            let q = quantise(&shape, &a.map(|x| x.clamp(-1.0, 32767.0 / 32768.0)), InputScale::Exponent(0)).unwrap();
            let t0 = std::time::Instant::now();
            let trace = engine.run(&Stimulus::new(q.frame())).unwrap();
            let dt = t0.elapsed().as_secs_f64();
            let d = parse_frame(&shape, &trace.output).unwrap();
            let acc = accuracy(
                &q.matrix(&shape),
                Factors { sigma: &d.sigma, u: Some(&d.u), v: Some(&d.v) },
                2f64.powi(-15),
                16,
            )
            .unwrap();
            let (t1, t2, t3) =
                (trace.accepted.last().unwrap(), trace.output[0].cycle, trace.output.last().unwrap().cycle);
            println!(
                "n={n} {family}: sweeps {} {:?} compute {} unload {} sigma {:.2} rec {:.2} u {:.2} v {:.2} off {:.2} {:.0} kHz",
                d.status.sweeps,
                d.status.cap_reached || d.status.overflow,
                t2 - t1,
                t3 - t2 + 1,
                acc.sigma_max_lsb,
                acc.reconstruction_max_lsb.unwrap(),
                acc.orthogonality_u_max_lsb.unwrap(),
                acc.orthogonality_v_max_lsb.unwrap(),
                acc.off_diagonal_max_lsb.unwrap(),
                trace.output.last().unwrap().cycle as f64 / dt / 1e3
            );
        }
    }
}
