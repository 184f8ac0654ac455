-- Grain:   one row an outcome, area, occasion and group dimension with a declared pair.
-- Reads:   figures, gaps.
-- Returns: statistic `gap`: the share in the first group less the share in the second, with Newcombe's interval.
WITH paired AS (
    SELECT
        a.*,
        g.first || ' less ' || g.second AS pair,
        a.n + b.n AS both,
        least(a.n, b.n) AS fewest,
        newcombe(a.numerator, a.n, b.numerator, b.n) AS gap
    FROM figures AS a
    JOIN gaps AS g ON g.group_by = a.group_by AND g.first = a."group"
    JOIN figures AS b
        ON b.measure = a.measure
        AND b.root = a.root
        AND b.area = a.area
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
    'Newcombe hybrid score' AS method,
    CASE WHEN gap['value'] IS NULL THEN CASE WHEN fewest > 0 THEN 'under-minimum' ELSE 'no-answers' END END AS why_not
FROM paired
