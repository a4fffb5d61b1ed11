"""
The k largest and k smallest representer values of test points by PyTorch: one product of all training rows with a
test point, times alpha of the explained output, and two topk. For many points the same with blocks of them.

    python3 explain.py features.npy alpha.npy test-features.npy outputs.npy K
"""

import sys
import time

import numpy as np

from serve import CORES, serve, torch_on_all_cores, with_constant

torch = torch_on_all_cores()
torch.set_grad_enabled(False)
F, TEST = (
    torch.from_numpy(with_constant(np.load(path).astype(np.float32))) for path in (sys.argv[1], sys.argv[3])
)
ALPHA = torch.from_numpy(np.load(sys.argv[2]))
# A row for each output, so that what is read lies together.
ALPHA_BY_OUTPUT = ALPHA.T.contiguous()
OUTPUTS = torch.from_numpy(np.load(sys.argv[4]).ravel().astype(np.int64))
K = int(sys.argv[5])


def explain(t):
    values = (F @ TEST[t]) * ALPHA_BY_OUTPUT[OUTPUTS[t]]
    return torch.topk(values, K).indices, torch.topk(values, K, largest=False).indices


def explain_block(rows):
    values = (TEST[rows] @ F.T) * ALPHA_BY_OUTPUT[OUTPUTS[rows]]
    return torch.topk(values, K).indices, torch.topk(values, K, largest=False).indices


def measure(what, **request):
    return {"one": one, "block": block, "rows": rows_of}[what](**request)


def one(start, count, threads=CORES):
    """Seconds of each of `count` points."""
    torch.set_num_threads(threads)
    taken = []
    for t in range(start, start + count):
        begin = time.perf_counter()
        explain(t % len(TEST))
        taken.append(time.perf_counter() - begin)
    torch.set_num_threads(CORES)
    return {"taken": taken}


def block(size, count):
    """Seconds a point over the first `count`, `size` of them at once."""
    begin = time.perf_counter()
    for start in range(0, count, size):
        explain_block(torch.arange(start, min(start + size, count)))
    return {"seconds": (time.perf_counter() - begin) / count}


def rows_of(count):
    """Which rows the first `count` points are explained by."""
    found = [explain(t) for t in range(count)]
    return {"excitatory": [e.tolist() for e, _ in found], "inhibitory": [i.tolist() for _, i in found]}


one(0, 100)
serve(measure)
