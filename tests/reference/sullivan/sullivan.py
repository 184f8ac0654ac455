"""Years in good health by Sullivan's method, with shares that several ages of the life table have in common.

A second program for queries/90_healthy_life.sql and for tests/slt/90_healthy_life.slt: it writes the expectancy as a function of the chances to die,
of the length of the open band and of the shares asked for, and takes its variance by differences (delta method), where the program adds up the terms of
the published formulas. Python 3, no packages.

    python3 sullivan.py
"""

import math

Z = 1.959963984540054

# Age, people and deaths of the life tables in the test; first year of the surveyed ages, those in good health, those asked.
TABLES = {
    "everybody": [(0, 2000, 8), (1, 30000, 6), (16, 70000, 70), (50, 30000, 150), (65, 20000, 1200)],
    "1": [(0, 1000, 5), (1, 15000, 4), (16, 35000, 45), (50, 15000, 100), (65, 9000, 640)],
    "2": [(0, 1000, 3), (1, 15000, 2), (16, 35000, 25), (50, 15000, 50), (65, 11000, 560)],
}
ASKED = {
    "everybody": {16: (170, 200), 50: (90, 150)},
    "1": {16: (80, 100), 50: (40, 80)},
    "2": {16: (90, 100), 50: (50, 70)},
}


def years(table, at, chances, open_length, shares):
    """Years in good health from the age `at` on; `shares` by first year of the surveyed ages."""
    alive, total, at_start = 1.0, 0.0, 1.0
    for place, (age, _, _) in enumerate(table):
        if age == at:
            total, at_start = 0.0, alive
        if place == len(table) - 1:
            lived = alive * open_length
        else:
            width = table[place + 1][0] - age
            part = 0.1 if (age, width) == (0, 1) else 0.5
            left = alive * (1 - chances[place])
            lived = width * (left + part * (alive - left))
            alive = left
        older = [first for first in shares if first <= age]
        total += lived * shares[max(older) if older else min(shares)]
    return total / at_start


def expectancy(table, asked, at):
    """Value, lower and upper limit."""
    chances, variances = [], []
    for place, (age, people, deaths) in enumerate(table[:-1]):
        width = table[place + 1][0] - age
        part = 0.1 if (age, width) == (0, 1) else 0.5
        rate = deaths / people
        chance = width * rate / (1 + width * (1 - part) * rate)
        chances.append(chance)
        variances.append(chance * chance * (1 - chance) / deaths)
    _, people, deaths = table[-1]
    open_length = people / deaths
    shares = {first: well / n for first, (well, n) in asked.items()}
    value = years(table, at, chances, open_length, shares)
    step, variance = 1e-6, 0.0
    for place, of_chance in enumerate(variances):
        moved = [chance + (step if place == other else 0) for other, chance in enumerate(chances)]
        back = [chance - (step if place == other else 0) for other, chance in enumerate(chances)]
        slope = (years(table, at, moved, open_length, shares) - years(table, at, back, open_length, shares)) / (2 * step)
        variance += slope * slope * of_chance
    slope = (years(table, at, chances, open_length + step, shares) - years(table, at, chances, open_length - step, shares)) / (2 * step)
    variance += slope * slope * open_length**2 / deaths
    for first, (well, n) in asked.items():
        share = well / n
        up, down = dict(shares, **{}), dict(shares, **{})
        up[first], down[first] = share + step, share - step
        slope = (years(table, at, chances, open_length, up) - years(table, at, chances, open_length, down)) / (2 * step)
        variance += slope * slope * share * (1 - share) / n
    return value, value - Z * math.sqrt(variance), value + Z * math.sqrt(variance)


def slope_index(values, people, errors):
    """Weighted regression on the middle of each group's share of the people, with the error of each value."""
    whole = sum(people)
    below, middles = 0.0, []
    for n in people:
        middles.append((below + n / 2) / whole)
        below += n
    mean = sum(n * x for n, x in zip(people, middles)) / whole
    spread = sum(n * (x - mean) ** 2 for n, x in zip(people, middles))
    weights = [n * (x - mean) / spread for n, x in zip(people, middles)]
    slope = sum(w * y for w, y in zip(weights, values))
    reach = Z * math.sqrt(sum((w * e) ** 2 for w, e in zip(weights, errors)))
    return slope, slope - reach, slope + reach


everybody_well = {who: {first: (1, 1) for first in asked} for who, asked in ASKED.items()}
print("what,who,at,value,lower,upper")
for what, asked in (("life", everybody_well), ("healthy", ASKED)):
    for at in (0, 65):
        of = {who: expectancy(TABLES[who], asked[who], at) for who in TABLES}
        for who, figures in of.items():
            print(what, who, at, *(f"{figure:.4f}" for figure in figures), sep=",")
        (one, low, high), (other, other_low, other_high) = of["1"], of["2"]
        reach = math.hypot((high - low) / 2, (other_high - other_low) / 2)
        print(what, "1 less 2", at, *(f"{x:.4f}" for x in (one - other, one - other - reach, one - other + reach)), sep=",")
        people = [sum(row[1] for row in TABLES[who]) for who in "12"]
        errors = [(high - low) / 2 / Z, (other_high - other_low) / 2 / Z]
        print(what, "slope", at, *(f"{x:.4f}" for x in slope_index([one, other], people, errors)), sep=",")
