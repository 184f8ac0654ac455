"""Ratio of two proportions with Koopman's score interval, by statsmodels (score method without its small-sample factor).

Run in this folder: python share_ratio.py
"""
import csv

from scipy.optimize import brentq
from scipy.stats import norm
from statsmodels.stats.proportion import score_test_proportions_2indep

CASES = [(36, 40, 16, 80), (56, 70, 48, 80), (9, 10, 3, 10), (0, 20, 5, 20), (10, 10, 20, 20), (1, 500, 3, 400), (7, 34, 1, 34), (5, 56, 0.5, 29.5),
         (1203, 1500, 640, 911), (15, 15, 3, 17)]


def limits(x1, n1, x2, n2, level):
    z = norm.ppf((1 + level) / 2)

    def statistic(ratio):
        return score_test_proportions_2indep(x1, n1, x2, n2, value=ratio, compare="ratio", correction=False).statistic

    value = x1 / n1 / (x2 / n2)
    start = max(value, 1e-9)
    high = start * 2
    while statistic(high) > -z:
        high *= 2
    upper = brentq(lambda r: statistic(r) + z, start * (1 + 1e-12), high, xtol=1e-15, rtol=1e-14)
    if x1 == 0:
        return value, 0.0, upper
    low = start / 2
    while statistic(low) < z:
        low /= 2
    return value, brentq(lambda r: statistic(r) - z, low, start * (1 - 1e-12), xtol=1e-15, rtol=1e-14), upper


with open("expected.csv", "w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["x1", "n1", "x2", "n2", "level", "value", "lower", "upper"])
    for case in CASES:
        for level in (0.95, 0.998):
            out.writerow([*case, level, *(repr(float(v)) for v in limits(*case, level))])
