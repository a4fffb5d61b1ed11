"""
What every peer script does: answers each line of JSON on its standard input with one line of JSON, so that what
it loaded and warmed up stays while it takes turns with others. By hand:

    echo '{}' | python3 bench/peers/gradient.py features.npy targets.npy theta.npy
"""

import json
import os
import resource
import sys
import time

import numpy as np

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def serve(measure):
    """measure(**request) returns what the answer holds; the CPU time and the peak memory are added."""
    for line in sys.stdin:
        before = cpu_seconds()
        answer = measure(**json.loads(line))
        answer.setdefault("cpuSeconds", cpu_seconds() - before)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        answer["peakBytes"] = peak if sys.platform == "darwin" else 1024 * peak
        print(json.dumps(answer), flush=True)


def cpu_seconds():
    times = os.times()
    return times.user + times.system


def seconds_of(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def torch_on_all_cores():
    import torch

    torch.set_num_threads(CORES)
    return torch


def with_constant(features):
    """F̃ = [F 1], C-contiguous, in the precision of F."""
    return np.concatenate([features, np.ones((len(features), 1), features.dtype)], axis=1)
