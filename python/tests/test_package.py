"""The package itself: its hints, its documentation and its example."""

import pathlib
import runpy

import svdforge
from svdforge import _native

FOLDER = pathlib.Path(__file__).resolve().parents[1]


def test_every_option_is_documented():
    names = [name for name, _ in _native.options()]
    assert {"rows", "cols", "word", "symmetric"} <= set(names)
    # A core that is real, or does not check its results, says nothing of it.
    told = svdforge.Core(rows=2, selfcheck=True).options.keys() | svdforge.Core(rows=2, complex=True).options.keys()
    for name in names:
        assert f"        {name}: " in svdforge.Core.__doc__
        assert name in told


def test_the_package_says_that_it_is_typed():
    folder = pathlib.Path(svdforge.__file__).parent
    assert (folder / "py.typed").exists() and (folder / "_native.pyi").exists()
    assert "--rows 2" in repr(svdforge.Core(rows=2))


def test_the_example_runs():
    runpy.run_path(str(FOLDER / "examples" / "first_steps.py"))
