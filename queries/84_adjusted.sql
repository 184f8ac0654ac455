-- Grain:   two rows a change outcome with a predicted score, area and occasion after.
-- Reads:   period_counts, outcomes.
-- Returns: statistics `adjusted_after`: the mean after of everything, plus how much further above its predicted scores the area is than
--          everything is (NHS England's adjusted score for outcomes of operations); `residual_sd`: sample standard deviation of after less
--          predicted.
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
        c.count AS n,
        CAST(c.sum AS DOUBLE) AS total,
        CAST(c.sum_squares AS DOUBLE) AS squares
    FROM sides AS c
    JOIN outcomes AS o
        ON o.measure = c.of_measure AND o.instrument = c.instrument AND o.versions = c.versions
    WHERE o.is_change AND c.side IN ('after', 'residual') AND c.group_by = 'none'
),
everything AS (
    SELECT
        a.measure,
        a.occasion,
        a.total / a.n AS mean_after,
        r.total / r.n AS mean_residual
    FROM added AS a
    JOIN added AS r
        ON r.measure = a.measure AND r.occasion = a.occasion AND r.area = a.area AND r.side = 'residual'
    WHERE a.area = 'all' AND a.side = 'after'
),
residuals AS (
    SELECT
        r.*,
        e.mean_after + (r.total / r.n - e.mean_residual) AS adjusted,
        CASE WHEN r.n > 1 THEN sqrt(greatest(r.squares - r.total * r.total / r.n, 0) / (r.n - 1)) END AS sd
    FROM added AS r
    JOIN everything AS e
        ON e.measure = r.measure AND e.occasion = r.occasion
    WHERE r.side = 'residual'
)
SELECT
    measure, measure_version, root, area, area_level, occasion,
    'none' AS group_by,
    'all' AS "group",
    'adjusted_after' AS statistic,
    'predicted' AS adjustment,
    unit,
    n,
    CASE WHEN n >= minimum_n THEN adjusted END AS value,
    'mean after of everything, plus the mean of after less predicted here less that of everything' AS method,
    CASE WHEN n < minimum_n THEN 'under-minimum' END AS why_not
FROM residuals
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion,
    'none' AS group_by,
    'all' AS "group",
    'residual_sd' AS statistic,
    'predicted' AS adjustment,
    unit,
    n,
    CASE WHEN n >= minimum_n THEN sd END AS value,
    'sample standard deviation of after less predicted' AS method,
    CASE WHEN n < minimum_n THEN 'under-minimum' END AS why_not
FROM residuals
