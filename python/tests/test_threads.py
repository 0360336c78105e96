"""While a core is simulated, Python goes on: other threads run, signals arrive, and cores are shared."""

import concurrent.futures
import multiprocessing
import os
import signal
import threading
import time

import numpy as np
import pytest

import svdforge

A = np.random.default_rng(3).uniform(-1, 1, (400, 8, 8))


def test_other_threads_run_meanwhile():
    core = svdforge.Core()
    ended = threading.Event()
    worker = threading.Thread(target=lambda: (core.simulate(np.tile(A, (8, 1, 1))), ended.set()))
    worker.start()
    turns = 0
    while not ended.is_set():
        time.sleep(0.001)
        turns += 1
    worker.join()
    # If the lock of the interpreter was held, this thread would have had a turn between two simulations at most.
    assert turns > 50


def test_a_core_is_shared_by_threads():
    core = svdforge.Core()
    right = core.simulate(A).raw["v"]
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        for found in threads.map(lambda _: core.simulate(A[:50]).raw["v"], range(8)):
            assert np.array_equal(found, right[:50])


def test_a_forked_process_can_use_a_core():
    core = svdforge.Core()
    right = core.simulate(A[:20]).raw["sigma"]
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=lambda: queue.put(core.simulate(A[:20]).raw["sigma"]))
    child.start()
    assert np.array_equal(queue.get(timeout=60), right)
    child.join(60)


def test_ctrl_c_ends_a_long_simulation():
    core = svdforge.Core(rows=32)
    matrices = np.random.default_rng(4).uniform(-1, 1, (100_000, 32, 32))
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        core.simulate(matrices)
    assert time.monotonic() - start < 30
