"""
Fits a softmax head to labels by scikit-learn's LogisticRegression, to

    f(Θ) = 1/n Σᵢ (logsumexp(Φᵢ) − Φᵢ,yᵢ) + λ ‖Θ‖²,   Φ = [F 1] Θ

which is its objective with C = 1/(2λn), no intercept, and the constant among the features.

    python3 fit_sklearn.py features.npy labels.npy LAMBDA out.npy
"""

import signal
import sys
import time
import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression, _logistic
from threadpoolctl import threadpool_limits

from serve import CORES, cpu_seconds, serve, with_constant

threadpool_limits(CORES)
warnings.filterwarnings("ignore")
F = with_constant(np.load(sys.argv[1])).astype(np.float64)
Y = np.load(sys.argv[2]).ravel()
LAMBDA = float(sys.argv[3])
OUT = sys.argv[4]
N = len(F)

minimize = _logistic.optimize.minimize


def tight_minimize(*args, options=None, **kwargs):
    """SciPy's L-BFGS with the relative tolerance of the value that later versions of scikit-learn give it."""
    return minimize(*args, options={**(options or {}), "ftol": 64 * np.finfo(float).eps}, **kwargs)


MINIMIZE = {"lbfgs": minimize, "lbfgs, tight ftol": tight_minimize, "newton-cg": minimize}

tolerances = {}


def measure(solver, gradientNorm, patience):
    """
    One fit by a solver, at a tolerance at which it comes to ‖G‖ ≤ gradientNorm, which the first call finds.
    `reached` false where no tolerance does, or where looking for it takes more than `patience` seconds.
    """
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(int(patience))
    try:
        if solver in tolerances:
            return fit(solver, tolerances[solver], gradientNorm)
        # Their gradient is that of the sum, and they compare its largest entry.
        tolerance = gradientNorm * N / 4
        best = np.inf
        while True:
            answer = fit(solver, tolerance, gradientNorm)
            if answer["reached"]:
                tolerances[solver] = tolerance
                return answer
            if answer["gradientNorm"] >= best and tolerance < gradientNorm * N / 1e4:
                return answer
            best = min(best, answer["gradientNorm"])
            tolerance /= 4
    except TimeoutError:
        return {"reached": False, "timedOut": True}
    finally:
        signal.alarm(0)


def fit(solver, tolerance, wanted):
    _logistic.optimize.minimize = MINIMIZE[solver]
    model = LogisticRegression(
        C=1 / (2 * LAMBDA * N),
        solver=solver.split(",")[0],
        multi_class="multinomial",
        fit_intercept=False,
        tol=tolerance,
        max_iter=100_000,
    )
    start, cpu = time.perf_counter(), cpu_seconds()
    model.fit(F, Y)
    seconds, cpu = time.perf_counter() - start, cpu_seconds() - cpu
    theta = model.coef_.T
    norm = gradient_norm(theta)
    np.save(OUT, np.ascontiguousarray(theta))
    return {
        "seconds": seconds,
        "cpuSeconds": cpu,
        "gradientNorm": norm,
        "reached": bool(norm <= wanted),
        "iterations": int(model.n_iter_[0]),
    }


def gradient_norm(theta):
    phi = F @ theta
    phi -= phi.max(axis=1, keepdims=True)
    np.exp(phi, out=phi)
    phi /= phi.sum(axis=1, keepdims=True)
    phi[np.arange(N), Y] -= 1
    return float(np.linalg.norm(F.T @ phi / N + 2 * LAMBDA * theta))


def give_up(*_):
    raise TimeoutError


serve(measure)
