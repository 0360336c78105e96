"""A cocotb bench for every core that svdforge exports. This text is the same for all of them.

`core.json` in the folder above says everything about the core: its size, its formats, how frames are laid out, and how
far results may be off. The bench sends random matrices as integers, and numpy decomposes the same integers. Run it with

    make SIM=icarus                       # or SIM=verilator
    make SIM=icarus FRAMES=100 SEED=7     # frames of each test, and the seed of everything random

The parts, in this order: what `core.json` says, frames in and out, matrices, the judge, the bench, the tests.
"""

import itertools
import json
import logging
import os
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cocotb
import numpy as np
import numpy.typing as npt
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiStreamBus, AxiStreamFrame, AxiStreamSink, AxiStreamSource

# cocotbext-axi 0.1.28 calls functions by names that cocotb 2 is about to drop.
warnings.filterwarnings("ignore", category=DeprecationWarning, module="cocotbext")

# Of complex cores these are complex128, with integers as real and imaginary parts.
Integers = npt.NDArray[Any]
Reals = npt.NDArray[np.float64]
# Numbers of a result or of a matrix in f64, complex if the core is.
Numbers = npt.NDArray[Any]

# --- What core.json says ----------------------------------------------------------------------------------------------

CORE: dict[str, Any] = json.loads((Path(__file__).parent.parent / "core.json").read_text())
OPTIONS, INPUT, OUTPUT = CORE["core"], CORE["input"], CORE["output"]
SYMMETRIC: bool = OPTIONS["symmetric"]
# A core from before there were complex ones does not say what it is.
COMPLEX: bool = OPTIONS.get("complex", False)
ANY_SIZE: bool = OPTIONS["sizes"] == "any"
VALUES = "eigenvalues" if SYMMETRIC else "sigma"
LOWEST, HIGHEST = -(1 << (INPUT["word"] - 1)), (1 << (INPUT["word"] - 1)) - 1

SEED = int(os.environ.get("SEED", "1"))
FRAMES = int(os.environ.get("FRAMES", "16"))
if FRAMES < 1:
    raise ValueError(f"FRAMES={FRAMES}: give the number of frames of each test, 1 or more")


@dataclass(frozen=True)
class Section:
    """A section of an output frame: `count` elements for the largest matrix, which are numbers of `word` bits.
    `padding` says what the bits of an element above them hold: `sign` or `zeros`. In a complex core an element has
    `components` of `component_bits` each, the real part first and in the low bits, and zeros above them."""

    name: str
    tuser: int
    count: int
    word: int
    frac: int
    signed: bool
    padding: str
    components: int = 1
    component_bits: int | None = None

    @classmethod
    def of(cls, described: dict[str, Any]) -> "Section":
        return cls(**{name: described[name] for name in cls.__dataclass_fields__ if name in described})


SECTIONS: dict[str, Section] = {described["name"]: Section.of(described) for described in OUTPUT["sections"]}


@dataclass(frozen=True)
class Stream:
    """How elements stand in the beats of a stream: `elements` of them, the first in the lowest bits, in `size` bytes
    each. If a stream has `tkeep`, its last beat may be partial."""

    elements: int
    size: int
    keep: bool

    @classmethod
    def of(cls, described: dict[str, Any]) -> "Stream":
        elements = described.get("elements_per_beat", 1)
        size = described.get("element_bytes", described["tdata_bits"] // 8 // elements)
        assert elements * size * 8 == described["tdata_bits"], "core.json: the elements do not fill tdata"
        return cls(elements, size, described.get("tkeep", False))

    @property
    def lanes(self) -> int:
        """Bytes of a beat."""
        return self.elements * self.size

    @property
    def largest(self) -> int:
        """The largest unsigned integer that has room in an element."""
        return (1 << (8 * self.size)) - 1


IN, OUT = Stream.of(INPUT), Stream.of(OUTPUT)
# Bits of m_axis_tuser that belong to one element.
USER_BITS: int = next(port["width"] for port in CORE["ports"] if port["name"] == "m_axis_tuser") // OUT.elements


def section_counts(rows: int, cols: int) -> dict[str, int]:
    """The elements of each section in the output frame of a rows x cols matrix, in order."""
    k = min(OPTIONS["rank"], rows, cols)
    counts = {"status": 1, VALUES: k, "u": rows * k, "v": cols * k, "vectors": cols * k}
    return {name: counts[name] for name in SECTIONS}


# --- Frames in and out ------------------------------------------------------------------------------------------------


def input_frame(header: list[int], elements: Integers) -> AxiStreamFrame:
    """An input frame: the header, if the core takes one, and then the elements, without gaps. The source cuts the bytes
    into beats, and clears `tkeep` behind the last byte."""
    size = IN.size
    data = [number.to_bytes(size, "little") for number in header]
    for element in elements.flatten():
        components = [element.real, element.imag] if COMPLEX else [element]
        data += [int(part).to_bytes(size // len(components), "little", signed=True) for part in components]
    return AxiStreamFrame(b"".join(data))


def output_elements(frame: AxiStreamFrame) -> list[tuple[int, int]]:
    """The elements of an output frame as (tuser, bits of tdata), after a check of `tkeep`."""
    lanes, elements = OUT.lanes, []
    beats = len(frame.tdata) // lanes
    for beat in range(beats):
        place = slice(beat * lanes, (beat + 1) * lanes)
        data, user = frame.tdata[place], frame.tuser[beat * lanes]
        kept = sum(frame.tkeep[place]) if OUT.keep else lanes
        if OUT.keep:
            assert frame.tkeep[place] == [1] * kept + [0] * (lanes - kept), f"output beat {beat}: tkeep has holes"
            assert kept == lanes or beat + 1 == beats, f"output beat {beat}: tkeep is partial before the last beat"
        assert kept and kept % OUT.size == 0, f"output beat {beat}: tkeep marks a part of an element"
        for number in range(kept // OUT.size):
            bits = data[number * OUT.size : (number + 1) * OUT.size]
            section = user >> (number * USER_BITS) & ((1 << USER_BITS) - 1)
            elements.append((section, int.from_bytes(bits, "little")))
    return elements


def read_element(section: Section, bits: int) -> int | complex:
    """The element of a section: a number, or a complex number."""
    width = section.component_bits or 8 * OUT.size
    assert not bits >> (section.components * width), f"{section.name}: tdata is {bits:x}, which is not all components"
    parts = [bits >> (part * width) & ((1 << width) - 1) for part in range(section.components)]
    numbers = [read_number(section, part, width) for part in parts]
    return complex(*numbers) if len(numbers) > 1 else numbers[0]


def read_number(section: Section, bits: int, width: int) -> int:
    """The number of a section that stands in `width` bits, after a check of the bits above it."""
    number = bits & ((1 << section.word) - 1)
    negative = number >> (section.word - 1)
    above = -1 << section.word if section.padding == "sign" and negative else 0
    expected = (above | number) & ((1 << width) - 1)
    assert bits == expected, f"{section.name}: tdata is {bits:x}, and with {section.padding} above it {expected:x}"
    return number - (1 << section.word) if section.signed and negative else number


@dataclass
class Result:
    """An output frame as integers: the status word, and the other sections in units of their last places."""

    status: int
    sections: dict[str, Integers]

    def field(self, name: str) -> int:
        """A field of the status word; 0 if the core has none of this name."""
        for known in OUTPUT["status_fields"]:
            if known["name"] == name:
                high, low = map(int, known["bits"])
                value = self.status >> low & ((1 << (high - low + 1)) - 1)
                negative = known["meaning"].startswith("signed") and value >> (high - low)
                return value - (1 << (high - low + 1)) if negative else value
        return 0

    def numbers(self, name: str) -> Numbers:
        """A section in the core's own scale."""
        return self.sections[name] * np.float64(2.0 ** -SECTIONS[name].frac)


def read_result(frame: AxiStreamFrame, rows: int, cols: int, bad: bool) -> Result:
    """Reads the answer to a frame with a rows x cols matrix, or to a bad frame, which is the status word alone."""
    elements = output_elements(frame)
    counts = {"status": 1} if bad else section_counts(rows, cols)
    expected = [SECTIONS[name].tuser for name, count in counts.items() for _ in range(count)]
    assert len(elements) == len(expected), f"{len(elements)} elements in the output frame, expected {len(expected)}"
    found = [user for user, _ in elements]
    assert found == expected, f"tuser is {found}, expected {expected}"
    numbers = iter([bits for _, bits in elements])
    sections = {
        name: np.array([read_element(SECTIONS[name], next(numbers)) for _ in range(count)])
        for name, count in counts.items()
    }
    for name in sections.keys() & {"u", "v", "vectors"}:
        sections[name] = sections[name].reshape(rows if name == "u" else cols, -1)
    return Result(int(sections.pop("status")[0]), sections)


# --- Matrices ---------------------------------------------------------------------------------------------------------


def numbers_of(draw: Callable[[], npt.NDArray[np.int64]]) -> Integers:
    """What `draw` gives; for a complex core it is drawn twice, for both parts."""
    return draw() + 1j * draw() if COMPLEX else draw()


def uniform(rng: np.random.Generator, rows: int, cols: int) -> Integers:
    """Every number that the word can hold is equally likely."""
    return numbers_of(lambda: rng.integers(LOWEST, HIGHEST, (rows, cols), endpoint=True))


def small(rng: np.random.Generator, rows: int, cols: int) -> Integers:
    """A few low bits, as a matrix that the core may shift up."""
    return numbers_of(lambda: rng.integers(-4, 4, (rows, cols), endpoint=True))


def deficient(rng: np.random.Generator, rows: int, cols: int) -> Integers:
    """Half of the rank that is possible, at least 1: a product of integers that fits the word."""
    rank = max(1, min(rows, cols) // 2)
    # Each part of a product of complex numbers is a sum of two products.
    most = max(1, int((HIGHEST / rank / (2 if COMPLEX else 1)) ** 0.5))
    left = numbers_of(lambda: rng.integers(-most, most, (rows, rank), endpoint=True))
    right = numbers_of(lambda: rng.integers(-most, most, (rank, cols), endpoint=True))
    if SYMMETRIC:
        right = left.conj().T * rng.choice([-1, 1], (rank, 1))
    return left @ right


def equal(rng: np.random.Generator, rows: int, cols: int) -> Integers:
    """One element of the same size in each row and column: all singular values are equal."""
    matrix = zero(rng, rows, cols)
    k = min(rows, cols)
    columns = rng.permutation(cols)[:k]
    directions = [1, 1j, -1, -1j] if COMPLEX and not SYMMETRIC else [-1, 1]
    matrix[columns if SYMMETRIC else rng.permutation(rows)[:k], columns] = rng.choice(directions, k)
    return matrix * int(rng.integers(1, HIGHEST, endpoint=True))


def zero(_: np.random.Generator, rows: int, cols: int) -> Integers:
    """Zeros only."""
    return np.zeros((rows, cols), np.complex128 if COMPLEX else np.int64)


def extreme(rng: np.random.Generator, rows: int, cols: int) -> Integers:
    """The lowest and the highest number that the word can hold."""
    return numbers_of(lambda: rng.choice(np.array([LOWEST, HIGHEST], np.int64), (rows, cols)))


def lowest(_: np.random.Generator, rows: int, cols: int) -> Integers:
    """The largest matrix that can be sent."""
    return numbers_of(lambda: np.full((rows, cols), LOWEST, np.int64))


def single(rng: np.random.Generator, rows: int, cols: int) -> Integers:
    """One element that is not zero, on the diagonal."""
    matrix = zero(rng, rows, cols)
    place = rng.integers(min(rows, cols))
    matrix[place, place] = uniform(rng, 1, 1)[0, 0]
    return matrix


Family = Callable[[np.random.Generator, int, int], Integers]
FAMILIES: list[Family] = [uniform, deficient, equal, extreme, small, zero, single, lowest]


@dataclass
class Sent:
    """A frame, and what the core is to make of it."""

    kind: str
    frame: AxiStreamFrame
    matrix: Integers | None  # None for a bad frame


def random_size(rng: np.random.Generator) -> tuple[int, int]:
    """The size of the core, or one that it takes."""
    rows, cols = OPTIONS["rows"], OPTIONS["cols"]
    if ANY_SIZE and rng.random() < 0.8:
        rows, cols = int(rng.integers(1, rows, endpoint=True)), int(rng.integers(1, cols, endpoint=True))
    return (min(rows, cols), min(rows, cols)) if SYMMETRIC else (rows, cols)


def symmetric(matrix: Integers) -> Integers:
    """The symmetric or Hermitian matrix with this upper triangle."""
    upper = np.triu(matrix, 1)
    if COMPLEX:
        # The negative of the lowest number does not fit the word.
        upper = upper.real + 1j * np.maximum(upper.imag, -HIGHEST)
    return np.diag(np.diag(matrix).real) + upper + upper.conj().T


def good_frame(rng: np.random.Generator, number: int) -> Sent:
    """Frame `number` of a test: the families take turns."""
    family = FAMILIES[number % len(FAMILIES)]
    rows, cols = random_size(rng)
    matrix = family(rng, rows, cols)
    if SYMMETRIC:
        matrix = symmetric(matrix)
    header = [rows, cols] if ANY_SIZE else []
    return Sent(family.__name__, input_frame(header, matrix), matrix)


def bad_kinds() -> list[str]:
    """What can be wrong with a frame of this core."""
    kinds = ["late"]
    if INPUT["beats"] > 1:
        kinds.append("early")
    if ANY_SIZE:
        kinds.append("no rows")
        if max(OPTIONS["rows"], OPTIONS["cols"]) < IN.largest:
            kinds.append("too large")
        if SYMMETRIC and OPTIONS["rows"] > 1:
            kinds.append("not square")
    if IN.keep and INPUT["beats"] > IN.elements:
        kinds += ["partial tkeep", "tkeep with a hole"]
    return kinds


def bad_frame(rng: np.random.Generator, number: int) -> Sent:
    """Bad frame `number` of a test: what is wrong takes turns."""
    kinds = bad_kinds()
    kind = kinds[number % len(kinds)]
    rows, cols = random_size(rng)
    if kind == "early" or "tkeep" in kind:
        # The largest size has room for every fault.
        rows, cols = OPTIONS["rows"], OPTIONS["cols"]
    count = rows * cols
    announced = [rows, cols] if ANY_SIZE else []
    if kind == "late":
        count += int(rng.integers(1, count + 3))
    elif kind == "early":
        total = int(rng.integers(1, count + len(announced)))
        announced, count = announced[:total], max(0, total - len(announced))
    elif kind == "too large":
        side = int(rng.integers(2))
        limit = OPTIONS[["rows", "cols"][side]]
        announced[side] = int(rng.integers(limit + 1, min(2 * limit, IN.largest), endpoint=True))
    elif kind == "no rows":
        announced[0] = 0
    elif kind == "not square":
        announced = [1, OPTIONS["rows"]] if rng.random() < 0.5 else [OPTIONS["rows"], 1]
    frame = input_frame(announced, uniform(rng, 1, count))
    if "tkeep" in kind:
        # Not in the last beat, which may be partial.
        first = IN.lanes * int(rng.integers((len(frame.tdata) - 1) // IN.lanes))
        frame.tkeep = [1] * len(frame.tdata)
        frame.tkeep[first if kind == "tkeep with a hole" else first + IN.lanes - 1] = 0
    return Sent(f"bad: {kind}", frame, None)


# --- The judge --------------------------------------------------------------------------------------------------------

# What numpy's own errors may come to, in LSB.
NUMPY_ERROR = 1e-4


def judge(matrix: Integers, result: Result) -> dict[str, float]:
    """Compares a result with numpy's, and returns its errors: those of values and products in LSB, the last place of an
    input element, and those of orthogonality in 2^-(word - 1)."""
    check_status(result)
    values = result.sections[VALUES]
    assert (np.diff(values) <= 0).all(), f"{VALUES} are not in descending order: {values}"
    assert SYMMETRIC or (values >= 0).all(), f"sigma is negative: {values}"

    # From here on in LSB: the matrix is its integers, and values have the core's scale and block exponent.
    a = matrix.astype(np.complex128 if COMPLEX else np.float64)
    scale = 2.0 ** (result.field("block_exponent") + INPUT["frac"])
    found = result.numbers(VALUES) * scale
    reference = np.linalg.eigvalsh(a)[::-1] if SYMMETRIC else np.linalg.svd(a, compute_uv=False)
    errors = {"sigma": float(np.abs(found - reference[: len(found)]).max())}
    vectors = {name: result.numbers(name) for name in result.sections if name != VALUES}
    for name, matrix_of_vectors in vectors.items():
        excess = matrix_of_vectors.conj().T @ matrix_of_vectors - np.eye(len(found))
        # core.json calls the vectors of a symmetric matrix v.
        errors[f"orthogonality_{'v' if SYMMETRIC else name}"] = largest(excess) * 2.0 ** (INPUT["word"] - 1)
    left, right = vectors.get("vectors", vectors.get("u")), vectors.get("vectors", vectors.get("v"))
    if left is not None and right is not None and len(found) == min(matrix.shape):
        errors["reconstruction"] = largest(left * found @ right.conj().T - a)

    settled = not result.field("cap_reached")
    if not settled:
        # Nothing bounds the others.
        errors = {name: error for name, error in errors.items() if name.startswith("orthogonality")}
    for kind in ["rigorous", "statistical"]:
        for name, error in errors.items():
            bound = bound_of(kind, name, result)
            if bound is not None:
                assert error <= bound + NUMPY_ERROR, f"{name} is off by {error:.4f}, {kind} bound {bound:.4f}"
    if settled:
        check_vectors(a, found, left, right, result)
    return errors


def largest(errors: Numbers) -> float:
    """The largest error. Of complex numbers each part counts by itself."""
    return float(max(np.abs(errors.real).max(), np.abs(errors.imag).max()))


def bound_of(kind: str, name: str, result: Result) -> float | None:
    """A bound that core.json states, for this matrix. What the core shifts up before it rounds anything has smaller
    errors; a core that reduces rows (QR) shifts only their triangle."""
    bound: float | None = CORE["accuracy"]["bounds"][kind].get(name)
    scales = name in ["sigma", "reconstruction"] and OPTIONS.get("qr") is None
    return bound * 2.0 ** result.field("block_exponent") if bound is not None and scales else bound


def check_status(result: Result) -> None:
    """The status word of a good frame: no fault, and numbers that are possible."""
    known = 0
    for status_field in OUTPUT["status_fields"]:
        high, low = status_field["bits"]
        known |= (1 << (high + 1)) - (1 << low)
        if high == low and status_field["name"] != "cap_reached":
            assert not result.field(status_field["name"]), f"status {result.status:06x}: {status_field['meaning']}"
    assert not result.status & ~known, f"status {result.status:06x}: a bit outside of all fields is set"
    sweeps, cap = result.field("sweeps"), OPTIONS["sweep_cap"]
    assert sweeps <= cap, f"{sweeps} sweeps, at most {cap} are made"
    assert OPTIONS["sweeps"] in ["auto", sweeps], f"{sweeps} sweeps instead of {OPTIONS['sweeps']}"
    exponent = result.field("block_exponent")
    assert exponent == 0 or (exponent < 0 and OPTIONS["scaling"] == "auto"), f"the block exponent is {exponent}"


def check_vectors(a: Numbers, values: Reals, left: Numbers | None, right: Numbers | None, result: Result) -> None:
    """Whether the vectors belong to the values and to the matrix, also where some of them did not leave the core.

    Let b bound the error of the values, and g and h those of the vectors in U and V. Then A v_i - sigma_i u_i is not
    longer than b + |A| (g + h). If only one set of vectors is there, the products A v_i are orthogonal to each other
    and as long as sigma_i, within that length. core.json states b, and 2 g and 2 h as bounds of the orthogonality; of
    complex vectors as bounds of each part."""
    norm = float(np.linalg.norm(a, 2))
    allowed = NUMPY_ERROR + (bound_of("rigorous", "sigma", result) or 0.0)
    for name, vectors in [("u", left if not SYMMETRIC else right), ("v", right)]:
        bound = bound_of("rigorous", f"orthogonality_{'v' if SYMMETRIC else name}", result)
        if vectors is not None and bound is not None:
            parts = 2.0**0.5 if COMPLEX else 1.0
            allowed += norm * parts * bound / 2 * 2.0 ** -(INPUT["word"] - 1)
    if left is not None and right is not None:
        worst = float(np.linalg.norm(a @ right - left * values, axis=0).max())
        assert worst <= allowed, f"A V - U diag(values) has a column of length {worst:.2f} LSB, at most {allowed:.2f}"
    elif (one := left if right is None else right) is not None:
        products = a.conj().T @ one if right is None else a @ one
        excess = np.abs(products.conj().T @ products - np.diag(values**2))
        limit = allowed * (values[:, None] + values[None, :]) + allowed**2
        assert (excess <= limit).all(), "the vectors do not turn the matrix into orthogonal columns as long as sigma"


# --- The bench --------------------------------------------------------------------------------------------------------


@dataclass
class Summary:
    """What ran so far, in all tests."""

    frames: Counter[str] = field(default_factory=Counter)
    largest: dict[str, float] = field(default_factory=dict)
    unsettled: int = 0
    repeated: int = 0
    resets: Counter[str] = field(default_factory=Counter)
    beats: int = 0
    stalled: int = 0


SUMMARY = Summary()
# The answer to each matrix that was sent. The same matrix must have the same answer, whatever came before and whoever
# stalls.
ANSWERS: dict[bytes, bytes] = {}


def stalls(rng: np.random.Generator) -> Iterator[bool]:
    """When a side of a stream pauses: short bursts, and now and then one that fills every buffer."""
    while True:
        yield from [False] * int(rng.geometric(0.3))
        yield from [True] * int(rng.geometric(0.02 if rng.random() < 0.05 else 0.4))


def read(signal: Any) -> int:
    """A signal as an unsigned integer. All of its bits must be known."""
    value = signal.value
    assert value.is_resolvable, f"{signal._name} has bits that are not known: {value}"
    return int(value)


class Bench:
    """Drives and watches the core."""

    def __init__(self, dut: Any, rng: np.random.Generator) -> None:
        self.dut = dut
        self.rng = rng
        self.waiting: list[Sent] = []
        self.accepted = self.delivered = self.quiet = 0
        dut.aresetn.value = 0
        Clock(dut.aclk, 10, unit="ns").start()
        # Before the drivers, so that it is the first to say what is wrong.
        cocotb.start_soon(self.watch())
        # No list of signals and frames in the log, and no warning where a reset cuts a frame off on purpose.
        for bus in [INPUT["stream"], OUTPUT["stream"], "s_axi"]:
            logging.getLogger(f"cocotb.{dut._name}.{bus}").setLevel(logging.ERROR)
        reset = {"clock": dut.aclk, "reset": dut.aresetn, "reset_active_level": False}
        self.source = AxiStreamSource(AxiStreamBus.from_prefix(dut, INPUT["stream"]), **reset)
        self.sink = AxiStreamSink(AxiStreamBus.from_prefix(dut, OUTPUT["stream"]), **reset)
        self.registers: AxiLiteMaster | None = None
        if registers := CORE.get("registers"):
            self.registers = AxiLiteMaster(AxiLiteBus.from_prefix(dut, registers["bus"]), **reset)

    async def watch(self) -> None:
        """Checks the rules of the streams in every cycle: an offer stays as it is until it is taken, and nothing is
        offered during a reset."""
        dut, edge = self.dut, RisingEdge(self.dut.aclk)
        payload = [dut.m_axis_tdata, dut.m_axis_tlast, dut.m_axis_tuser] + ([dut.m_axis_tkeep] if OUT.keep else [])
        limit = patience()
        stalled: list[int] | None = None
        cycles_in_reset = 0
        while True:
            await edge
            if not dut.aresetn.value:
                cycles_in_reset += 1
                stalled = None
                self.quiet = 0
                assert cycles_in_reset < 2 or not read(dut.m_axis_tvalid), "a beat is offered during a reset"
                continue
            cycles_in_reset = 0
            offered, taken = read(dut.m_axis_tvalid), read(dut.m_axis_tready)
            now = [read(signal) for signal in payload] if offered else None
            assert stalled is None or offered, "m_axis_tvalid falls before the beat is taken"
            assert stalled in [None, now], "the offered beat changes before it is taken"
            stalled = None if taken else now
            entered = read(dut.s_axis_tvalid) and read(dut.s_axis_tready)
            self.accepted += entered
            self.delivered += offered and taken
            SUMMARY.stalled += stalled is not None
            self.quiet = 0 if entered or offered or not self.waiting else self.quiet + 1
            assert self.quiet < limit, f"no beat for {limit} cycles, and {len(self.waiting)} frames without an answer"

    async def reset(self, cycles: int = 4) -> None:
        """Resets the core, and forgets the frames that it had."""
        self.dut.aresetn.value = 0
        self.source.clear()
        self.waiting.clear()
        await self.cycles(cycles)
        self.dut.aresetn.value = 1
        self.sink.clear()
        self.accepted = self.delivered = 0

    async def cycles(self, count: int) -> None:
        for _ in range(count):
            await RisingEdge(self.dut.aclk)

    def send(self, sent: Sent) -> None:
        """Puts a frame at the end of the queue of the source."""
        self.waiting.append(sent)
        self.source.send_nowait(sent.frame)

    async def judge_next(self) -> None:
        """Waits for the next output frame and judges it as the answer to the oldest frame that has none."""
        frame = await self.sink.recv(compact=False)
        sent = self.waiting.pop(0)
        number = SUMMARY.frames.total()
        try:
            self.check_answer(sent, frame)
        except AssertionError as error:
            shown = "" if sent.matrix is None else f"\nmatrix, as integers:\n{sent.matrix}"
            raise AssertionError(f"output frame {number} ({sent.kind}): {error}{shown}") from None
        SUMMARY.frames[sent.kind] += 1
        SUMMARY.beats += len(frame.tdata) // OUT.lanes

    def check_answer(self, sent: Sent, frame: AxiStreamFrame) -> None:
        if sent.matrix is None:
            result = read_result(frame, 0, 0, bad=True)
            set_fields = [f["name"] for f in OUTPUT["status_fields"] if result.field(f["name"])]
            assert set_fields == ["bad_frame"], (
                f"status {result.status:06x} sets {set_fields}, expected bad_frame alone"
            )
            return
        rows, cols = sent.matrix.shape
        result = read_result(frame, rows, cols, bad=False)
        for name, error in judge(sent.matrix, result).items():
            SUMMARY.largest[name] = max(SUMMARY.largest.get(name, 0.0), error)
        SUMMARY.unsettled += result.field("cap_reached")
        question, answer = repr(sent.matrix.tolist()).encode(), bytes(frame.tdata)
        SUMMARY.repeated += question in ANSWERS
        assert ANSWERS.setdefault(question, answer) == answer, "an earlier frame with the same matrix had other bits"

    async def finish(self) -> None:
        """Judges all answers that are missing. No further beat may follow."""
        while self.waiting:
            await self.judge_next()
        before = self.delivered
        await self.cycles(100)
        assert self.delivered == before and not read(self.dut.m_axis_tvalid), "a beat that belongs to no frame"


def patience() -> int:
    """Cycles without a beat after which the core is given up."""
    beats = INPUT["beats"] + sum(section.count for section in SECTIONS.values())
    reduction = sum((OPTIONS.get("qr") or {}).values())
    return int(1000 + 4 * (OPTIONS["sweep_cap"] + 2) * OPTIONS["sweep_cycles"] + 16 * beats + 4 * reduction)


async def start(dut: Any, test: int) -> Bench:
    """A core after its reset. The numbers of a test depend on the seed and on `test` alone."""
    bench = Bench(dut, np.random.default_rng([SEED, test]))
    await bench.reset()
    return bench


# --- The tests --------------------------------------------------------------------------------------------------------


@cocotb.test()
@cocotb.parametrize(stalling=["nobody", "source", "sink", "both"])
async def good_frames(dut: Any, stalling: str) -> None:
    """Matrices of every family, back to back. The same ones each time, so that stalls change no bit of an answer."""
    bench = await start(dut, 0)
    if stalling in ["source", "both"]:
        bench.source.set_pause_generator(stalls(np.random.default_rng([SEED, 10])))
    if stalling in ["sink", "both"]:
        bench.sink.set_pause_generator(stalls(np.random.default_rng([SEED, 11])))
    for number in range(FRAMES):
        bench.send(good_frame(bench.rng, number))
    await bench.finish()


@cocotb.test()
async def bad_frames(dut: Any) -> None:
    """A bad frame is answered by its status word, and disturbs neither the frame before it nor the one after it."""
    bench = await start(dut, 1)
    bench.source.set_pause_generator(stalls(np.random.default_rng([SEED, 20])))
    bench.sink.set_pause_generator(stalls(np.random.default_rng([SEED, 21])))
    bad_ones = itertools.count()
    for number in range(FRAMES):
        bench.send(good_frame(bench.rng, number))
        for _ in range(1 + number % 2):
            bench.send(bad_frame(bench.rng, next(bad_ones)))
    await bench.finish()


@cocotb.test()
@cocotb.parametrize(phase=["loading", "computing", "unloading"])
async def resets(dut: Any, phase: str) -> None:
    """A reset at any time leaves a core that answers as if nothing had happened."""
    bench = await start(dut, 2)
    rng = np.random.default_rng([SEED, 30])
    for number in range(FRAMES // 4 + 1):
        sent = good_frame(bench.rng, number)
        beats = -(-len(sent.frame.tdata) // IN.lanes)
        # How long the core computes, and how many beats its answer has, when nothing disturbs it.
        bench.accepted = bench.delivered = 0
        bench.send(sent)
        while bench.accepted < beats:
            await RisingEdge(dut.aclk)
        computing = 0
        while not read(dut.m_axis_tvalid):
            computing += 1
            await RisingEdge(dut.aclk)
        await bench.finish()
        unloading, bench.accepted, bench.delivered = bench.delivered, 0, 0

        # The same frame again, up to the reset. Not to the end of its load, of its computing or of its answer.
        bench.send(sent)
        await RisingEdge(dut.aclk)
        until = int(rng.integers(beats)) if phase == "loading" else beats
        while bench.accepted < until:
            await RisingEdge(dut.aclk)
        if phase == "computing":
            await bench.cycles(int(rng.integers(1, max(2, computing))))
        elif phase == "unloading":
            until = int(rng.integers(1, max(2, unloading)))
            while bench.delivered < until:
                await RisingEdge(dut.aclk)
        SUMMARY.resets[phase] += 1
        await bench.reset(int(rng.integers(1, 4)))

        # And once more, with another one behind it.
        bench.send(sent)
        bench.send(good_frame(bench.rng, number + 1))
        await bench.finish()


@cocotb.test(skip=not CORE.get("registers"))
async def registers(dut: Any) -> None:
    """Every register has its reset value after a reset. One that changes by itself has only bits that it may have."""
    bench = await start(dut, 3)
    assert bench.registers is not None
    await bench.cycles(2)
    checked = 0
    for register in CORE["registers"]["map"]:
        offset, expected = register["offset"], register["reset"]
        value = await bench.registers.read_dword(offset)
        if register["volatile"]:
            fields = sum((2 << high) - (1 << low) for high, low in (field["bits"] for field in register["fields"]))
            assert not value & ~fields, f"{register['name']} at {offset:#x} is {value:#x}, with bits of no field"
        else:
            assert value == expected, (
                f"{register['name']} at {offset:#x} is {value:#x} after a reset, expected {expected:#x}"
            )
        checked += 1
    assert checked, "core.json lists no register that can be read"
    dut._log.info("%d registers read", checked)


@cocotb.test()
async def summary(dut: Any) -> None:
    """Prints what the tests before this one did."""
    assert SUMMARY.frames, "no frame was judged"
    lines = [f"summary of {CORE['name']}, SEED={SEED} FRAMES={FRAMES}"]
    kinds = ", ".join(f"{count} {kind}" for kind, count in SUMMARY.frames.items())
    lines.append(f"  {SUMMARY.frames.total()} frames: {kinds}")
    lines.append(f"  {SUMMARY.beats} output beats, {SUMMARY.stalled} cycles in which one was stalled")
    lines.append(f"  {SUMMARY.repeated} matrices sent again, with the same answer to the last bit")
    lines.append(
        f"  resets while: {', '.join(f'{phase} {count}' for phase, count in SUMMARY.resets.items()) or 'none'}"
    )
    lines.append(f"  {SUMMARY.unsettled} matrices reached the sweep cap before they were settled")
    for name, error in SUMMARY.largest.items():
        bounds = CORE["accuracy"]["bounds"]
        unit = f"2^-{INPUT['word'] - 1}" if name.startswith("orthogonality") else "LSB"
        limits = ", ".join(f"{kind} bound {bounds[kind].get(name)}" for kind in ["statistical", "rigorous"])
        lines.append(f"  largest error of {name}: {error:.4f} {unit} ({limits})")
    dut._log.info("\n".join(lines))
