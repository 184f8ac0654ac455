-- Grain:   one row a change outcome with a state of health, area, occasion after and kind of change.
-- Reads:   period_counts, outcomes, profile_classes.
-- Returns: statistic `profile_class`: how many pairs are better in one dimension and worse in none, and so on (Devlin 2010); `comparator`
--          names the kind, `n` is all pairs.
WITH added AS (
    SELECT
        o.measure,
        o.measure_version,
        o.unit,
        o.minimum_n,
        k.name AS class,
        c.root,
        c.area,
        c.area_level,
        c.occasion,
        count_in(c.codes, c.n, make_array(k.code)) AS numerator
    FROM period_counts AS c
    JOIN outcomes AS o
        ON c.item = o.measure || '/profile' AND o.instrument = c.instrument AND o.versions = c.versions
    CROSS JOIN profile_classes AS k
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
