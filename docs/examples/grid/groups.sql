-- Rolling twelve months × every area × every group of 6 breakdowns of 5 bands: Wilson limits of every group, Newcombe's gap between the ends,
-- slope index and concentration index of every breakdown. 7,650 areas, 40 outcomes: 9.2 million figures, 1.8 million breakdowns.
WITH counted AS (
    SELECT
        area,
        outcome,
        breakdown,
        band,
        20 + (area * 31 + band * 17 + outcome * 13) % 200 AS n,
        (20 + (area * 31 + band * 17 + outcome * 13) % 200) * (1 + (area * 7 + band * 3 + outcome) % 8) / 10 AS x
    FROM generate_series(1, 7650) AS a(area)
    CROSS JOIN generate_series(1, 40) AS o(outcome)
    CROSS JOIN generate_series(1, 6) AS d(breakdown)
    CROSS JOIN generate_series(1, 5) AS b(band)
),
limits AS (
    SELECT *, x / CAST(n AS DOUBLE) AS value, wilson_lower(x, n) AS lower, wilson_upper(x, n) AS upper FROM counted
),
compared AS (
    SELECT
        area,
        outcome,
        breakdown,
        sum(upper - lower) AS widths,
        slope_index(value, n, band, sqrt(value * (1 - value) / n)) AS slope,
        concentration_index(value, n, band) AS concentration,
        newcombe(
            max(CASE WHEN band = 5 THEN x END), max(CASE WHEN band = 5 THEN n END),
            max(CASE WHEN band = 1 THEN x END), max(CASE WHEN band = 1 THEN n END)
        ) AS gap
    FROM limits
    GROUP BY area, outcome, breakdown
)
SELECT
    count(*) AS breakdowns,
    round(sum(widths)) AS widths,
    count(slope['sii']) AS slopes,
    count(concentration['relative']) AS concentrations,
    count(gap['value']) AS gaps
FROM compared
