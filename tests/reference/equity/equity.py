"""Expected values of tests/slt/42 to 58: what the queries of equity give for small tables, computed by numpy, scipy and statsmodels.

Run: python equity.py > expected.txt
"""

from importlib.metadata import version

import numpy as np
import statsmodels.api as sm
from scipy import optimize, stats
from statsmodels.stats.proportion import confint_proportions_2indep
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW


def say(what, *numbers):
    print(f"{what}:", *(f"{number:.6f}" for number in numbers))


def exact(n, mean, sd):
    """Numbers with exactly this mean and sample standard deviation."""
    x = np.arange(n, dtype=float)
    return mean + (x - x.mean()) / x.std(ddof=1) * sd


def welch(one, other):
    compared = CompareMeans(DescrStatsW(one), DescrStatsW(other))
    return one.mean() - other.mean(), *compared.tconfint_diff(usevar="unequal")


def newcombe(x1, n1, x2, n2):
    return x1 / n1 - x2 / n2, *confint_proportions_2indep(x1, n1, x2, n2, method="newcomb", compare="diff")


print("numpy", version("numpy"), "scipy", version("scipy"), "statsmodels", version("statsmodels"))

print("\n# 42 gaps: shares 56/70 and 48/80, means of 40 (30, sd 8) and 50 (25, sd 10)")
say("gap of shares", *newcombe(56, 70, 48, 80))
# Koopman's interval is the score interval without a correction.
score = confint_proportions_2indep(56, 70, 48, 80, method="score", compare="ratio", correction=False)
say("ratio of shares", (56 / 70) / (48 / 80), *score)
say("gap of means", *welch(exact(40, 30, 8), exact(50, 25, 10)))
ratio, se = 30 / 25, np.hypot(8 / np.sqrt(40) / 30, 10 / np.sqrt(50) / 25)
say("ratio of means", ratio, ratio * np.exp(-stats.norm.ppf(0.975) * se), ratio * np.exp(stats.norm.ppf(0.975) * se))

print("\n# 43 rest: shares 56/70, 48/80 and 5/10; means of 40 (30, sd 8), 50 (25, sd 10) and 10 (20, sd 6)")
shares = [(56, 70), (48, 80), (5, 10)]
for at, (x, n) in enumerate(shares):
    rest = [share for other, share in enumerate(shares) if other != at]
    say(f"share {at}", *newcombe(x, n, sum(x for x, _ in rest), sum(n for _, n in rest)))
means = [exact(40, 30, 8), exact(50, 25, 10), exact(10, 20, 6)]
everybody = np.concatenate(means)
t = stats.t.ppf(0.975, len(everybody) - 1) * everybody.std(ddof=1) / np.sqrt(len(everybody))
say("everybody's mean and limits", everybody.mean(), everybody.mean() - t, everybody.mean() + t)
for at, one in enumerate(means):
    say(f"mean {at}", *welch(one, np.concatenate([other for place, other in enumerate(means) if place != at])))

print("\n# 50 slope: means 20, 22, 25, 26, 30 of 40, 60, 50, 30, 20, each with sd 5")
values, n = np.array([20, 22, 25, 26, 30.0]), np.array([40, 60, 50, 30, 20.0])
rank = (np.cumsum(n) - n / 2) / n.sum()
design = sm.add_constant(rank)
weights = np.linalg.inv(design.T @ np.diag(n) @ design) @ design.T @ np.diag(n)
start, slope = weights @ values
covariance = weights @ np.diag(25 / n) @ weights.T
z = stats.norm.ppf(0.975)
say("slope index of means", slope, slope - z * np.sqrt(covariance[1, 1]), slope + z * np.sqrt(covariance[1, 1]))
# Fieller: both ends of the line and their covariance.
ends = np.array([[1, 0], [1, 1]]) @ covariance @ np.array([[1, 0], [1, 1]]).T
end = start + slope
a, b, c = start**2 - z**2 * ends[0, 0], start * end - z**2 * ends[0, 1], end**2 - z**2 * ends[1, 1]
root = np.sqrt(b**2 - a * c)
say("relative index of means", end / start, (b - root) / a, (b + root) / a)

print("\n# 50 slope by the logit: 30, 40, 50, 60, 70 of 100 in fifths of one size")
x, n = np.array([30, 40, 50, 60, 70.0]), np.full(5, 100.0)
rank = (np.cumsum(n) - n / 2) / n.sum()
fit = sm.GLM(np.column_stack([x, n - x]), sm.add_constant(rank), family=sm.families.Binomial()).fit()
low, high = fit.predict(np.array([[1, 0], [1, 1]]))
# Limits by the delta method: of the difference, and of the logarithm of the ratio.
of_difference = np.array([high * (1 - high) - low * (1 - low), high * (1 - high)])
of_logarithm = np.array([low - high, 1 - high])
reach, times = (z * np.sqrt(of @ fit.cov_params() @ of) for of in (of_difference, of_logarithm))
say("slope index by the logit", high - low, high - low - reach, high - low + reach)
say("relative index by the logit", high / low, high / low / np.exp(times), high / low * np.exp(times))

print("\n# 52 concentration: the same two, by the plain formula 2 cov(value, rank) / mean with people as weights")
for name, values, n in [("means", np.array([20, 22, 25, 26, 30.0]), np.array([40, 60, 50, 30, 20.0])),
                        ("shares", np.array([0.3, 0.4, 0.5, 0.6, 0.7]), np.full(5, 100.0))]:
    share = n / n.sum()
    rank = np.cumsum(share) - share / 2
    mean = (share * values).sum()
    absolute = 2 * (share * (values - mean) * (rank - 0.5)).sum()
    say(f"{name}: relative, absolute", absolute / mean, absolute)
    lowest, highest = (0, 48) if name == "means" else (0, 1)
    say(f"{name}: Erreygers", 4 / (highest - lowest) * absolute)

print("\n# 54 unordered: shares 0.8 of 70, 0.6 of 80 and 0.5 of 50 (not stated); reference 0.6, best 0.8")
values, n = np.array([0.8, 0.6, 0.5]), np.array([70, 80, 50.0])
share = n / n.sum()
mean = (share * values).sum()
variance = (share * (values - mean) ** 2).sum()
say("between_group_variance, _sd", variance, np.sqrt(variance))
say("mean_log_deviation, theil_index", (share * -np.log(values / mean)).sum() * 1000,
    (share * values / mean * np.log(values / mean)).sum() * 1000)
say("index_of_disparity, _weighted", np.abs(values - mean).sum() / 3 / mean * 100, (share * np.abs(values - mean)).sum() / mean * 100)
for name, against in [("best", 0.8), ("mean", mean), ("reference", 0.6)]:
    apart = np.abs(values - against)
    # WHO's package divides by the number of groups, and leaves none out.
    say(f"mean_difference_from_{name}, _weighted", apart.sum() / 3, (share * apart).sum())
say("attributable_risk, attributable_fraction", 0.8 - mean, (0.8 - mean) / mean * 100)

print("\n# 56 intersections: means of 2 x 3 cells, each with sd 6, shrunken by restricted maximum likelihood")
values, n = np.array([20, 24, 29, 22, 30, 28.0]), np.array([40, 60, 36, 50, 100, 45.0])
design = np.array([[1, a, b == 1, b == 2] for a in range(2) for b in range(3)], dtype=float)
variances = 36 / n


def restricted(tau2):
    """Minus twice the restricted log likelihood, but for a constant."""
    weights = np.diag(1 / (variances + tau2))
    information = design.T @ weights @ design
    fitted = np.linalg.solve(information, design.T @ weights @ values)
    residuals = values - design @ fitted
    return np.log(variances + tau2).sum() + np.linalg.slogdet(information)[1] + residuals @ weights @ residuals


tau2 = optimize.minimize_scalar(restricted, bounds=(0, 100), method="bounded", options={"xatol": 1e-12}).x
weights = np.diag(1 / (variances + tau2))
covariance = np.linalg.inv(design.T @ weights @ design)
expected = design @ covariance @ design.T @ weights @ values
own = tau2 / (tau2 + variances)
shrunken = own * values + (1 - own) * expected
reach = z * np.sqrt(own * variances + (1 - own) ** 2 * np.diag(design @ covariance @ design.T))
for at in range(6):
    say(f"cell {at}: expected, shrunken", expected[at], shrunken[at], shrunken[at] - reach[at], shrunken[at] + reach[at])

print("\n# 58 inverse care: five practices in the order of their need, shares 0.5, 0.55, 0.6, 0.58, 0.7 of 40, 60, 50, 50, 120")
values, n = np.array([0.5, 0.55, 0.6, 0.58, 0.7]), np.array([40, 60, 50, 50, 120.0])
rank = (np.cumsum(n) - n / 2) / n.sum()
fit = sm.WLS(values, sm.add_constant(rank), weights=n).fit()
say("slope over need", fit.params[1], *fit.conf_int()[1])
