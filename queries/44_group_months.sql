-- Grain:   one row an outcome, detailed area, occasion, month and group; all months up to the end of the period.
-- Reads:   group_month_counts, outcomes, outcome_groups, gaps.
-- Returns: statistic `value`: the share in the month with its Wilson interval, or the mean with its t interval; none where n is under the
--          outcome's minimum.
WITH shown AS (
    SELECT o.*, g.group_by
    FROM outcomes AS o
    JOIN outcome_groups AS g
        ON g.measure = o.measure
    -- Bands of the score before are a way to read a change, not groups of people.
    JOIN (SELECT DISTINCT group_by FROM gaps) AS d
        ON d.group_by = g.group_by
    WHERE o.figure IN ('share', 'mean', 'mean change')
        -- Latest answers of people are found month by month for everybody only.
        AND NOT o.each_person
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
        c.area,
        c.area_level,
        c.period,
        c.occasion,
        c.group_by,
        c."group",
        count_in(c.codes, c.n, o.counts) AS numerator,
        count_in(c.codes, c.n, o.out_of) AS answers,
        c.count,
        CAST(c.sum AS DOUBLE) AS total,
        CAST(c.sum_squares AS DOUBLE) AS squares
    FROM group_month_counts AS c
    JOIN shown AS o
        ON o.instrument = c.instrument AND o.versions = c.versions AND o.item = c.item AND o.group_by = c.group_by
    -- Where nobody of a group was asked (code -2), there is no figure of it, not one from too few.
    WHERE o.is_change OR coalesce(c.codes[1] <> -2 OR array_length(c.codes) > 1, TRUE)
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
