-- Grain:   three rows a change outcome, area, occasion after, group and threshold; and, where domains are compared, each domain.
-- Reads:   period_counts, outcomes, outcome_groups, classes.
-- Returns: statistics `better`, `same`, `worse`: how many pairs, with the share and its Wilson interval; `comparator` names the threshold. A
--          domain is `group` with `group_by` = domain: domains are never added up.
WITH counted AS (
    SELECT
        o.measure,
        o.measure_version,
        o.unit,
        o.minimum_n,
        k.threshold,
        c.root,
        c.area,
        c.area_level,
        c.occasion,
        CASE WHEN k.domain IS NULL THEN c.group_by ELSE 'domain' END AS group_by,
        coalesce(k.domain, c."group") AS "group",
        count_in(c.codes, c.n, make_array(1)) AS better,
        count_in(c.codes, c.n, make_array(2)) AS same,
        count_in(c.codes, c.n, make_array(3)) AS worse
    FROM period_counts AS c
    JOIN classes AS k
        ON k.item = c.item
    JOIN outcomes AS o
        ON o.measure = k.measure AND o.instrument = c.instrument AND o.versions = c.versions
    JOIN outcome_groups AS g
        ON g.measure = o.measure AND g.group_by = c.group_by
    WHERE k.domain IS NULL OR c.group_by = 'none'
),
added AS (
    SELECT *, better + same + worse AS n FROM counted
),
classed AS (
    SELECT *, 'better' AS class, better AS numerator FROM added
    UNION ALL
    SELECT *, 'same' AS class, same AS numerator FROM added
    UNION ALL
    SELECT *, 'worse' AS class, worse AS numerator FROM added
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
    class AS statistic,
    threshold AS comparator,
    unit,
    n,
    CASE WHEN n >= minimum_n THEN numerator END AS numerator,
    CASE WHEN n >= minimum_n THEN numerator / CAST(n AS DOUBLE) END AS value,
    CASE WHEN n >= minimum_n THEN wilson_lower(numerator, n) END AS lower,
    CASE WHEN n >= minimum_n THEN wilson_upper(numerator, n) END AS upper,
    0.95 AS confidence,
    'Wilson' AS method,
    CASE WHEN n < minimum_n THEN 'under-minimum' END AS why_not
FROM classed
WHERE n > 0
