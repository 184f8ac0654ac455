-- Grain:   one row an outcome that is a mean, area, occasion and month, for everybody; all months up to the end of the period.
-- Reads:   cube, outcomes, area_tree, period.
-- Returns: statistic `value`: the mean in the month, with its t interval; none where n is under the outcome's minimum.
WITH added AS (
    SELECT
        o.measure,
        o.measure_version,
        o.unit,
        o.is_change,
        o.minimum_n,
        c.root,
        t.ancestor AS area,
        t.ancestor_level AS area_level,
        c.time AS period,
        c.occasion,
        sum(c.count) AS n,
        CAST(sum(c.sum) AS DOUBLE) AS total,
        CAST(sum(c.sum_squares) AS DOUBLE) AS squares
    FROM cube AS c
    JOIN outcomes AS o
        ON o.instrument = c.instrument AND o.item = c.item AND array_has(o.instrument_versions, c.version)
    JOIN area_tree AS t
        ON t.root = c.root AND t.area = coalesce(c.area, '')
    CROSS JOIN period AS p
    WHERE o.figure IN ('mean', 'mean change')
        AND c.precision = 'month'
        AND c.breakdown = 'none'
        AND (p.ends IS NULL OR c.ends <= p.ends)
        -- The month itself, where that is the period, stands in means.
        AND c.time <> p.id
        AND (t.ancestor <> 'all' OR c.root = o.main_root)
    GROUP BY ALL
),
spread AS (
    SELECT
        *,
        total / n AS mean,
        CASE WHEN n > 1 THEN sqrt(greatest(squares - total * total / n, 0) / (n - 1)) END AS sd
    FROM added
)
SELECT
    measure,
    measure_version,
    root,
    area,
    area_level,
    period,
    occasion,
    'none' AS group_by,
    'all' AS "group",
    'value' AS statistic,
    unit,
    n,
    CASE WHEN n >= minimum_n THEN mean END AS value,
    CASE WHEN n >= minimum_n THEN mean_lower(n, mean, sd) END AS lower,
    CASE WHEN n >= minimum_n THEN mean_upper(n, mean, sd) END AS upper,
    0.95 AS confidence,
    CASE WHEN is_change THEN 'mean of after less before, t' ELSE 'mean, t' END AS method,
    CASE WHEN n < minimum_n THEN 'under-minimum' END AS why_not
FROM spread
