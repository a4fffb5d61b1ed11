"""
Correlations and detection scores by SciPy and scikit-learn, with ties and without: metrics.json.

    python3 make.py
"""

import json
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn import metrics

random = np.random.default_rng(0)


def case(n, digits):
    x = random.normal(size=n).round(digits)
    y = (0.5 * x + random.normal(size=n)).round(digits)
    wrong = (x + random.normal(size=n) > 0.8).astype(int)
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "isWrong": wrong.tolist(),
        "ranks": stats.rankdata(x).tolist(),
        "pearson": stats.pearsonr(x, y)[0],
        "spearman": stats.spearmanr(x, y)[0],
        "rocAuc": metrics.roc_auc_score(wrong, x),
        "averagePrecision": metrics.average_precision_score(wrong, x),
        "meanHeight": float(np.trapz(y, np.sort(x)) / np.ptp(x)),
    }


cases = [case(40, 6), case(40, 0), case(25, 1), case(12, 6)]
(Path(__file__).parent / "metrics.json").write_text(json.dumps(cases) + "\n")
