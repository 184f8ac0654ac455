-- Grain:   one row a change outcome with a state of health, area, occasion after and kind of change.
-- Reads:   cube, outcomes, profile_classes, area_tree, period.
-- Returns: statistic `profile_class`: how many pairs are better in one dimension and worse in none, and so on (Devlin 2010); `comparator`
--          names the kind, `n` is all pairs.
WITH of_area AS (
    SELECT
        o.measure,
        o.measure_version,
        o.unit,
        o.minimum_n,
        o.main_root,
        k.name AS class,
        c.root,
        coalesce(c.area, '') AS area,
        c.occasion,
        sum(count_in(c.codes, c.n, make_array(k.code))) AS numerator
    FROM cube AS c
    JOIN outcomes AS o
        ON c.item = o.measure || '/profile' AND o.instrument = c.instrument AND array_has(o.instrument_versions, c.version)
    CROSS JOIN profile_classes AS k
    CROSS JOIN period AS p
    WHERE c.breakdown = 'none' AND (p.starts IS NULL OR (c.starts >= p.starts AND c.ends <= p.ends))
    GROUP BY ALL
),
added AS (
    SELECT
        c.measure,
        c.measure_version,
        c.unit,
        c.minimum_n,
        c.class,
        c.root,
        t.ancestor AS area,
        t.ancestor_level AS area_level,
        c.occasion,
        sum(c.numerator) AS numerator
    FROM of_area AS c
    JOIN area_tree AS t
        ON t.root = c.root AND t.area = c.area
    WHERE t.ancestor <> 'all' OR c.root = c.main_root
    GROUP BY ALL
),
shared AS (
    SELECT *, sum(numerator) OVER (PARTITION BY measure, root, area, occasion) AS n
    FROM added
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
    'profile_class' AS statistic,
    class AS comparator,
    unit,
    n,
    CASE WHEN n >= minimum_n THEN numerator END AS numerator,
    CASE WHEN n >= minimum_n THEN numerator / CAST(n AS DOUBLE) END AS value,
    CASE WHEN n >= minimum_n THEN wilson_lower(numerator, n) END AS lower,
    CASE WHEN n >= minimum_n THEN wilson_upper(numerator, n) END AS upper,
    0.95 AS confidence,
    'Paretian classification of health change' AS method,
    CASE WHEN n < minimum_n THEN 'under-minimum' END AS why_not
FROM shared
WHERE n > 0
