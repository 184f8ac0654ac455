-- Grain:   one row an outcome, area above the smallest level, occasion and group, that not stated included.
-- Reads:   by_group, gaps, levels.
-- Returns: statistic `gap_rest`: the figure of the group less that of everybody else, with Newcombe's interval for shares and Welch's for
--          means; `comparator` is `rest`.
-- Rule:    everybody else is everybody less the group: numerators, sums and sums of squares are taken from each other.
WITH beside AS (
    SELECT
        g.*,
        e.n AS everybody,
        e.n - g.n AS rest,
        e.numerator - g.numerator AS rest_numerator,
        -- What an answer of everybody counts stands for that of everybody else.
        e.worth AS rest_worth,
        (e.n * e.value - g.n * g.value) / (e.n - g.n) AS rest_mean,
        (e.n - 1) * e.sd * e.sd + e.n * e.value * e.value - (g.n - 1) * g.sd * g.sd - g.n * g.value * g.value AS rest_squares
    FROM by_group AS g
    JOIN (SELECT DISTINCT group_by FROM gaps) AS d ON d.group_by = g.group_by
    JOIN levels AS l ON l.level = g.area_level AND NOT l.smallest
    JOIN by_group AS e
        ON e.measure = g.measure
        AND e.root = g.root
        AND e.area = g.area
        AND e.occasion = g.occasion
        AND (e.cut_set IS NOT DISTINCT FROM g.cut_set)
        AND e.group_by = 'none'
    WHERE e.n > g.n AND g.n > 0
),
compared AS (
    SELECT
        *,
        CASE
            WHEN figure = 'share' THEN newcombe(numerator * worth, n * worth, rest_numerator * rest_worth, rest * rest_worth)
            ELSE welch(
                n,
                value,
                sd,
                rest,
                rest_mean,
                CASE WHEN rest > 1 THEN sqrt(greatest(rest_squares - rest * rest_mean * rest_mean, 0) / (rest - 1)) END
            )
        END AS gap
    FROM beside
)
SELECT
    measure,
    measure_version,
    root,
    area,
    area_level,
    occasion,
    group_by,
    "group",
    'gap_rest' AS statistic,
    cut_set,
    unit,
    'rest' AS comparator,
    everybody AS n,
    gap['value'] AS value,
    gap['lower'] AS lower,
    gap['upper'] AS upper,
    0.95 AS confidence,
    CASE WHEN figure = 'share' THEN 'Newcombe hybrid score' ELSE 'Welch' END AS method,
    CASE WHEN gap['value'] IS NULL THEN 'under-minimum' END AS why_not
FROM compared
