-- Grain:   one row an outcome, detailed area, occasion, month and group dimension with a declared pair of bands.
-- Reads:   group_months, gaps.
-- Returns: statistic `gap`: the figure of the first band less that of the second in the month, with Newcombe's interval for shares and Welch's
--          for means.
WITH spread AS (
    -- As in by_group: the t interval reaches t sd / sqrt(n) to either side.
    SELECT *, CASE WHEN numerator IS NULL THEN (upper - lower) / (2 * mean_upper(n, 0, 1)) END AS sd
    FROM group_months
),
paired AS (
    SELECT
        a.*,
        g.first || ' less ' || g.second AS pair,
        a.n + b.n AS both,
        least(a.n, b.n) AS fewest,
        CASE
            WHEN a.method = 'Wilson' THEN newcombe(a.numerator, a.n, b.numerator, b.n)
            ELSE welch(a.n, a.value, a.sd, b.n, b.value, b.sd)
        END AS gap
    FROM spread AS a
    JOIN gaps AS g ON g.group_by = a.group_by AND g.first = a."group"
    JOIN spread AS b
        ON b.measure = a.measure
        AND b.root = a.root
        AND b.area = a.area
        AND b.period = a.period
        AND b.occasion = a.occasion
        AND (b.cut_set IS NOT DISTINCT FROM a.cut_set)
        AND b.group_by = a.group_by
        AND b."group" = g.second
)
SELECT
    measure,
    measure_version,
    root,
    area,
    area_level,
    period,
    occasion,
    group_by,
    'all' AS "group",
    'gap' AS statistic,
    cut_set,
    unit,
    pair AS comparator,
    both AS n,
    gap['value'] AS value,
    gap['lower'] AS lower,
    gap['upper'] AS upper,
    0.95 AS confidence,
    CASE WHEN method = 'Wilson' THEN 'Newcombe hybrid score' ELSE 'Welch' END AS method,
    CASE WHEN gap['value'] IS NULL THEN CASE WHEN fewest > 0 THEN 'under-minimum' ELSE 'no-answers' END END AS why_not
FROM paired
