"""`Core` and `Result`: what users of the package see."""

import json
import operator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _native

# What is None for some cores. With Any, type checkers do not ask for a check wherever it is used.
_Values: TypeAlias = NDArray[np.float64] | Any
_Vectors: TypeAlias = NDArray[np.float64] | NDArray[np.complex128] | Any

_EXPONENTS = range(-1100, 1101)


@dataclass(frozen=True)
class Result:
    """What a core delivers: A = U diag(sigma) transpose(V), or conj(transpose(V)) if it is complex.

    For one matrix, sigma has the shape (r,), u (m, r) and v (n, r), and every other value is a scalar. For a stack of
    k matrices, k is the first dimension of every array. Vectors that the core does not compute are None.

    A symmetric core, or a Hermitian one if it is complex, delivers `eigenvalues` and `vectors` instead of sigma, u and
    v.
    """

    sigma: _Values
    """Singular values at true scale, descending."""
    u: _Vectors
    """Left singular vectors, one in each column."""
    v: _Vectors
    """Right singular vectors, one in each column."""
    eigenvalues: _Values
    """Eigenvalues at true scale, highest first."""
    vectors: _Vectors
    """Eigenvectors, one in each column."""
    status: dict[str, Any]
    """The status word as `word`, and each of its fields: `bad_frame`, `overflow`, `cap_reached`, `self_check_failed`, `watchdog`,
    `sweeps`, `block_exponent`."""
    cycles: dict[str, Any]
    """Clock cycles of a matrix that passes through the core alone: `load`, `compute`, `unload`, `total`."""
    raw: dict[str, NDArray[np.int64]]
    """The integers that leave the core, by section: `sigma`, `u`, `v`, or `eigenvalues`, `vectors`. The true singular
    value is raw * 2^-frac * 2^(input_exponent + block_exponent), where frac is that of the section (`Core.sections`).
    Elements of vectors are raw * 2^-frac. Of complex vectors the last dimension is 2, for the real and the imaginary
    part."""
    input_exponent: Any
    """The power of two by which a matrix was divided before it was quantised."""
    lsb: Any
    """The weight of the last bit of the input, at true scale. Errors of sigma are given in this unit."""


class Core:
    """A core in the simulator, ready to run.

    The keyword arguments are the options of the command line, such as rows=16, vectors="v" or symmetric=True. None
    leaves an option to the program. A core that cannot be built is a ValueError.
    """

    def __init__(self, **options: int | str | bool | None) -> None:
        self._native = _native.Core(**options)
        self._is_complex: bool = self.options.get("complex", False)

    @property
    def options(self) -> dict[str, Any]:
        """The options with defaults filled in, and the numbers that follow from them: the `core` object of every JSON
        document of svdforge."""
        summary: dict[str, Any] = json.loads(self._native.summary())
        return summary

    @property
    def bounds(self) -> dict[str, Any]:
        """The error bounds of `core.json`: `statistical`, `rigorous` and `expected_rms`, each with `sigma`,
        `orthogonality_u`, `orthogonality_v` and `reconstruction`.

        The unit of sigma and reconstruction is `Result.lsb`, and that of the orthogonality is 2^-(word - 1). They hold
        for block exponent 0 and where `cap_reached` is 0."""
        bounds: dict[str, Any] = json.loads(self._native.bounds())
        return bounds

    @property
    def sections(self) -> list[dict[str, Any]]:
        """The sections of an output frame for a matrix of the core's size, as in `core.json`: `name`, `count`, and the
        format of their integers, which are `word` bits with `frac` fraction bits."""
        sections: list[dict[str, Any]] = json.loads(self._native.sections())
        return sections

    def __repr__(self) -> str:
        return f"<svdforge.Core: {self._native.command()}>"

    def simulate(self, a: ArrayLike, *, input_scale: int | str = "auto") -> Result:
        """Runs one matrix (m, n), or a stack of matrices (k, m, n), through the core.

        Each matrix passes through the core alone. A stack is shared out among all processors, and other threads of
        Python run meanwhile. `input_scale` is the exponent of the power of two by which matrices are divided before
        they are quantised; "auto" takes the smallest with which each one fits.

        Elements that are not finite, a wrong shape and elements that do not fit are a ValueError, and elements that
        are not real numbers a TypeError. A core with complex=True takes complex numbers only.
        """
        stack, single = _stack(a, self._is_complex)
        found = self._native.simulate(stack, _exponent(input_scale), single)
        if single:
            found = {name: _first(value) for name, value in found.items()}
        decomposition = ("sigma", "u", "v", "eigenvalues", "vectors")
        return Result(**{**dict.fromkeys(decomposition), **found})


# The table of options is in Rust; here it becomes the documentation.
Core.__doc__ = f"{Core.__doc__}\n    Options:\n" + "".join(
    f"        {name}: {help}\n" for name, help in _native.options()
)


def _first(value: Any) -> Any:
    """The part of the first matrix."""
    if isinstance(value, dict):
        return {name: _first(part) for name, part in value.items()}
    return value[0]


def _stack(
    a: ArrayLike, is_complex: bool
) -> tuple[NDArray[np.float64] | NDArray[np.complex128], bool]:
    """The argument as a stack of matrices in float64 or complex128, and whether it was a single matrix."""
    try:
        array = np.asarray(a)
    except ValueError as error:
        raise ValueError(f"a is no matrix: {error}") from None
    kinds, size, wanted = ("c", 16, "complex128") if is_complex else ("iuf", 8, "float64")
    if array.dtype.kind not in kinds or array.dtype.itemsize > size:
        numbers = "complex numbers" if is_complex else "real numbers"
        other = f", or a core with complex={not is_complex}" if array.dtype.kind in "iufc" else ""
        raise TypeError(
            f"a has elements of type {array.dtype}; give {numbers}, for example with .astype('{wanted}'){other}"
        )
    if array.ndim not in (2, 3):
        raise ValueError(
            f"a has the shape {array.shape}; give one matrix (m, n) or a stack of matrices (k, m, n)"
        )
    single = array.ndim == 2
    stack = np.ascontiguousarray(array[np.newaxis] if single else array, dtype=np.dtype(wanted))
    return stack, single


def _exponent(input_scale: int | str) -> int | None:
    if isinstance(input_scale, str):
        if input_scale == "auto":
            return None
    else:
        try:
            exponent = operator.index(input_scale)
        except TypeError:
            pass
        else:
            if exponent in _EXPONENTS:
                return exponent
    raise ValueError(f"input_scale {input_scale!r}: give \"auto\" or a whole number from -1100 to 1100")
