//! What SciPy and statsmodels say of fixed samples, shared by the tests of this crate.
//!
//! `scipy.json` is what this prints:
//!
//! ```python
//! # pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 pandas
//! import json, warnings
//! import numpy as np, pandas as pd
//! import scipy.optimize as optimize
//! import scipy.stats as stats
//! from scipy.stats._mannwhitneyu import _MWU
//! import statsmodels.api as sm
//! from statsmodels.formula.api import ols
//! warnings.simplefilter("ignore")
//! rng = np.random.default_rng(5)
//! out = {}
//!
//! def sample(n, shift, ties):
//!     values = rng.normal(shift, 1, n)
//!     return [float(v) for v in (np.round(values, 1) if ties else values)]
//!
//! def delta_interval(x, y):
//!     m, n = len(x), len(y)
//!     theta = stats.mannwhitneyu(x, y).statistic / (m * n)
//!     k, z = (m + n) / 2 - 1, stats.norm.ppf(0.975)
//!     f = lambda t: (theta - t) ** 2 - z * z * t * (1 - t) * (1 + k * ((1 - t) / (2 - t) + t / (1 + t))) / (m * n)
//!     low = 0.0 if theta == 0 else optimize.brentq(f, 0, theta - 1e-13, xtol=1e-14)
//!     high = 1.0 if theta == 1 else optimize.brentq(f, theta + 1e-13, 1, xtol=1e-14)
//!     return 2 * theta - 1, [2 * low - 1, 2 * high - 1]
//!
//! def shift_interval(x, y):
//!     """Walsh differences at the quantile of U, whose distribution is that of SciPy's exact test without ties."""
//!     m, n = len(x), len(y)
//!     d = np.sort(np.subtract.outer(x, y).ravel())
//!     k = 0
//!     while 2 * float(_MWU(m, n).cdf(np.array([k]))[0]) <= 0.05:
//!         k += 1
//!     return float(np.median(d)), [float(d[k - 1]), float(d[m * n - k])] if k else None
//!
//! pairs = []
//! for m, n, shift, ties in [(3, 3, 0, 0), (4, 4, 1, 0), (5, 8, 1, 0), (8, 8, 0.5, 0), (8, 30, 0.7, 0), (9, 9, 0.7, 0), (20, 20, 0.6, 0),
//!                           (20, 20, 9, 0), (20, 17, 0.3, 1), (6, 7, 1, 1), (12, 20, -2, 1), (2, 2, 3, 0), (40, 33, 0.4, 0)]:
//!     x, y = sample(m, shift, ties), sample(n, 0, ties)
//!     test = stats.mannwhitneyu(x, y)
//!     delta, interval = delta_interval(x, y)
//!     hl, hl_interval = shift_interval(x, y)
//!     exact = "exact" if min(m, n) <= 8 and len(set(x + y)) == m + n else "asymptotic"
//!     pairs.append(dict(x=x, y=y, u=float(test.statistic), p=float(test.pvalue), method=exact, delta=float(delta),
//!                       delta95=[float(v) for v in interval], shift=hl, shift95=hl_interval))
//! out["pairs"] = pairs
//!
//! groups = [sample(n, s, 1) for n, s in [(5, 0), (9, 0.5), (14, 1.2), (1, 0)]]
//! h, p = stats.kruskal(*groups)
//! out["kruskal"] = dict(groups=groups, h=float(h), p=float(p))
//!
//! anova = []
//! for levels, full in [((2, 2), 0), ((3, 2), 1), ((3, 3, 2), 1)]:
//!     cells = [c for c in np.ndindex(levels) for _ in range(int(rng.integers(2, 6)))]
//!     table = pd.DataFrame(cells, columns=list("abc")[: len(levels)])
//!     table["rank"] = stats.rankdata(rng.normal(table.sum(axis=1) * 0.4, 1))
//!     formula = "rank ~ " + " * ".join(f"C({c})" for c in table.columns[:-1])
//!     rows = sm.stats.anova_lm(ols(formula, data=table).fit(), typ=2)
//!     anova.append(dict(
//!         response=[float(v) for v in table["rank"]], factors={c: [int(v) for v in table[c]] for c in table.columns[:-1]},
//!         terms={k.replace("C(", "").replace(")", ""): dict(ss=float(v["sum_sq"]), df=int(v["df"]), f=None if np.isnan(v["F"]) else float(v["F"]),
//!                p=None if np.isnan(v["PR(>F)"]) else float(v["PR(>F)"])) for k, v in rows.iterrows()}))
//! out["anova"] = anova
//!
//! skewed = [float(v) for v in rng.exponential(1, 20)]
//! b = stats.bootstrap((skewed,), np.mean, n_resamples=400_000, batch=20_000, method="BCa", rng=np.random.default_rng(1))
//! out["bootstrap"] = dict(values=skewed, bca=[float(b.confidence_interval.low), float(b.confidence_interval.high)])
//! x, y = [1, 2, 2, 3, 5, 5, 7, 4, 0, 6, 2], [2, 1, 2, 3, 4, 6, 6, 5, 1, 7, 2]
//! out["order"] = dict(x=x, y=y, tau=float(stats.kendalltau(x, y).statistic), rho=float(stats.spearmanr(x, y).statistic), ranks=[float(v) for v in stats.rankdata(x)])
//! zs = [-30, -8, -1.5, 0, 0.3, 2, 6, 12, 37]
//! out["normal"] = dict(z=zs, tail=[float(stats.norm.sf(z)) for z in zs], probability=[1e-300, 1e-12, 0.025, 0.4, 0.5, 0.9, 0.9999], quantile=[float(v) for v in stats.norm.ppf([1e-300, 1e-12, 0.025, 0.4, 0.5, 0.9, 0.9999])])
//! def explained(f, m, n):
//!     end = lambda q: 0.0 if stats.f.cdf(f, m, n) <= q else optimize.brentq(lambda s: stats.ncf.cdf(f, m, n, (m + n + 1) * s / (1 - s)) - q, 1e-12, 0.9, xtol=1e-13)
//!     return dict(f=f, m=m, n=n, eta=m * f / (m * f + n), eta95=[end(0.975), end(0.025)])
//! out["explained"] = [explained(*case) for case in [(0.5, 3, 40), (4.2, 1, 76), (24.8, 2, 57), (3.1, 10, 209), (60.0, 10, 209), (1.0, 4, 5)]]
//! print(json.dumps(out, separators=(",", ":")).replace('},{', '},\n{'))
//! ```

// Every test file compiles its own copy and uses a part of it.
#![allow(dead_code)]

use serde_json::Value;

pub(crate) fn scipy() -> Value {
    serde_json::from_str(include_str!("../scipy.json")).unwrap()
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

pub(crate) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// Asserts that two numbers differ by at most `tolerance` of the expected one.
pub(crate) fn assert_relative(name: &str, found: f64, expected: f64, tolerance: f64) {
    let error = (found - expected).abs();
    assert!(error <= tolerance * expected.abs(), "{name}: found {found}, expected {expected}");
}

pub(crate) fn assert_close(name: &str, found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{name}: found {found}, expected {expected}");
}
