"""Compute the converged graphical lasso of the counts in `priors.safetensors`.

    pip install numpy scikit-learn safetensors
    python generate_graphical_lasso.py

`graphical_lasso_precision` of that file is scikit-learn's with `enet_tol` left at 1e-4, which keeps its inner lassos
from converging: it departs by 1.8e-4 from the minimum. Here all tolerances are tightened until nothing changes.
"""
import pathlib

import numpy as np
from safetensors.numpy import load_file, save_file
from sklearn.covariance import GraphicalLassoCV, graphical_lasso

folder = pathlib.Path(__file__).parent
golden = load_file(folder / "priors.safetensors")
tight = dict(tol=1e-13, enet_tol=1e-13, max_iter=1000)
covariance, precision = graphical_lasso(golden["covariance"], alpha=0.002, **tight)
cv = GraphicalLassoCV(**tight).fit(golden["counts"].T)
save_file(
    dict(
        precision=precision,
        covariance=covariance,
        cv_precision=cv.precision_,
        cv_alpha=np.array([cv.alpha_]),
        cv_alphas=cv.cv_results_["alphas"][:-1],  # the last one is 0, without a graphical lasso
        cv_likelihoods=cv.cv_results_["mean_test_score"][:-1],
    ),
    folder / "graphical_lasso.safetensors",
)
