"""Each mistake has an exception that says what would be right."""

import numpy as np
import pytest

import svdforge

A = np.zeros((3, 2, 2))


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"row": 8}, TypeError, ["`row`", "rows, cols"]),
        ({"rows": 99}, ValueError, ["--rows 99", "at most 64"]),
        ({"rows": -1}, ValueError, ["--rows -1", "whole number"]),
        ({"rows": 8.0}, ValueError, ["--rows 8.0", "whole number"]),
        ({"rows": True}, ValueError, ["--rows true", "whole number"]),
        ({"rows": [8]}, ValueError, ["--rows [8]"]),
        ({"rows": 10**30}, ValueError, ["--rows 1000"]),
        ({"word": 30}, ValueError, ["--word 30", "8 to 24"]),
        ({"vectors": "w"}, ValueError, ["--vectors w", "uv"]),
        ({"symmetric": 1}, ValueError, ["--symmetric 1", "true or false"]),
        ({"rows": 4, "cols": 8, "symmetric": True}, ValueError, ["--cols 8", "--cols 4"]),
    ],
)
def test_cores_that_cannot_be_built(options, kind, words):
    with pytest.raises(kind) as error:
        svdforge.Core(**options)
    assert all(word in str(error.value) for word in words), error.value


@pytest.mark.parametrize(
    ("a", "kind", "words"),
    [
        (np.zeros(2), ValueError, ["(2,)", "(m, n)", "(k, m, n)"]),
        (np.zeros((1, 1, 2, 2)), ValueError, ["(1, 1, 2, 2)"]),
        (1.0, ValueError, ["()"]),
        (np.zeros((3, 2)), ValueError, ["3 x 2", "2 x 2"]),
        (np.zeros((2, 0)), ValueError, ["2 x 0"]),
        (np.zeros((5, 3, 2)), ValueError, ["a[0]: ", "3 x 2", "2 x 2"]),
        ([[0, np.nan], [0, 0]], ValueError, ["row 1, column 2", "NaN", "finite"]),
        ([[0, 0], [-np.inf, 0]], ValueError, ["row 2, column 1", "-inf"]),
        ([[[0, 0], [0, 0]], [[0, 0], [0, np.nan]]], ValueError, ["a[1], row 2, column 2", "NaN"]),
        (A.astype(complex), TypeError, ["complex128", "real"]),
        (A.astype(bool), TypeError, ["bool"]),
        (A.astype(object), TypeError, ["object", "float64"]),
        ([["a", "b"], ["c", "d"]], TypeError, ["U1"]),
        ([[1, 2], [3]], ValueError, ["no matrix"]),
        (None, TypeError, ["object"]),
    ],
)
def test_arrays_that_are_no_matrices(a, kind, words):
    with pytest.raises(kind) as error:
        svdforge.Core(rows=2).simulate(a)
    assert all(word in str(error.value) for word in words), error.value


def test_scales_that_are_wrong():
    core = svdforge.Core(rows=2)
    for scale in ["large", 1101, 0.5, None]:
        with pytest.raises(ValueError, match="input_scale .*-1100 to 1100"):
            core.simulate(A, input_scale=scale)
    with pytest.raises(ValueError, match=r"^a\[2\]: row 2, column 1: 1.5 .*larger exponent"):
        core.simulate(np.concatenate([A[:2], [[[0, 0], [1.5, 0]]]]), input_scale=0)
    with pytest.raises(ValueError, match="^row 1, column 2: "):
        core.simulate([[0, 3], [0, 0]], input_scale=1)


def test_a_symmetric_core_refuses_other_matrices():
    with pytest.raises(ValueError, match=r"^a\[0\]: row 1, column 2 is 2.0, but row 2, column 1 is 3.0: "):
        svdforge.Core(rows=2, symmetric=True).simulate([[[1, 2], [3, 4]]])


def test_a_symmetric_core_takes_what_quantisation_makes_symmetric():
    found = svdforge.Core(rows=2, symmetric=True).simulate([[0.5, 0.1 + 0.2], [0.3, 0.25]])
    assert found.eigenvalues is not None and len(found.eigenvalues) == 2


def test_matrices_at_the_ends_of_the_range():
    core = svdforge.Core(rows=2)
    large = core.simulate([[1e308, 1e308], [1e308, -1e308]])
    assert np.allclose(large.sigma / 1e308, np.sqrt(2), rtol=1e-3)
    with pytest.raises(ValueError, match="too large.*divide the matrix by"):
        core.simulate([[1e308, 1e308], [1e308, 1e308]])
    with pytest.raises(ValueError, match="too small.*multiply the matrix by"):
        core.simulate([[1e-310, 0], [0, 0]])
