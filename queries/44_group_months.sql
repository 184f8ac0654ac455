-- Grain:   one row an outcome, detailed area, occasion, month and group; all months up to the end of the period.
-- Reads:   cube, outcomes, outcome_groups, gaps, levels, area_tree, period.
-- Returns: statistic `value`: the share in the month with its Wilson interval, or the mean with its t interval; none where n is under the
--          outcome's minimum.
WITH detailed AS (
    SELECT t.root, t.area, t.ancestor, t.ancestor_level
    FROM area_tree AS t
    JOIN levels AS l ON l.level = t.ancestor_level AND l.detailed
),
wanted AS (
    -- Bands of the score before are a way to read a change, not groups of people.
    SELECT g.measure, g.group_by
    FROM outcome_groups AS g
    JOIN (SELECT DISTINCT group_by FROM gaps) AS d ON d.group_by = g.group_by
),
added AS (
    SELECT
        o.measure,
        o.measure_version,
        o.cut_set,
        o.unit,
        o.figure,
        o.is_change,
        o.minimum_n,
        c.root,
        t.ancestor AS area,
        t.ancestor_level AS area_level,
        c.time AS period,
        c.occasion,
        c.breakdown AS group_by,
        c."group",
        sum(count_in(c.codes, c.n, o.counts)) AS numerator,
        sum(count_in(c.codes, c.n, o.out_of)) AS answers,
        sum(c.count) AS count,
        CAST(sum(c.sum) AS DOUBLE) AS total,
        CAST(sum(c.sum_squares) AS DOUBLE) AS squares
    FROM cube AS c
    JOIN outcomes AS o
        ON o.instrument = c.instrument AND o.item = c.item AND array_has(o.instrument_versions, c.version)
    JOIN wanted AS w
        ON w.measure = o.measure AND w.group_by = c.breakdown
    JOIN detailed AS t
        ON t.root = c.root AND t.area = coalesce(c.area, '')
    CROSS JOIN period AS p
    WHERE o.figure IN ('share', 'mean', 'mean change')
        -- Latest answers of people are found month by month for everybody only.
        AND NOT o.each_person
        AND c.precision = 'month'
        AND (p.ends IS NULL OR c.ends <= p.ends)
        -- The month itself, where that is the period, stands in figures and means.
        AND c.time <> p.id
        AND (t.ancestor <> 'all' OR c.root = o.main_root)
    GROUP BY ALL
),
counted AS (
    SELECT
        *,
        CASE WHEN figure = 'share' THEN answers ELSE count END AS n,
        total / count AS mean,
        CASE WHEN count > 1 THEN sqrt(greatest(squares - total * total / count, 0) / (count - 1)) END AS sd
    FROM added
)
SELECT
    measure,
    measure_version,
    root,
    area,
    area_level,
    period,
    occasion,
    group_by,
    "group",
    'value' AS statistic,
    cut_set,
    unit,
    n,
    CASE WHEN figure = 'share' AND n >= minimum_n THEN numerator END AS numerator,
    CASE WHEN n < minimum_n THEN NULL WHEN figure = 'share' THEN numerator / CAST(n AS DOUBLE) ELSE mean END AS value,
    CASE WHEN n < minimum_n THEN NULL WHEN figure = 'share' THEN wilson_lower(numerator, n) ELSE mean_lower(n, mean, sd) END AS lower,
    CASE WHEN n < minimum_n THEN NULL WHEN figure = 'share' THEN wilson_upper(numerator, n) ELSE mean_upper(n, mean, sd) END AS upper,
    0.95 AS confidence,
    CASE figure WHEN 'share' THEN 'Wilson' WHEN 'mean' THEN 'mean, t' ELSE 'mean of after less before, t' END AS method,
    CASE WHEN n < minimum_n THEN CASE WHEN n > 0 THEN 'under-minimum' WHEN is_change THEN 'no-pairs' ELSE 'no-answers' END END AS why_not
FROM counted
