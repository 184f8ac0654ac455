-- Grain:   one row an outcome, area, occasion and month, for everybody; all months up to the end of the period.
-- Reads:   cube, outcomes, area_tree, period.
-- Returns: statistic `value`: the share in the month, with its Wilson interval; none where n is under the outcome's minimum.
WITH counted AS (
    SELECT
        o.measure,
        o.measure_version,
        o.cut_set,
        o.unit,
        o.is_change,
        o.minimum_n,
        c.root,
        t.ancestor AS area,
        t.ancestor_level AS area_level,
        c.time AS period,
        c.occasion,
        sum(count_in(c.codes, c.n, o.counts)) AS numerator,
        sum(count_in(c.codes, c.n, o.out_of)) AS n
    FROM cube AS c
    JOIN outcomes AS o
        ON o.instrument = c.instrument AND o.item = c.item AND array_has(o.instrument_versions, c.version)
    JOIN area_tree AS t
        ON t.root = c.root AND t.area = coalesce(c.area, '')
    CROSS JOIN period AS p
    WHERE o.figure = 'share'
        AND c.precision = 'month'
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
