-- Grain:   five rows a change outcome, area, occasion after and group of the period; bands of the score before are groups too.
-- Reads:   period_counts, outcomes, outcome_groups.
-- Returns: statistics `mean_before`, `mean_after`, `mean_change` (with t interval), `effect_size` (mean change over the standard deviation
--          before, Kazis 1989) and `srm` (over that of the change, Liang 1990). A change belongs to the period of its follow-up.
WITH sides AS (
    SELECT *, split_part(item, '/', 1) AS of_measure, split_part(item, '/', 2) AS side
    FROM period_counts
    WHERE count IS NOT NULL
),
added AS (
    SELECT
        o.measure,
        o.measure_version,
        o.unit,
        o.minimum_n,
        c.side,
        c.root,
        c.area,
        c.area_level,
        c.occasion,
        c.group_by,
        c."group",
        c.count AS n,
        CAST(c.sum AS DOUBLE) AS total,
        CAST(c.sum_squares AS DOUBLE) AS squares
    FROM sides AS c
    JOIN outcomes AS o
        ON o.measure = c.of_measure AND o.instrument = c.instrument AND o.versions = c.versions
    JOIN outcome_groups AS g
        ON g.measure = o.measure AND g.group_by = c.group_by
    WHERE o.is_change AND c.side IN ('before', 'after', 'change')
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
