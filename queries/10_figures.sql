-- Grain:   one row an outcome, area, occasion and group of the period.
-- Reads:   cube, outcomes, outcome_groups, area_tree, period.
-- Returns: statistic `value`: the share of the denominator's answers that count, with its Wilson interval; none where n is under the
--          outcome's minimum.
-- First over time, then over areas: an area lies in several others, so adding it up before saves as many rows as the period has months.
WITH of_area AS (
    SELECT
        o.measure,
        o.measure_version,
        o.cut_set,
        o.unit,
        o.is_change,
        o.minimum_n,
        o.main_root,
        c.root,
        coalesce(c.area, '') AS area,
        c.occasion,
        c.breakdown AS group_by,
        c."group",
        sum(count_in(c.codes, c.n, o.counts)) AS numerator,
        sum(count_in(c.codes, c.n, o.out_of)) AS n
    FROM cube AS c
    JOIN outcomes AS o
        ON o.instrument = c.instrument AND o.item = c.item AND array_has(o.instrument_versions, c.version)
    JOIN outcome_groups AS g
        ON g.measure = o.measure AND g.group_by = c.breakdown
    CROSS JOIN period AS p
    WHERE o.figure = 'share' AND (p.starts IS NULL OR (c.starts >= p.starts AND c.ends <= p.ends))
    GROUP BY ALL
),
counted AS (
    SELECT
        c.measure,
        c.measure_version,
        c.cut_set,
        c.unit,
        c.is_change,
        c.minimum_n,
        c.root,
        t.ancestor AS area,
        t.ancestor_level AS area_level,
        c.occasion,
        c.group_by,
        c."group",
        sum(c.numerator) AS numerator,
        sum(c.n) AS n
    FROM of_area AS c
    JOIN area_tree AS t
        ON t.root = c.root AND t.area = c.area
    -- Everything is counted once, by the root that every response of the instrument is counted by.
    WHERE t.ancestor <> 'all' OR c.root = c.main_root
    GROUP BY ALL
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
    'value' AS statistic,
    cut_set,
    unit,
    n,
    CASE WHEN n >= minimum_n THEN numerator END AS numerator,
    CASE WHEN n >= minimum_n THEN numerator / CAST(n AS DOUBLE) END AS value,
    CASE WHEN n >= minimum_n THEN wilson_lower(numerator, n) END AS lower,
    CASE WHEN n >= minimum_n THEN wilson_upper(numerator, n) END AS upper,
    0.95 AS confidence,
    'Wilson' AS method,
    CASE
        WHEN n > 0 AND n < minimum_n THEN 'under-minimum'
        WHEN n = 0 AND is_change THEN 'no-pairs'
        ELSE why_not(numerator, n)
    END AS why_not
FROM counted
