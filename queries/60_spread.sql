-- Grain:   one row an outcome that is a mean, area below everything, and occasion.
-- Reads:   cube, outcomes, area_tree, period.
-- Returns: statistic `sd`: the sample standard deviation of the score, or of its change; none where n is under the outcome's minimum.
WITH added AS (
    SELECT
        o.measure,
        o.measure_version,
        o.unit,
        o.minimum_n,
        c.root,
        t.ancestor AS area,
        t.ancestor_level AS area_level,
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
        AND c.breakdown = 'none'
        AND t.ancestor <> 'all'
        AND (p.starts IS NULL OR (c.starts >= p.starts AND c.ends <= p.ends))
    GROUP BY ALL
)
SELECT
    measure,
    measure_version,
    root,
    area,
    area_level,
    occasion,
    'none' AS group_by,
    'all' AS "group",
    'sd' AS statistic,
    unit,
    n,
    sqrt(greatest(squares - total * total / n, 0) / (n - 1)) AS value,
    'sample standard deviation' AS method
FROM added
WHERE n > 1 AND n >= minimum_n
