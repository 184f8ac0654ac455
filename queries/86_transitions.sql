-- Grain:   one row a change outcome with levels, area, occasion after, level before and level after.
-- Reads:   period_counts, outcomes, transitions.
-- Returns: statistic `transition`: how many pairs went from one level to another; `n` is all pairs, `group` the two levels.
WITH added AS (
    SELECT
        o.measure,
        o.measure_version,
        o.unit,
        o.minimum_n,
        x.cut_set,
        x.from_level || ' → ' || x.to_level AS "group",
        c.root,
        c.area,
        c.area_level,
        c.occasion,
        count_in(c.codes, c.n, make_array(x.code)) AS numerator
    FROM period_counts AS c
    JOIN transitions AS x
        ON c.item = x.measure || '/levels'
    JOIN outcomes AS o
        ON o.measure = x.measure AND o.instrument = c.instrument AND o.versions = c.versions
    WHERE c.group_by = 'none'
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
