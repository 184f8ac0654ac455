-- Grain:   one row an outcome, area, occasion and group of the period.
-- Reads:   cube, outcomes, outcome_groups, area_tree, period.
-- Returns: statistic `value`: the share of the denominator's answers that count, with its Wilson interval.
-- First over time, then over areas: an area lies in several others, so adding it up before saves as many rows as the period has months.
WITH of_area AS (
    SELECT
        o.measure,
        o.measure_version,
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
        ON o.instrument = c.instrument AND o.instrument_version = c.version AND o.item = c.item
    JOIN outcome_groups AS g
        ON g.measure = o.measure AND g.group_by = c.breakdown
    CROSS JOIN period AS p
    WHERE p.starts IS NULL OR (c.starts >= p.starts AND c.ends <= p.ends)
    GROUP BY ALL
),
counted AS (
    SELECT
        c.measure,
        c.measure_version,
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
    n,
    numerator,
    CASE WHEN n > 0 THEN numerator / CAST(n AS DOUBLE) END AS value,
    wilson_lower(numerator, n) AS lower,
    wilson_upper(numerator, n) AS upper,
    0.95 AS confidence,
    'Wilson' AS method,
    why_not(numerator, n) AS why_not
FROM counted
