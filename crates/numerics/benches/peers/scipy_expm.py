"""Time SciPy's matrix exponential and its Fréchet derivative on one thread.

    python scipy_expm.py FOLDER

reads FOLDER/matrix (f64, row-major), writes FOLDER/value and prints the least milliseconds of expm and expm_frechet.
"""
import pathlib
import sys
import time

import numpy as np
import scipy.linalg

folder = pathlib.Path(sys.argv[1])
values = np.fromfile(folder / "matrix")
size = round(len(values) ** 0.5)
matrix = values.reshape(size, size)


def best(runs, function):
    function()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return 1e3 * min(times)


scipy.linalg.expm(matrix).tofile(folder / "value")
forward = best(12, lambda: scipy.linalg.expm(matrix))
frechet = best(6, lambda: scipy.linalg.expm_frechet(matrix, matrix, check_finite=False))
print(forward, frechet)
