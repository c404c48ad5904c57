"""Compute the reference values of exponential.safetensors with SciPy and mpmath.

    pip install numpy scipy mpmath safetensors
    python exponential.py exponential.safetensors

Of every case: `matrix`, `exponential` by mpmath with 60 digits rounded once, `scipy` by scipy.linalg.expm (which at norm
100 is itself wrong by up to 1e-12), `direction`, and `frechet` by scipy.linalg.expm_frechet.
"""
import sys

import mpmath
import numpy as np
import scipy.linalg
from safetensors.numpy import save_file

mpmath.mp.dps = 60


def exponential(a):
    """Taylor series of a / 2^k to 60 digits, then k squarings."""
    norm = float(np.abs(a).sum(0).max())
    k = max(0, int(np.ceil(np.log2(max(norm, 1e-300)))) + 3)
    x = np.array([[mpmath.mpf(float(v)) / mpmath.mpf(2) ** k for v in row] for row in a], dtype=object)
    one = np.array([[mpmath.mpf(int(i == j)) for j in range(len(a))] for i in range(len(a))], dtype=object)
    e = one
    for n in range(36, 0, -1):
        e = one + x.dot(e) / n
    for _ in range(k):
        e = e.dot(e)
    return np.array([[float(v) for v in row] for row in e])


def of_norm(a, norm):
    return a * (norm / np.abs(a).sum(0).max())


def communicability(w):
    s = w.sum(1)
    return w / np.sqrt(np.outer(s, s))


def cases(rng):
    yield "one", np.array([[1.25]])
    for n in (2, 3, 24):
        for norm in (0.01, 1.0, 5.0, 40.0, 100.0):
            yield f"random.{n}.{norm:g}", of_norm(rng.standard_normal((n, n)), norm)
    yield "nilpotent.3", np.triu(10 * rng.standard_normal((3, 3)), 1)
    yield "nilpotent.16", np.triu(rng.standard_normal((16, 16)), 1)
    yield "defective.5", 3.0 * np.eye(5) + 7.0 * np.eye(5, k=1)
    yield "defective.24", -0.5 * np.eye(24) + np.eye(24, k=1)
    yield "triangular.12", np.triu(-np.ones((12, 12)), 1) + np.eye(12)
    yield "skewed.2", np.array([[1.0, 1e6], [0.0, -1.0]])
    yield "decaying.12", -of_norm(np.cov(rng.standard_normal((12, 40))), 100.0)
    yield "communicability.24", communicability(rng.random((24, 24)) * (rng.random((24, 24)) < 0.4) + 0.01 * np.eye(24))


def main(path):
    rng = np.random.default_rng(11)
    tensors = {}
    for name, a in cases(rng):
        direction = rng.standard_normal(a.shape)
        exact = exponential(a)
        tensors |= {
            f"{name}/matrix": a,
            f"{name}/exponential": exact,
            f"{name}/scipy": scipy.linalg.expm(a),
            f"{name}/direction": direction,
            f"{name}/frechet": scipy.linalg.expm_frechet(a, direction, compute_expm=False),
        }
        error = np.abs(tensors[f"{name}/scipy"] - exact).max() / np.abs(exact).max()
        print(f"{name:24} scipy {error:.1e}")
    save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()}, path)


main(sys.argv[1])
