"""
Influence functions at a softmax head by PyTorch: what removing each training row would change in one logit of a test
point, to first order, with its sign turned so that a contribution is positive.

    H = 1/n Σᵢ (diag(pᵢ) − pᵢ pᵢᵀ) ⊗ f̃ᵢ f̃ᵢᵀ + 2λ I       [dc, dc], factored once, in float64
    V = H⁻¹ (e_j ⊗ f̃ₜ)                                    [d, c], one solve a test point
    influenceᵢ = −1/n Σ_k (p_ik − T_ik) f̃ᵢᵀ V_k            [n], one product with F̃

    python3 influence.py features.npy targets.npy theta.npy LAMBDA test-features.npy K
"""

import sys
import time

import numpy as np

from serve import seconds_of, serve, torch_on_all_cores, with_constant

torch = torch_on_all_cores()
torch.set_grad_enabled(False)
F = torch.from_numpy(with_constant(np.load(sys.argv[1]).astype(np.float32)))
T = torch.from_numpy(np.load(sys.argv[2]).astype(np.float32))
THETA = torch.from_numpy(np.load(sys.argv[3]).astype(np.float64))
LAMBDA = float(sys.argv[4])
TEST = torch.from_numpy(with_constant(np.load(sys.argv[5]).astype(np.float32)))
K = int(sys.argv[6])
N, D = F.shape
C = T.shape[1]

P = torch.softmax(F.double() @ THETA, 1)
RESIDUAL = ((P - T) / N).float()
state = {}


def factor():
    rows = F.double()
    hessian = torch.empty(C, D, C, D, dtype=torch.float64)
    for j in range(C):
        for k in range(j, C):
            weight = P[:, j] * ((1.0 if j == k else 0.0) - P[:, k]) / N
            hessian[j, :, k] = rows.T @ (rows * weight[:, None])
            hessian[k, :, j] = hessian[j, :, k].T
    hessian = hessian.reshape(C * D, C * D)
    hessian.diagonal().add_(2 * LAMBDA)
    state["factor"] = torch.linalg.cholesky(hessian)


def influence(t, j):
    right = torch.zeros(C, D, dtype=torch.float64)
    right[j] = TEST[t].double()
    solved = torch.cholesky_solve(right.reshape(-1, 1), state["factor"]).reshape(C, D)
    return -(RESIDUAL * (F @ solved.T.float())).sum(1)


def explain(t):
    values = influence(t, int((TEST[t].double() @ THETA).argmax()))
    return torch.topk(values, K).indices, torch.topk(values, K, largest=False).indices


def measure(what, **request):
    return {"factor": lambda: {"seconds": seconds_of(factor)}, "one": one}[what](**request)


def one(start, count):
    """Seconds of each of `count` points."""
    taken = []
    for t in range(start, start + count):
        begin = time.perf_counter()
        explain(t % len(TEST))
        taken.append(time.perf_counter() - begin)
    return {"taken": taken}


serve(measure)
