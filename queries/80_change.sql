-- Grain:   five rows a change outcome, area, occasion after and group of the period; bands of the score before are groups too.
-- Reads:   cube, outcomes, outcome_groups, area_tree, period.
-- Returns: statistics `mean_before`, `mean_after`, `mean_change` (with t interval), `effect_size` (mean change over the standard deviation
--          before, Kazis 1989) and `srm` (over that of the change, Liang 1990). A change belongs to the period of its follow-up.
WITH sides AS (
    SELECT *, split_part(item, '/', 1) AS of_measure, split_part(item, '/', 2) AS side
    FROM cube
    WHERE count IS NOT NULL
),
of_area AS (
    SELECT
        o.measure,
        o.measure_version,
        o.unit,
        o.minimum_n,
        o.main_root,
        c.side,
        c.root,
        coalesce(c.area, '') AS area,
        c.occasion,
        c.breakdown AS group_by,
        c."group",
        sum(c.count) AS n,
        sum(c.sum) AS total,
        sum(c.sum_squares) AS squares
    FROM sides AS c
    JOIN outcomes AS o
        ON o.measure = c.of_measure AND o.instrument = c.instrument AND array_has(o.instrument_versions, c.version)
    JOIN outcome_groups AS g
        ON g.measure = o.measure AND g.group_by = c.breakdown
    CROSS JOIN period AS p
    WHERE o.is_change
        AND c.side IN ('before', 'after', 'change')
        AND (p.starts IS NULL OR (c.starts >= p.starts AND c.ends <= p.ends))
    GROUP BY ALL
),
added AS (
    SELECT
        c.measure,
        c.measure_version,
        c.unit,
        c.minimum_n,
        c.side,
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
),
paired AS (
    SELECT
        c.*,
        b.mean AS mean_before,
        b.sd AS sd_before,
        a.mean AS mean_after,
        a.sd AS sd_after
    FROM spread AS c
    JOIN spread AS b
        ON b.measure = c.measure AND b.root = c.root AND b.area = c.area AND b.occasion = c.occasion
        AND b.group_by = c.group_by AND b."group" = c."group" AND b.side = 'before'
    JOIN spread AS a
        ON a.measure = c.measure AND a.root = c.root AND a.area = c.area AND a.occasion = c.occasion
        AND a.group_by = c.group_by AND a."group" = c."group" AND a.side = 'after'
    WHERE c.side = 'change'
)
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'mean_before' AS statistic,
    unit,
    n,
    CASE WHEN n >= minimum_n THEN mean_before END AS value,
    CASE WHEN n >= minimum_n THEN mean_lower(n, mean_before, sd_before) END AS lower,
    CASE WHEN n >= minimum_n THEN mean_upper(n, mean_before, sd_before) END AS upper,
    0.95 AS confidence,
    'mean, t' AS method,
    CASE WHEN n < minimum_n THEN 'under-minimum' END AS why_not
FROM paired
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'mean_after' AS statistic,
    unit,
    n,
    CASE WHEN n >= minimum_n THEN mean_after END AS value,
    CASE WHEN n >= minimum_n THEN mean_lower(n, mean_after, sd_after) END AS lower,
    CASE WHEN n >= minimum_n THEN mean_upper(n, mean_after, sd_after) END AS upper,
    0.95 AS confidence,
    'mean, t' AS method,
    CASE WHEN n < minimum_n THEN 'under-minimum' END AS why_not
FROM paired
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'mean_change' AS statistic,
    unit,
    n,
    CASE WHEN n >= minimum_n THEN mean END AS value,
    CASE WHEN n >= minimum_n THEN mean_lower(n, mean, sd) END AS lower,
    CASE WHEN n >= minimum_n THEN mean_upper(n, mean, sd) END AS upper,
    0.95 AS confidence,
    'mean of after less before, t' AS method,
    CASE WHEN n < minimum_n THEN 'under-minimum' END AS why_not
FROM paired
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'effect_size' AS statistic,
    unit,
    n,
    CASE WHEN n >= minimum_n AND sd_before > 0 THEN mean / sd_before END AS value,
    NULL AS lower,
    NULL AS upper,
    NULL AS confidence,
    'mean change over standard deviation before' AS method,
    CASE WHEN n < minimum_n THEN 'under-minimum' END AS why_not
FROM paired
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'srm' AS statistic,
    unit,
    n,
    CASE WHEN n >= minimum_n AND sd > 0 THEN mean / sd END AS value,
    NULL AS lower,
    NULL AS upper,
    NULL AS confidence,
    'mean change over standard deviation of the change' AS method,
    CASE WHEN n < minimum_n THEN 'under-minimum' END AS why_not
FROM paired
