-- Grain:   one row an outcome that is a mean, area, occasion and group of the period.
-- Reads:   cube, outcomes, outcome_groups, area_tree, period.
-- Returns: statistic `value`: the mean of the score, or of its change, with its t interval; none where n is under the outcome's minimum.
WITH of_area AS (
    SELECT
        o.measure,
        o.measure_version,
        o.unit,
        o.is_change,
        o.minimum_n,
        o.main_root,
        c.root,
        coalesce(c.area, '') AS area,
        c.occasion,
        c.breakdown AS group_by,
        c."group",
        sum(c.count) AS n,
        sum(c.sum) AS total,
        sum(c.sum_squares) AS squares
    FROM cube AS c
    JOIN outcomes AS o
        ON o.instrument = c.instrument AND o.item = c.item AND array_has(o.instrument_versions, c.version)
    JOIN outcome_groups AS g
        ON g.measure = o.measure AND g.group_by = c.breakdown
    CROSS JOIN period AS p
    WHERE o.figure IN ('mean', 'mean change') AND (p.starts IS NULL OR (c.starts >= p.starts AND c.ends <= p.ends))
    GROUP BY ALL
),
added AS (
    SELECT
        c.measure,
        c.measure_version,
        c.unit,
        c.is_change,
        c.minimum_n,
        c.root,
        t.ancestor AS area,
        t.ancestor_level AS area_level,
        c.occasion,
        c.group_by,
        c."group",
        sum(c.n) AS n,
        CAST(sum(c.total) AS DOUBLE) AS total,
        CAST(sum(c.squares) AS DOUBLE) AS squares
    FROM of_area AS c
    JOIN area_tree AS t
        ON t.root = c.root AND t.area = c.area
    WHERE t.ancestor <> 'all' OR c.root = c.main_root
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
    occasion,
    group_by,
    "group",
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
