"""Fixed-point SVD cores for FPGAs, simulated with the same bits as the hardware.

    import numpy as np, svdforge
    core = svdforge.Core(rows=8, cols=8)
    result = core.simulate(np.random.default_rng(1).uniform(-1, 1, (1000, 8, 8)))
    result.sigma, result.u, result.v, result.status["sweeps"], result.cycles["total"], result.raw["sigma"]
"""

from ._core import Core, Result

__all__ = ["Core", "Result"]
