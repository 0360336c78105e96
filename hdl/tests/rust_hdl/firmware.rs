//! A rust_hdl firmware that contains two cores. It is tested in rust_hdl's simulator and as the Verilog that rust_hdl
//! generates.

use crate::stream::{Beat, MATRICES, assert_frame, core, element, frame_length};
use crate::tools::Folder;
use rust_hdl::prelude::*;
use std::sync::{Arc, Mutex};
use svdforge_hdl::core::Core;
use svdforge_hdl::export::rust_hdl::{RustHdlError, StreamBlock};
use svdforge_hdl::export::verilog::verilog;
use svdforge_hdl::export::{File, Header};

/// A firmware with two cores that compute the same. It compares them beat by beat and counts the frames.
#[derive(LogicBlock)]
struct Firmware {
    pub clock: Signal<In, Clock>,
    pub reset_n: Signal<In, Bit>,
    pub element: Signal<In, Bits<16>>,
    pub element_valid: Signal<In, Bit>,
    pub element_last: Signal<In, Bit>,
    pub element_ready: Signal<Out, Bit>,
    pub word: Signal<Out, Bits<24>>,
    pub word_section: Signal<Out, Bits<2>>,
    pub word_valid: Signal<Out, Bit>,
    pub word_last: Signal<Out, Bit>,
    pub agree: Signal<Out, Bit>,
    pub frames: Signal<Out, Bits<8>>,
    left: StreamBlock<16, 24>,
    right: StreamBlock<16, 24>,
    count: DFF<Bits<8>>,
}

impl Logic for Firmware {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, count);
        self.left.aclk.next = self.clock.val();
        self.left.aresetn.next = self.reset_n.val();
        self.left.s_axis_tdata.next = self.element.val();
        self.left.s_axis_tvalid.next = self.element_valid.val();
        self.left.s_axis_tlast.next = self.element_last.val();
        self.left.m_axis_tready.next = true;
        self.right.aclk.next = self.clock.val();
        self.right.aresetn.next = self.reset_n.val();
        self.right.s_axis_tdata.next = self.element.val();
        self.right.s_axis_tvalid.next = self.element_valid.val();
        self.right.s_axis_tlast.next = self.element_last.val();
        self.right.m_axis_tready.next = true;
        self.element_ready.next = self.left.s_axis_tready.val();
        self.word.next = self.left.m_axis_tdata.val();
        self.word_section.next = self.left.m_axis_tuser.val();
        self.word_valid.next = self.left.m_axis_tvalid.val();
        self.word_last.next = self.left.m_axis_tlast.val();
        self.agree.next = self.left.m_axis_tdata.val() == self.right.m_axis_tdata.val();
        if self.left.m_axis_tvalid.val() & self.left.m_axis_tlast.val() {
            self.count.d.next = self.count.q.val() + 1;
        }
        self.frames.next = self.count.q.val();
    }
}

impl Firmware {
    fn new(core: &Core) -> Self {
        let files = verilog(core.design(), &Header::default());
        let mut firmware = Self {
            clock: Signal::default(),
            reset_n: Signal::default(),
            element: Signal::default(),
            element_valid: Signal::default(),
            element_last: Signal::default(),
            element_ready: Signal::default(),
            word: Signal::default(),
            word_section: Signal::default(),
            word_valid: Signal::default(),
            word_last: Signal::default(),
            agree: Signal::default(),
            frames: Signal::default(),
            left: StreamBlock::new(core.design(), &files).unwrap(),
            right: StreamBlock::new(core.design(), &[]).unwrap(),
            count: DFF::default(),
        };
        firmware.connect_all();
        firmware
    }
}

/// The output beats of all matrices in rust_hdl's threaded `Simulation`, and its waveform.
fn simulated(core: &Core) -> (Vec<Beat>, String) {
    let beats = Arc::new(Mutex::new(Vec::new()));
    let (collected, shape) = (Arc::clone(&beats), *core.shape());
    let mut simulation = simple_sim!(Firmware, clock, 100_000_000, endpoint, {
        let mut x = endpoint.init()?;
        let matrices = MATRICES.iter().flat_map(|(elements, _)| elements.iter().enumerate());
        let mut elements = matrices.map(|(i, &e)| (element(&shape, e), i == 3)).collect::<Vec<_>>().into_iter();
        let mut offered = None;
        for cycle in 0..20_000 {
            wait_clock_false!(endpoint, clock, x);
            x.reset_n.next = cycle >= 4;
            if x.reset_n.next {
                if x.word_valid.val() {
                    sim_assert!(endpoint, x.agree.val(), x);
                    let (data, user) = (x.word.val().to_u128(), x.word_section.val().to_u128());
                    collected.lock().unwrap().push(Beat { data, user, last: x.word_last.val() });
                }
                offered = offered.or_else(|| elements.next());
                let (data, last) = offered.unwrap_or_default();
                x.element.next = bits(data as LiteralType);
                x.element_valid.next = offered.is_some();
                x.element_last.next = last;
                offered = offered.filter(|_| !x.element_ready.val());
            }
            wait_clock_true!(endpoint, clock, x);
            if x.frames.val() == bits::<8>(MATRICES.len() as LiteralType) {
                return endpoint.done(x);
            }
        }
        endpoint.halt(x)
    });
    let mut waveform = Vec::new();
    simulation.run_traced(Box::new(Firmware::new(core)), sim_time::ONE_MILLISECOND, &mut waveform).unwrap();
    let beats = beats.lock().unwrap().clone();
    (beats, String::from_utf8(waveform).unwrap())
}

#[test]
fn a_firmware_and_its_verilog_give_the_same_beats() {
    let core = core(2);
    let firmware = Firmware::new(&core);
    assert_eq!(check_all(&firmware), Ok(()));

    let (beats, waveform) = simulated(&core);
    assert_eq!(beats.len(), MATRICES.len() * frame_length(core.shape()));
    for (frame, matrix) in beats.chunks(frame_length(core.shape())).zip(MATRICES) {
        assert_frame(core.shape(), frame, matrix);
    }
    for name in ["s_axis_tdata", "output_fifo", "frame_full"] {
        assert!(waveform.contains(name), "The waveform does not contain `{name}`.");
    }

    let mut modules = ModuleDefines::default();
    firmware.accept("firmware", &mut modules);
    let text = modules.defines();
    for module in &core.design().modules {
        let (top, own) = (&core.design().top().name, &module.name);
        let opening = if own == top { format!("module {top} ") } else { format!("module {top}_{own} ") };
        assert_eq!(text.lines().filter(|line| line.starts_with(&opening)).count(), 1, "{}", module.name);
    }
    let files = [("firmware.v", text.as_str()), ("firmware.f", "firmware.v\n")];
    let files = files.map(|(name, text)| File { name: name.to_owned(), text: text.to_owned() });
    let printed = Folder::with(&files).simulate(&bench(&core));
    let expected: Vec<String> = beats.iter().map(|b| format!("{:06x} {} {}", b.data, b.user, b.last as u8)).collect();
    assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
}

/// A Verilog testbench that sends the matrices without pauses and prints the output beats.
fn bench(core: &Core) -> String {
    let elements = MATRICES.iter().flat_map(|(elements, _)| elements);
    let words: String = elements.enumerate().map(|(i, &e)| format!("m[{i}] = {};", element(core.shape(), e))).collect();
    let (count, beats) = (4 * MATRICES.len(), MATRICES.len() * frame_length(core.shape()));
    format!(
        "module bench;
        reg clock = 0, reset_n = 0, go = 0;
        reg [15:0] m [0:{count}];
        integer sent = 0, seen = 0, cycle;
        wire ready, valid, last, agree; wire [23:0] word; wire [1:0] section; wire [7:0] frames;
        firmware dut (.clock(clock), .reset_n(reset_n), .element(m[sent]), .element_valid(go & sent < {count}),
            .element_last(sent % 4 == 3), .element_ready(ready), .word(word), .word_section(section),
            .word_valid(valid), .word_last(last), .agree(agree), .frames(frames));
        initial begin
            {words}
            for (cycle = 0; cycle < 20000 && seen < {beats}; cycle = cycle + 1) begin
                #1 reset_n = cycle >= 4; go = cycle >= 4;
                #1 if (reset_n & valid) begin
                    $display(\"%h %0d %b\", word, section, last);
                    if (!agree) $display(\"The cores disagree.\");
                    seen = seen + 1;
                end
                if (go & ready & sent < {count}) begin clock = 1; #1 sent = sent + 1; end else clock = 1;
                #1 clock = 0;
            end
        end
        endmodule\n"
    )
}

#[test]
fn a_core_of_another_width_is_refused() {
    let error = StreamBlock::<16, 32>::new(core(2).design(), &[]).err().unwrap();
    assert!(matches!(error, RustHdlError::Width { found: 24, expected: 32, .. }), "{error}");
}
