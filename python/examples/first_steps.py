# %% [markdown]
# # An SVD core from Python
#
# Each part of this file that begins with `# %%` is a cell in editors such as VS Code and Spyder. The file also runs as
# a whole: `python python/examples/first_steps.py`.

# %%
import time

import numpy as np

import svdforge

# %% [markdown]
# A core has the options of the command line. This one decomposes 8 x 8 matrices of 16-bit numbers.

# %%
core = svdforge.Core(rows=8, cols=8, word=16)
print(core)
print("multipliers:", core.options["multipliers"])

# %% [markdown]
# One matrix gives sigma, U and V at the scale of the matrix. The result also has the number of sweeps and of clock
# cycles, as the hardware would need them.

# %%
hilbert = np.array([[1 / (i + j + 1) for j in range(8)] for i in range(8)])
result = core.simulate(hilbert)
print("sigma, core: ", result.sigma)
print("sigma, numpy:", np.linalg.svd(hilbert, compute_uv=False))
print("sweeps:", result.status["sweeps"], " cycles:", result.cycles["total"])

# %% [markdown]
# A stack of matrices is simulated on all processors. The errors of sigma are given in units of the last bit of the
# input (LSB). The core promises a bound on them for the input after it was rounded to the word.

# %%
stack = np.random.default_rng(1).uniform(-1, 1, (2000, 8, 8))
start = time.perf_counter()
result = core.simulate(stack)
seconds = time.perf_counter() - start
quantised = np.round(stack / result.lsb[:, None, None]) * result.lsb[:, None, None]
errors = np.abs(result.sigma - np.linalg.svd(quantised, compute_uv=False)) / result.lsb[:, None]
print(f"{len(stack) / seconds:.0f} matrices per second")
print(f"largest error of sigma: {errors.max():.2f} LSB, bound {core.bounds['statistical']['sigma']} LSB")

# %% [markdown]
# The integers are those that leave the hardware. Each section of the output has its own number of fraction bits.

# %%
print(result.raw["sigma"][0])
for section in core.sections:
    print(section["name"], "has", section["word"], "bits, of which", section["frac"], "are of the fraction")

# %% [markdown]
# What does a wider word bring? Each further bit halves the error.

# %%
for word in (10, 12, 14, 16):
    found = svdforge.Core(rows=8, word=word).simulate(stack[:200])
    error = np.abs(found.sigma - np.linalg.svd(stack[:200], compute_uv=False)).max()
    print(f"{word} bits: largest error of sigma {error:.2e}")
