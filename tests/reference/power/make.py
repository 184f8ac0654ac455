"""Power and numbers of answers, by statsmodels (groups of any size, no continuity correction); of what it has no function for, its
power functions solved by scipy. Run in this folder: python make.py; writes expected_statsmodels.csv.

`a` and `b` are two shares, or the standard deviations of two groups whose means differ by `difference`; `n1` and `n2` are answers. The
value is the number of answers of the first group (n), the chance that the difference is seen (power), or the smallest difference that
is seen.
"""

import csv

import numpy as np
from scipy.optimize import brentq
from statsmodels.stats.power import normal_power_het, normal_sample_size_one_tail
from statsmodels.stats.proportion import proportion_confint, samplesize_proportions_2indep_onetail


def power_shares(p1, n1, p2, n2, alpha):
    # The chance to see the difference on its own side, as R has it: `alternative` is one-sided at half of alpha.
    pooled = (n1 * p1 + n2 * p2) / (n1 + n2)
    null = np.sqrt(pooled * (1 - pooled) * (1 + n1 / n2))
    alternative = np.sqrt(p1 * (1 - p1) + p2 * (1 - p2) * n1 / n2)
    return normal_power_het(abs(p1 - p2), n1, alpha / 2, std_null=null, std_alternative=alternative, alternative="larger")


def power_means(d, sd1, n1, sd2, n2, alpha):
    std = np.sqrt(sd1**2 + sd2**2 * n1 / n2)
    return normal_power_het(abs(d), n1, alpha / 2, std_null=std, std_alternative=std, alternative="larger")


rows = []


def add(what, value, a, b, difference="", n1="", n2="", power="", level=""):
    rows.append([what, a, b, difference, n1, n2, power, level, repr(float(value))])


for p1, p2, ratio, power, level in [
    (0.6, 0.65, 1, 0.8, 0.95),
    (0.6, 0.55, 1, 0.9, 0.95),
    (0.9, 0.95, 10, 0.8, 0.95),
    (0.02, 0.05, 0.5, 0.8, 0.99),
    (0.35, 0.5, 25, 0.9, 0.998),
    (1.0, 0.8, 3, 0.8, 0.95),
]:
    n1 = samplesize_proportions_2indep_onetail(p1 - p2, p2, power, ratio=ratio, alpha=1 - level, alternative="two-sided")
    add("shares: n by ratio", n1, p1, p2, n2=ratio, power=power, level=level)

for p1, n1, p2, n2, level in [
    (0.6, 120, 0.65, 4000, 0.95),
    (0.6, 120, 0.75, 130, 0.95),
    (0.94, 45, 0.85, 900, 0.95),
    (0.02, 2000, 0.03, 9000, 0.998),
]:
    add("shares: power", power_shares(p1, n1, p2, n2, 1 - level), p1, p2, n1=n1, n2=n2, level=level)

for p1, p2, n2, power, level in [(0.6, 0.65, 4000, 0.8, 0.95), (0.7, 0.8, 300, 0.9, 0.95), (0.93, 0.88, 2500, 0.8, 0.99)]:
    n1 = brentq(lambda n: power_shares(p1, n, p2, n2, 1 - level) - power, 2, 1e8, xtol=1e-10, rtol=1e-14)
    add("shares: n beside", n1, p1, p2, n2=n2, power=power, level=level)

for p2, n1, n2, power, level in [(0.65, 120, 4000, 0.8, 0.95), (0.5, 60, 60, 0.9, 0.95), (0.9, 400, 900, 0.8, 0.95)]:
    for way, room in [(1, 1 - p2), (-1, p2)]:
        d = brentq(lambda d: power_shares(p2 + way * d, n1, p2, n2, 1 - level) - power, 1e-9, room - 1e-12, xtol=1e-14, rtol=1e-14)
        add("shares: smallest up" if way > 0 else "shares: smallest down", d, p2, p2, n1=n1, n2=n2, power=power, level=level)

for d, sd1, sd2, ratio, power, level in [(5, 12, 12, 1, 0.8, 0.95), (2.5, 9, 14, 6, 0.9, 0.95), (0.4, 2.1, 2.3, 0.5, 0.8, 0.99)]:
    std = np.sqrt(sd1**2 + sd2**2 / ratio)
    n1 = normal_sample_size_one_tail(d, power, (1 - level) / 2, std_null=std, std_alternative=std)
    add("means: n by ratio", n1, sd1, sd2, d, n2=ratio, power=power, level=level)

for d, sd1, n1, sd2, n2, level in [(5, 12, 60, 12, 1800, 0.95), (1.5, 9, 80, 14, 95, 0.95)]:
    add("means: power", power_means(d, sd1, n1, sd2, n2, 1 - level), sd1, sd2, d, n1, n2, level=level)

for d, sd1, sd2, n2, power, level in [(5, 12, 12, 1800, 0.8, 0.95), (3, 9, 14, 700, 0.9, 0.95)]:
    n1 = brentq(lambda n: power_means(d, sd1, n, sd2, n2, 1 - level) - power, 2, 1e8, xtol=1e-10, rtol=1e-14)
    add("means: n beside", n1, sd1, sd2, d, n2=n2, power=power, level=level)

for sd1, n1, sd2, n2, power, level in [(12, 60, 12, 1800, 0.8, 0.95), (9, 44, 14, 50, 0.9, 0.99)]:
    d = brentq(lambda d: power_means(d, sd1, n1, sd2, n2, 1 - level) - power, 1e-9, 1e3, xtol=1e-14, rtol=1e-14)
    add("means: smallest", d, sd1, sd2, n1=n1, n2=n2, power=power, level=level)

for p, half, level in [(0.6, 0.05, 0.95), (0.95, 0.02, 0.95), (0.5, 0.1, 0.998), (0.0, 0.05, 0.95)]:

    def width(n):
        low, high = proportion_confint(p * n, n, alpha=1 - level, method="wilson")
        return (high - low) / 2 - half

    add("share: n for width", brentq(width, 1, 1e8, xtol=1e-10, rtol=1e-14), p, p, half, level=level)

with open("expected_statsmodels.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["what", "a", "b", "difference", "n1", "n2", "power", "level", "value"])
    writer.writerows(rows)
