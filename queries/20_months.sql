-- Grain:   one row an outcome, area, occasion and month, for everybody; all months up to the end of the period.
-- Reads:   cube, outcomes, area_tree, period.
-- Returns: statistic `value`: the share in the month, with its Wilson interval.
WITH counted AS (
    SELECT
        o.measure,
        o.measure_version,
        c.root,
        t.ancestor AS area,
        t.ancestor_level AS area_level,
        c.time AS period,
        c.occasion,
        sum(count_in(c.codes, c.n, o.counts)) AS numerator,
        sum(count_in(c.codes, c.n, o.out_of)) AS n
    FROM cube AS c
    JOIN outcomes AS o
        ON o.instrument = c.instrument AND o.instrument_version = c.version AND o.item = c.item
    JOIN area_tree AS t
        ON t.root = c.root AND t.area = coalesce(c.area, '')
    CROSS JOIN period AS p
    WHERE c.precision = 'month'
        AND c.breakdown = 'none'
        AND (p.ends IS NULL OR c.ends <= p.ends)
        -- The month itself, where that is the period, stands in figures.
        AND c.time <> p.id
        AND (t.ancestor <> 'all' OR c.root = o.main_root)
    GROUP BY ALL
)
SELECT
    measure,
    measure_version,
    root,
    area,
    area_level,
    period,
    occasion,
    'none' AS group_by,
    'all' AS "group",
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
