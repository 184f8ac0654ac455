-- Grain:   three rows a change outcome, area, occasion after, group and threshold; and, where domains are compared, each domain.
-- Reads:   cube, outcomes, outcome_groups, classes, area_tree, period.
-- Returns: statistics `better`, `same`, `worse`: how many pairs, with the share and its Wilson interval; `comparator` names the threshold. A
--          domain is `group` with `group_by` = domain: domains are never added up.
WITH of_area AS (
    SELECT
        o.measure,
        o.measure_version,
        o.unit,
        o.minimum_n,
        o.main_root,
        k.threshold,
        c.root,
        coalesce(c.area, '') AS area,
        c.occasion,
        CASE WHEN k.domain IS NULL THEN c.breakdown ELSE 'domain' END AS group_by,
        coalesce(k.domain, c."group") AS "group",
        sum(count_in(c.codes, c.n, make_array(1))) AS better,
        sum(count_in(c.codes, c.n, make_array(2))) AS same,
        sum(count_in(c.codes, c.n, make_array(3))) AS worse
    FROM cube AS c
    JOIN classes AS k
        ON k.item = c.item
    JOIN outcomes AS o
        ON o.measure = k.measure AND o.instrument = c.instrument AND array_has(o.instrument_versions, c.version)
    JOIN outcome_groups AS g
        ON g.measure = o.measure AND g.group_by = c.breakdown
    CROSS JOIN period AS p
    WHERE (k.domain IS NULL OR c.breakdown = 'none')
        AND (p.starts IS NULL OR (c.starts >= p.starts AND c.ends <= p.ends))
    GROUP BY ALL
),
added AS (
    SELECT
        c.measure,
        c.measure_version,
        c.unit,
        c.minimum_n,
        c.threshold,
        c.root,
        t.ancestor AS area,
        t.ancestor_level AS area_level,
        c.occasion,
        c.group_by,
        c."group",
        sum(c.better) AS better,
        sum(c.same) AS same,
        sum(c.worse) AS worse,
        sum(c.better) + sum(c.same) + sum(c.worse) AS n
    FROM of_area AS c
    JOIN area_tree AS t
        ON t.root = c.root AND t.area = c.area
    WHERE t.ancestor <> 'all' OR c.root = c.main_root
    GROUP BY ALL
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
