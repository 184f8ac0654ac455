"""Expected values of tests/slt/47: rates by level and their ratios, by a Poisson model whose variance is that between people.

Run: python level_rates.py > expected.txt
"""

from importlib.metadata import version

import numpy as np
import statsmodels.api as sm

print("numpy", version("numpy"), "statsmodels", version("statsmodels"))

# Times that people of three levels came in a year: most not at all, a few very often.
LEVELS = {
    "low": [0] * 20 + [1] * 9 + [2] * 5 + [4] * 3 + [9] * 2 + [15],
    "middle": [0] * 28 + [1] * 8 + [2] * 3 + [3] * 2 + [6],
    "high": [0] * 30 + [1] * 5 + [2] * 2,
}

counts = np.concatenate([np.array(of, dtype=float) for of in LEVELS.values()])
which = np.concatenate([[name] * len(of) for name, of in LEVELS.items()])
columns = np.column_stack([np.ones(len(counts))] + [(which == name).astype(float) for name in ("middle", "high")])

for name, of in LEVELS.items():
    x = np.array(of, dtype=float) * 1000
    print(f"{name}: n {len(x)} rate {x.mean():.6f} sd {x.std(ddof=1):.6f}")

fit = sm.GLM(counts, columns, family=sm.families.Poisson()).fit(tol=1e-14)
# Residuals over one less their leverage (HC2), which for a model of levels alone is each level's own variance with n - 1.
weights = fit.mu
bread = np.linalg.inv(columns.T @ (columns * weights[:, None]))
leverage = weights * np.einsum("ij,jk,ik->i", columns, bread, columns)
meat = columns.T @ (columns * ((counts - fit.mu) ** 2 / (1 - leverage))[:, None])
robust = np.sqrt(np.diag(bread @ meat @ bread))
for at, name in enumerate(("middle", "high"), start=1):
    ratio, reach = np.exp(fit.params[at]), np.exp(1.959964 * robust[at])
    print(f"{name} over low: {ratio:.6f} {ratio / reach:.6f} {ratio * reach:.6f}")
    plain = np.exp(1.959964 * fit.bse[at])
    print(f"  by Poisson's law alone: {ratio / plain:.6f} {ratio * plain:.6f}")
