-- Month × every area for everybody: Wilson limits of every month and the XmR chart of every series. 6,300 practices and the 1,350 areas above
-- them, 24 months, 40 outcomes: 7.3 million figures in 306,000 series. Counts are made up by arithmetic, so that only statistics are timed.
WITH counted AS (
    SELECT
        area,
        outcome,
        month,
        5 + (area * 31 + month * 17 + outcome * 13) % 40 AS n,
        (5 + (area * 31 + month * 17 + outcome * 13) % 40) * ((area * 7 + month * 3 + outcome) % 10) / 10 AS x
    FROM generate_series(1, 7650) AS a(area)
    CROSS JOIN generate_series(1, 40) AS o(outcome)
    CROSS JOIN generate_series(1, 24) AS m(month)
),
limits AS (
    SELECT area, outcome, month, x / CAST(n AS DOUBLE) AS value, wilson_lower(x, n) AS lower, wilson_upper(x, n) AS upper FROM counted
),
charted AS (
    SELECT lower, upper, xmr(value) OVER (PARTITION BY area, outcome ORDER BY month) AS chart FROM limits
)
SELECT count(*) AS figures, round(sum(upper - lower)) AS widths, count(chart['signal']) AS signals FROM charted
