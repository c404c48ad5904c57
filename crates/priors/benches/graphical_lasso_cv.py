"""Time scikit-learn's GraphicalLassoCV on counts, a file of float64 `[bins, neurons]`, with one job and with one a core.

    python graphical_lasso_cv.py FILE NEURONS

Prints one JSON object: seconds of each, and the alpha that was chosen.
"""

import json
import os
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn.covariance import GraphicalLassoCV

warnings.simplefilter("ignore")
path, neurons = sys.argv[1], int(sys.argv[2])
counts = np.fromfile(path).reshape(-1, neurons)
cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def seconds(jobs, counts):
    start = time.perf_counter()
    model = GraphicalLassoCV(n_jobs=jobs).fit(counts)
    return time.perf_counter() - start, float(model.alpha_)


# The workers of joblib are started, and the libraries loaded in them, outside of the measurement.
seconds(cores, counts[:500, :4] + np.random.default_rng(1).normal(size=(500, 4)))
one, alpha = seconds(1, counts)
several, _ = seconds(cores, counts)
print(json.dumps(dict(version=sklearn.__version__, cores=cores, one=one, several=several, alpha=alpha)))
