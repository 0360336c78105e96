"""A small system-on-chip with a core, made by LiteX.

Arguments: the folder of an export, the name of its core, and `run` to build and run LiteX's simulator, or `write` to
write the system as Verilog only, in litex/gateware/sim.v. The system sends the frames of the testbench through the
core's endpoints and compares what comes back. Then it reads and writes the core's registers over the bus of the system.
It prints a line `bus NAME VALUE` for each read, `bus NAME = VALUE` for each write, and `PASS` or `FAIL`.
"""

import importlib
import json
import sys
from pathlib import Path

from litex.build.generic_platform import Pins
from litex.build.sim import SimPlatform
from litex.build.sim.config import SimConfig
from litex.gen import LiteXModule
from litex.soc.integration.builder import Builder
from litex.soc.integration.soc_core import SoCMini
from litex.soc.interconnect import wishbone
from migen import FSM, Array, Cat, Display, Finish, If, NextState, NextValue, Signal
from migen.genlib.io import CRG

FOLDER, NAME, RUN = Path(sys.argv[1]), sys.argv[2], {"run": True, "write": False}[sys.argv[3]]
sys.path.insert(0, str(FOLDER))
Core = importlib.import_module(f"{NAME}_litex").Core

# Registers of the core, in the order of their addresses, which the end of this script compares with LiteX's own list.
BASE = 0xF0000000
CONTROL, STATUS, FRAMES, BAD_FRAMES = (BASE + 4 * index for index in range(4))
NAMES = {CONTROL: "control", STATUS: "status", FRAMES: "frames", BAD_FRAMES: "bad_frames"}
RESET, CLEAR = 1, 2
# Address, and the value to write or None to read.
ACCESSES = [(FRAMES, None), (BAD_FRAMES, None), (STATUS, None), (CONTROL, CLEAR), (FRAMES, None), (BAD_FRAMES, None),
            (CONTROL, RESET), (CONTROL, None), (CONTROL, 0), (STATUS, None)]


def lines(part):
    """The lines of a data file of the testbench, without its heading."""
    return [line.split() for line in (FOLDER / f"{NAME}_{part}.hex").read_text().splitlines()[1:]]


class Exercise(LiteXModule):
    """Sends all beats, compares all results, and then uses the registers."""

    def __init__(self, core, bus):
        sent, received, wrong = Signal(16), Signal(16), Signal(16)
        beats = [(int(data, 16), int(last)) for last, data in lines("stimulus")]
        results = [(int(data, 16), int(last), int(user, 16)) for _, user, last, data in lines("expected")]
        result = Cat(core.source.data, core.source.last, core.source.user)
        widths = (len(core.source.data), 1)
        expected = Array(data | last << widths[0] | user << sum(widths) for data, last, user in results)
        self.comb += [
            core.sink.valid.eq(sent < len(beats)),
            core.sink.data.eq(Array(data for data, _ in beats)[sent]),
            core.sink.last.eq(Array(last for _, last in beats)[sent]),
            core.source.ready.eq(1),
        ]
        self.sync += [
            If(core.sink.valid & core.sink.ready, sent.eq(sent + 1)),
            If(core.source.valid & core.source.ready,
                received.eq(received + 1),
                If((received >= len(results)) | (expected[received] != result), wrong.eq(wrong + 1)),
            ),
        ]
        waited = Signal(24)
        self.sync += waited.eq(waited + 1)
        self.fsm = fsm = FSM(reset_state="STREAM")
        end = [If((received == len(results)) & (wrong == 0), Display("PASS %d beats", received))
               .Else(Display(f"FAIL %d beats of {len(results)}, %d wrong", received, wrong)), Finish()]
        fsm.act("STREAM", If((received >= len(results)) | waited[21], NextState("ACCESS 0")))
        for index, (address, value) in enumerate(ACCESSES):
            step = [bus.cyc.eq(1), bus.stb.eq(1), bus.sel.eq(0xF), bus.adr.eq(address >> 2)]
            if value is not None:
                step += [bus.we.eq(1), bus.dat_w.eq(value)]
            said = f"bus {NAMES[address]} "
            shown = Display(said + "%x", bus.dat_r) if value is None else Display(f"{said}= {value}")
            fsm.act(f"ACCESS {index}", *step, If(bus.ack,
                NextValue(waited, 0),
                NextState(f"BETWEEN {index}"),
            ))
            self.sync += If(fsm.ongoing(f"ACCESS {index}") & bus.ack, shown)
            fsm.act(f"BETWEEN {index}", If(waited[3], NextState(f"ACCESS {index + 1}")))
        fsm.act(f"ACCESS {len(ACCESSES)}")
        self.sync += If(fsm.ongoing(f"ACCESS {len(ACCESSES)}"), *end)


class System(SoCMini):
    """The core with its registers on a bus that has no processor."""

    def __init__(self):
        platform = SimPlatform("SIM", [("sys_clk", 0, Pins(1))])
        self.crg = CRG(platform.request("sys_clk"))
        SoCMini.__init__(self, platform, clk_freq=1_000_000, ident="", ident_version=False)
        self.svd = Core(platform)
        self.add_csr("svd", csr_id=0)
        bus = wishbone.Interface(data_width=32, address_width=32, addressing="word")
        self.bus.add_master("exercise", bus)
        self.exercise = Exercise(self.svd, bus)


system = System()
builder = Builder(system, output_dir="litex", csr_json="csr.json", compile_software=False)
builder.build(sim_config=SimConfig(default_clk="sys_clk"), run=RUN, interactive=False, verbose=False, opt_level="O0")
registers = json.loads(Path("csr.json").read_text())["csr_registers"]
for address, name in NAMES.items():
    assert BASE + registers[f"svd_{name}"]["addr"] == address, registers
