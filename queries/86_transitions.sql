-- Grain:   one row a change outcome with levels, area, occasion after, level before and level after.
-- Reads:   cube, outcomes, transitions, area_tree, period.
-- Returns: statistic `transition`: how many pairs went from one level to another; `n` is all pairs, `group` the two levels.
WITH of_area AS (
    SELECT
        o.measure,
        o.measure_version,
        o.unit,
        o.minimum_n,
        o.main_root,
        x.cut_set,
        x.from_level || ' → ' || x.to_level AS "group",
        c.root,
        coalesce(c.area, '') AS area,
        c.occasion,
        sum(count_in(c.codes, c.n, make_array(x.code))) AS numerator
    FROM cube AS c
    JOIN transitions AS x
        ON c.item = x.measure || '/levels'
    JOIN outcomes AS o
        ON o.measure = x.measure AND o.instrument = c.instrument AND array_has(o.instrument_versions, c.version)
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
        c.cut_set,
        c."group",
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
    'transition' AS group_by,
    "group",
    'transition' AS statistic,
    cut_set,
    unit,
    n,
    CASE WHEN n >= minimum_n THEN numerator END AS numerator,
    CASE WHEN n >= minimum_n THEN numerator / CAST(n AS DOUBLE) END AS value,
    'levels before and after' AS method,
    CASE WHEN n < minimum_n THEN 'under-minimum' END AS why_not
FROM shared
WHERE n > 0
