"""A core in Python: its results are those of numpy within the bounds, and those of the command to the last bit."""

import json
import os
import pathlib
import subprocess

import numpy as np
import pytest

import svdforge

# The command of the same build. `./test` builds it before it runs these tests.
COMMAND = pathlib.Path(
    os.environ.get("SVDFORGE", pathlib.Path(__file__).resolve().parents[2] / "target" / "release" / "svdforge")
)


def uniform(count: int, rows: int, cols: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (count, rows, cols))


def command(path: pathlib.Path, *flags: str) -> dict:
    """What `svdforge simulate --json` says of a file."""
    assert COMMAND.exists(), f"{COMMAND} is missing: cargo build --release"
    run = [COMMAND, "simulate", "--json", "--matrix", path, *flags]
    return json.loads(subprocess.run(run, check=True, capture_output=True).stdout)


def test_results_are_those_of_numpy_within_the_bounds():
    for options in [{}, {"rows": 5, "cols": 3, "word": 12}, {"rows": 4, "cols": 7, "guard": 6}, {"rows": 1}]:
        core = svdforge.Core(**options)
        rows, cols = core.options["rows"], core.options["cols"]
        a = uniform(50, rows, cols) * np.logspace(-3, 3, 50)[:, None, None]
        result = core.simulate(a)
        assert not result.status["bad_frame"].any()
        settled = ~result.status["cap_reached"]
        assert settled.sum() > 40
        # The bounds are for the input after it was rounded to the word.
        lsb = result.lsb[:, None, None]
        quantised = np.round(a / lsb) * lsb
        bounds = core.bounds["statistical"]
        sigma = np.linalg.svd(quantised, compute_uv=False)
        assert (np.abs(result.sigma - sigma) / result.lsb[:, None])[settled].max() <= bounds["sigma"]
        product = np.einsum("kir,kr,kjr->kij", result.u, result.sigma, result.v)
        assert (np.abs(product - quantised) / lsb)[settled].max() <= bounds["reconstruction"]
        for vectors, name in [(result.u, "orthogonality_u"), (result.v, "orthogonality_v")]:
            gram = np.swapaxes(vectors, 1, 2) @ vectors
            off = np.abs(gram - np.eye(gram.shape[-1])).max() * 2.0 ** (core.options["word"] - 1)
            assert off <= bounds[name]


def test_complex_results_are_those_of_numpy_within_the_bounds():
    for options in [{}, {"rows": 5, "cols": 3, "word": 12}, {"rows": 4, "symmetric": True}]:
        core = svdforge.Core(complex=True, **options)
        rows, cols = core.options["rows"], core.options["cols"]
        a = uniform(20, rows, cols) + 1j * uniform(20, rows, cols, 2)
        if core.options["symmetric"]:
            a = (a + np.swapaxes(a, 1, 2).conj()) / 2
        result = core.simulate(a)
        settled = ~result.status["cap_reached"]
        assert settled.sum() > 15
        lsb = result.lsb[:, None, None]
        quantised = np.round(a / lsb) * lsb
        bounds = core.bounds["statistical"]
        if core.options["symmetric"]:
            found, expected = result.eigenvalues, np.linalg.eigvalsh(quantised)[:, ::-1]
            left, right = result.vectors, result.vectors
        else:
            found, expected = result.sigma, np.linalg.svd(quantised, compute_uv=False)
            left, right = result.u, result.v
        assert (np.abs(found - expected) / result.lsb[:, None])[settled].max() <= bounds["sigma"]
        assert left.dtype == np.complex128
        apart = np.einsum("kir,kr,kjr->kij", left, found, right.conj()) - quantised
        largest = np.maximum(np.abs(apart.real), np.abs(apart.imag)) / lsb
        assert largest[settled].max() <= bounds["reconstruction"]
        raw = result.raw["vectors" if core.options["symmetric"] else "v"]
        unit = 2.0 ** -core.sections[-1]["frac"]
        assert ((raw[..., 0] + 1j * raw[..., 1]) * unit == right).all()
    with pytest.raises(TypeError, match="float64; give complex numbers"):
        core.simulate(a.real)


@pytest.mark.parametrize(
    "options",
    [{}, {"rows": 6, "cols": 4, "rank": 2}, {"rows": 5, "symmetric": True}, {"rows": 40, "cols": 4, "vectors": "v"}],
)
def test_the_bits_are_those_of_the_command(tmp_path, options):
    core = svdforge.Core(**options)
    rows, cols = core.options["rows"], core.options["cols"]
    a = uniform(6, rows, cols, 2) * 3
    if core.options["symmetric"]:
        a = a + np.swapaxes(a, 1, 2)
    np.save(tmp_path / "a.npy", a)
    flags = []
    for name, value in options.items():
        flags += [f"--{name}"] if value is True else [f"--{name}", str(value)]
    document = command(tmp_path / "a.npy", *flags, "--npy", str(tmp_path / "out"))
    assert document["core"] == core.options
    result = core.simulate(a)
    files = {path.stem: np.load(path) for path in (tmp_path / "out").glob("*.npy")}
    names = ["eigenvalues", "vectors"] if core.options["symmetric"] else ["sigma", "u", "v"]
    for index, told in enumerate(document["results"]):
        for name in names:
            found = getattr(result, name)
            assert told[name] == (None if found is None else found[index].tolist())
        assert told["cycles"] == {name: part[index] for name, part in result.cycles.items()}
        assert told["flags"] == {name: result.status[name][index] for name in told["flags"]}
        for name in ["sweeps", "block_exponent"]:
            assert told[name] == result.status[name][index]
        assert told["input_exponent"] == result.input_exponent[index]
        assert told["accuracy"]["lsb"] == result.lsb[index]
    arrays = {name: getattr(result, name) for name in [*names, "input_exponent", "lsb"]}
    for group in ["raw", "status", "cycles"]:
        arrays |= {f"{group}_{name}": part for name, part in getattr(result, group).items()}
    arrays = {name: array for name, array in arrays.items() if array is not None}
    assert arrays.keys() == files.keys()
    for name, array in arrays.items():
        assert array.dtype == files[name].dtype and np.array_equal(array, files[name]), name


def test_raw_integers_are_the_numbers_in_units_of_their_last_bit():
    core = svdforge.Core(rows=3, cols=2)
    result = core.simulate(uniform(20, 3, 2) / 100)
    assert [section["name"] for section in core.sections] == ["status", "sigma", "u", "v"]
    exponent = result.input_exponent + result.status["block_exponent"]
    for section in core.sections[1:]:
        raw = result.raw[section["name"]]
        values = raw * 2.0 ** -section["frac"]
        if section["name"] == "sigma":
            values = values * 2.0 ** exponent[:, None]
        assert np.array_equal(values, getattr(result, section["name"]))
        assert np.abs(raw).max() < 2 ** (section["word"] - 1)


def test_one_matrix_is_the_first_of_a_stack_of_one():
    core = svdforge.Core(rows=4, cols=3)
    a = uniform(1, 4, 3)
    one, stack = core.simulate(a[0]), core.simulate(a)
    assert (one.sigma.shape, one.u.shape, one.v.shape) == ((3,), (4, 3), (3, 3))
    assert np.array_equal(one.u, stack.u[0]) and one.lsb == stack.lsb[0]
    assert one.status == {name: part[0] for name, part in stack.status.items()}
    assert one.cycles["total"] == stack.cycles["total"][0]
    assert np.array_equal(one.raw["v"], stack.raw["v"][0])


def test_any_kind_of_real_array_is_taken():
    core = svdforge.Core(rows=2)
    right = core.simulate([[3.0, 1.0], [0.0, -4.0]]).raw["sigma"]
    whole = np.array([[3, 1], [0, -4]])
    for a in [whole, whole.astype("i1"), whole.astype("f4"), whole.astype(">f8"), np.asfortranarray(whole), whole.tolist()]:
        assert np.array_equal(core.simulate(a).raw["sigma"], right)
    assert np.array_equal(core.simulate(np.dstack([whole.T, whole.T]).T).raw["sigma"], [right, right])
    empty = core.simulate(np.zeros((0, 2, 2)))
    assert (empty.sigma.shape, empty.u.shape, empty.status["word"].shape) == ((0, 2), (0, 2, 2), (0,))


def test_a_core_for_all_sizes_and_a_given_scale():
    core = svdforge.Core(rows=6, cols=5, sizes="any")
    for rows, cols in [(6, 5), (2, 3), (1, 1)]:
        result = core.simulate(uniform(3, rows, cols))
        assert result.u.shape == (3, rows, min(rows, cols))
    scaled = core.simulate([[1.0, 2.0]], input_scale=3)
    assert scaled.input_exponent == 3 and scaled.lsb == 2.0 ** (3 - 15)
    assert abs(scaled.sigma[0] - 5**0.5) < 2 * scaled.lsb
    assert svdforge.Core(rows=2, vectors="none").simulate(np.eye(2)).u is None
    assert svdforge.Core(rows=np.int64(2), rank=None).options["cols"] == 2
