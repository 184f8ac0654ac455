-- Grain:   two rows a change outcome with a predicted score, area and occasion after.
-- Reads:   cube, outcomes, area_tree, period.
-- Returns: statistics `adjusted_after`: the mean after of everything, plus how much further above its predicted scores the area is than
--          everything is (NHS England's adjusted score for outcomes of operations); `residual_sd`: sample standard deviation of after less
--          predicted.
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
        sum(c.count) AS n,
        sum(c.sum) AS total,
        sum(c.sum_squares) AS squares
    FROM sides AS c
    JOIN outcomes AS o
        ON o.measure = c.of_measure AND o.instrument = c.instrument AND array_has(o.instrument_versions, c.version)
    CROSS JOIN period AS p
    WHERE o.is_change
        AND c.side IN ('after', 'residual')
        AND c.breakdown = 'none'
        AND (p.starts IS NULL OR (c.starts >= p.starts AND c.ends <= p.ends))
    GROUP BY ALL
),
added AS (
    SELECT
        c.measure,
        c.measure_version,
        c.unit,
        c.minimum_n,
        c.main_root,
        c.side,
        c.root,
        t.ancestor AS area,
        t.ancestor_level AS area_level,
        c.occasion,
        sum(c.n) AS n,
        CAST(sum(c.total) AS DOUBLE) AS total,
        CAST(sum(c.squares) AS DOUBLE) AS squares
    FROM of_area AS c
    JOIN area_tree AS t
        ON t.root = c.root AND t.area = c.area
    WHERE t.ancestor <> 'all' OR c.root = c.main_root
    GROUP BY ALL
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
