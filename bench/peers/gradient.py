"""
One gradient of the softmax loss by PyTorch in float32, the better of autograd and of its formula:

    G = 1/n Fᵀ(softmax(F Θ) − T) + 2λ Θ

    python3 gradient.py features.npy targets.npy theta.npy LAMBDA out.npy
"""

import sys

import numpy as np

from serve import seconds_of, serve, torch_on_all_cores

torch = torch_on_all_cores()
F, T, THETA = (torch.from_numpy(np.load(path).astype(np.float32)) for path in sys.argv[1:4])
LAMBDA = float(sys.argv[4])
OUT = sys.argv[5]


def by_autograd():
    theta = THETA.clone().requires_grad_(True)
    logits = F @ theta
    loss = (torch.logsumexp(logits, 1) - (T * logits).sum(1)).mean() + LAMBDA * (theta * theta).sum()
    loss.backward()
    return theta.grad


@torch.no_grad()
def by_formula():
    """The value too, which a solver needs as well and autograd has made on the way."""
    logits = F @ THETA
    value = (torch.logsumexp(logits, 1) - (T * logits).sum(1)).mean() + LAMBDA * (THETA * THETA).sum()
    gradient = F.T @ (torch.softmax(logits, 1) - T) / len(F) + 2 * LAMBDA * THETA
    return gradient if torch.isfinite(value) else None


@torch.no_grad()
def by_turned_formula():
    """The same with the second product the other way round."""
    logits = F @ THETA
    value = (torch.logsumexp(logits, 1) - (T * logits).sum(1)).mean() + LAMBDA * (THETA * THETA).sum()
    gradient = ((torch.softmax(logits, 1) - T).T @ F).T / len(F) + 2 * LAMBDA * THETA
    return gradient if torch.isfinite(value) else None


def measure(repeats=10):
    return {
        "autograd": [seconds_of(by_autograd) for _ in range(repeats)],
        "formula": [seconds_of(by_formula) for _ in range(repeats)],
        "turned formula": [seconds_of(by_turned_formula) for _ in range(repeats)],
    }


np.save(OUT, by_formula().numpy())
measure(3)
serve(measure)
