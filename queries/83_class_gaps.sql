-- Grain:   one row a change outcome, threshold, area, occasion after and group dimension with a declared pair of bands.
-- Reads:   classes (the rows of 82_classes), gaps.
-- Returns: statistic `gap_better`: the share of pairs that are better in the first band less that in the second, with Newcombe's interval;
--          `comparator` names the threshold and the two bands.
WITH better AS (
    SELECT * FROM classes WHERE statistic = 'better'
),
paired AS (
    SELECT
        a.*,
        g.first || ' less ' || g.second AS pair,
        a.n + b.n AS both,
        newcombe(a.numerator, a.n, b.numerator, b.n) AS gap
    FROM better AS a
    JOIN gaps AS g ON g.group_by = a.group_by AND g.first = a."group"
    JOIN better AS b
        ON b.measure = a.measure
        AND b.root = a.root
        AND b.area = a.area
        AND b.occasion = a.occasion
        AND b.comparator = a.comparator
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
    'gap_better' AS statistic,
    comparator || ': ' || pair AS comparator,
    unit,
    both AS n,
    gap['value'] AS value,
    gap['lower'] AS lower,
    gap['upper'] AS upper,
    0.95 AS confidence,
    'Newcombe hybrid score' AS method,
    CASE WHEN gap['value'] IS NULL THEN 'under-minimum' END AS why_not
FROM paired
