-- Grain:   one row an outcome that is a mean, area below everything, and occasion.
-- Reads:   period_counts, outcomes.
-- Returns: statistic `sd`: the sample standard deviation of the score, or of its change; none where n is under the outcome's minimum.
WITH added AS (
    SELECT
        o.measure,
        o.measure_version,
        o.unit,
        o.minimum_n,
        c.root,
        c.area,
        c.area_level,
        c.occasion,
        c.count AS n,
        CAST(c.sum AS DOUBLE) AS total,
        CAST(c.sum_squares AS DOUBLE) AS squares
    FROM period_counts AS c
    JOIN outcomes AS o
        ON o.instrument = c.instrument AND o.versions = c.versions AND o.item = c.item
    WHERE o.figure IN ('mean', 'mean change') AND c.group_by = 'none' AND c.area <> 'all'
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
