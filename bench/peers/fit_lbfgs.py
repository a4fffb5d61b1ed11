"""
Fits a softmax head by torch.optim.LBFGS, in float32 with strong Wolfe conditions and 20 pairs, until it can do
no better:

    f(Θ) = 1/n Σᵢ (logsumexp(Φᵢ) − ⟨Tᵢ, Φᵢ⟩) + λ ‖Θ‖²,   Φ = [F 1] Θ

    python3 fit_lbfgs.py features.npy targets.npy start.npy LAMBDA out.npy
"""

import sys
import time

import numpy as np

from serve import cpu_seconds, serve, torch_on_all_cores, with_constant

torch = torch_on_all_cores()
F = torch.from_numpy(with_constant(np.load(sys.argv[1])))
T = torch.from_numpy(np.load(sys.argv[2]))
START = torch.from_numpy(np.ascontiguousarray(np.load(sys.argv[3]), np.float32))
LAMBDA = float(sys.argv[4])
OUT = sys.argv[5]


def objective(theta):
    logits = F @ theta
    return (torch.logsumexp(logits, 1) - (T * logits).sum(1)).mean() + LAMBDA * (theta * theta).sum()


def measure():
    """`seconds` and `cpuSeconds` end where it was as good as it came to be; `totalSeconds` where it gave up."""
    theta = START.clone().requires_grad_(True)
    optimiser = torch.optim.LBFGS(
        [theta],
        max_iter=100_000,
        max_eval=400_000,
        history_size=20,
        line_search_fn="strong_wolfe",
        tolerance_grad=0,
        tolerance_change=0,
    )
    path = []

    def closure():
        optimiser.zero_grad()
        value = objective(theta)
        value.backward()
        path.append((theta.grad.norm().item(), time.perf_counter(), cpu_seconds()))
        return value

    start, cpu = time.perf_counter(), cpu_seconds()
    optimiser.step(closure)
    total = time.perf_counter() - start
    np.save(OUT, theta.detach().numpy())
    _, at, cpu_at = min(path)
    return {
        "seconds": at - start,
        "cpuSeconds": cpu_at - cpu,
        "totalSeconds": total,
        "evaluations": len(path),
    }


# The first run pays for threads and memory.
objective(START.clone().requires_grad_(True)).backward()
serve(measure)
