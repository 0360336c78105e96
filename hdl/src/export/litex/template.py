{{opening}}"""The core {{name}} for LiteX.

    from {{name}}_litex import Core
    self.svd = Core(platform)          # in a SoC: the registers are those of the peripheral `svd`

Matrices enter at `sink` and results leave at `source`, both in the clock domain `sys`. The file README.md beside this
one describes the frames. The registers show how the last frame went; the streams work without them.
"""

from pathlib import Path

from litex.gen import LiteXModule
from litex.soc.interconnect import {{axi}}stream
from litex.soc.interconnect.csr import CSRField, CSRStatus, CSRStorage
from migen import ClockSignal, If, Instance, ResetSignal, Signal

NAME = "{{name}}"
FOLDER = Path(__file__).resolve().parent
SOURCES = [
{{sources}}]


class Core(LiteXModule):
    """The core, and registers about it. Without a platform, add the files `sources()` to the design yourself."""

    def __init__(self, platform=None):
{{endpoints}}
        self.control = CSRStorage(fields=[
            CSRField("reset", description="While 1, the core is held in reset: what it had taken is lost."),
            CSRField("clear", pulse=True, description="1 sets both counters of frames to 0."),
        ])
        self.status = CSRStatus(description="The status word of the last output frame.", fields=[
{{fields}}        ])
        self.frames = CSRStatus(32, description="Output frames since the counters were cleared.")
        self.bad_frames = CSRStatus(32, description="Those of them that answer a bad input frame.")

        # # #

        reset = self.control.fields.reset
        self.specials += Instance(NAME,
{{pins}}        )

        # The first beat of an output frame is its status word.
        first = Signal(reset=1)
        status = Signal({{status_bits}})
        self.comb += status.eq(self.source.data)
        self.sync += [
            If(self.source.valid & self.source.ready,
                first.eq(self.source.last),
                If(first,
                    self.status.status.eq(status),
                    self.frames.status.eq(self.frames.status + 1),
                    self.bad_frames.status.eq(self.bad_frames.status + status[0]),
                ),
            ),
            If(self.control.fields.clear,
                self.frames.status.eq(0),
                self.bad_frames.status.eq(0),
            ),
            If(reset, first.eq(1)),
        ]

        if platform is not None:
            for source in sources():
                platform.add_source(source)


def sources():
    """The Verilog files of the core, as absolute paths."""
    return [str(FOLDER / source) for source in SOURCES]
