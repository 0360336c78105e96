"""The part of the package that is written in Rust. Use `svdforge.Core` instead."""

from typing import Any, final

import numpy as np
from numpy.typing import NDArray

def options() -> list[tuple[str, str]]:
    """The names and help texts of all options of a core."""

@final
class Core:
    def __new__(cls, **options: object) -> Core: ...
    def summary(self) -> str: ...
    def bounds(self) -> str: ...
    def sections(self) -> str: ...
    def command(self) -> str: ...
    def simulate(
        self, stack: NDArray[np.float64] | NDArray[np.complex128], exponent: int | None, single: bool
    ) -> dict[str, Any]: ...
