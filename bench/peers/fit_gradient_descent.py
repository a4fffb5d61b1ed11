"""
Fits a softmax head as the authors of the method do: full-batch gradient descent, whose step starts from 10 and is
halved until f(Θ − tg) ≤ f(Θ) − t‖g‖²/2, until the mean |g| is below 1/200 of what it was at first.

    f(Θ) = 1/n Σᵢ (logsumexp(Φᵢ) − ⟨Tᵢ, Φᵢ⟩) + λ ‖Θ‖²,   Φ = [F 1] Θ

    python3 fit_gradient_descent.py features.npy targets.npy start.npy LAMBDA out.npy
"""

import sys
import time

import numpy as np

from serve import serve, torch_on_all_cores, with_constant

torch = torch_on_all_cores()
F = torch.from_numpy(with_constant(np.load(sys.argv[1])))
T = torch.from_numpy(np.load(sys.argv[2]))
START = torch.from_numpy(np.ascontiguousarray(np.load(sys.argv[3]), np.float32))
LAMBDA = float(sys.argv[4])
OUT = sys.argv[5]

FIRST_STEP = 10.0
SMALLEST_STEP = 1e-10


def objective(theta):
    logits = F @ theta
    return (torch.logsumexp(logits, 1) - (T * logits).sum(1)).mean() + LAMBDA * (theta * theta).sum()


def measure(patience=1e9):
    """patience: seconds after which it ends as it is, `finished` false."""
    start = time.perf_counter()
    theta = START.clone()
    iterations = evaluations = 0
    first = None
    while True:
        theta.requires_grad_(True)
        value = objective(theta)
        (gradient,) = torch.autograd.grad(value, theta)
        theta, value = theta.detach(), value.item()
        mean = gradient.abs().mean().item()
        first = mean if first is None else first
        evaluations += 1
        finished = mean < first / 200
        if finished or time.perf_counter() - start > patience:
            break
        square = (gradient * gradient).sum().item()
        step = FIRST_STEP
        with torch.no_grad():
            while objective(theta - step * gradient).item() > value - step * square / 2:
                evaluations += 1
                step /= 2
                if step < SMALLEST_STEP:
                    break
        if step < SMALLEST_STEP:
            break
        evaluations += 1
        theta = theta - step * gradient
        iterations += 1
    seconds = time.perf_counter() - start
    np.save(OUT, theta.numpy())
    return {
        "seconds": seconds,
        "iterations": iterations,
        "evaluations": evaluations,
        "finished": finished,
        "share": mean / first,
    }


# The first run pays for threads and memory.
objective(START.clone().requires_grad_(True)).backward()
serve(measure)
