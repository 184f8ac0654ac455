-- Grain:   one row an outcome, detailed area, occasion and band of a declared pair of groups; two more where it has enough answers.
-- Reads:   period_counts, outcomes, outcome_pairs, levels.
-- Returns: statistic `value`: the figure of those in both bands, as in figures and means; `intersection`: the same drawn towards what the two
--          bands let expect when their effects add up, the more so the fewer answers it rests on, with a 95% interval; `intersection_expected`:
--          what they let expect.
-- Rule:    shrunken to the additive expectation over all bands of the pair with at least `least_n` answers (multilevel MAIHDA: Merlo 2018; Evans
--          et al. 2018). Not to be ranked: the intervals of neighbours overlap by design.
WITH shown AS (
    SELECT o.*, w.group_by, w.least_n
    FROM outcomes AS o
    JOIN outcome_pairs AS w
        ON w.measure = o.measure
    WHERE o.figure IN ('share', 'mean', 'mean change')
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
        o.least_n,
        c.root,
        c.area,
        c.area_level,
        c.occasion,
        c.group_by,
        c."group",
        count_in(c.codes, c.n, o.counts) AS numerator,
        CASE WHEN o.figure = 'share' THEN count_in(c.codes, c.n, o.out_of) ELSE c.count END AS n,
        CAST(c.sum AS DOUBLE) AS total,
        CAST(c.sum_squares AS DOUBLE) AS squares
    FROM period_counts AS c
    JOIN shown AS o
        ON o.instrument = c.instrument AND o.versions = c.versions AND o.item = c.item AND o.group_by = c.group_by
    JOIN levels AS l
        ON l.level = c.area_level AND l.detailed
),
spread AS (
    SELECT
        *,
        CASE WHEN n > 0 THEN CASE WHEN figure = 'share' THEN numerator ELSE total END / CAST(n AS DOUBLE) END AS mean,
        CASE WHEN figure <> 'share' AND n > 1 THEN sqrt(greatest(squares - total * total / n, 0) / (n - 1)) END AS sd
    FROM added
),
valued AS (
    SELECT
        *,
        split_part("group", ' × ', 1) AS first,
        split_part("group", ' × ', 2) AS second,
        CASE WHEN n >= minimum_n THEN mean END AS value,
        CASE WHEN n < minimum_n THEN NULL WHEN figure = 'share' THEN wilson_lower(numerator, n) ELSE mean_lower(n, mean, sd) END AS lower,
        CASE WHEN n < minimum_n THEN NULL WHEN figure = 'share' THEN wilson_upper(numerator, n) ELSE mean_upper(n, mean, sd) END AS upper
    FROM spread
    WHERE n > 0
),
drawn AS (
    -- In an order of their own, or last digits would follow the order in which rows happen to come.
    SELECT
        *,
        intersection_share(CASE WHEN figure = 'share' THEN numerator END, n, first, second)
            OVER (PARTITION BY measure, cut_set, root, area, occasion, group_by ORDER BY "group") AS of_shares,
        intersection(value, sd / sqrt(n), first, second)
            OVER (PARTITION BY measure, cut_set, root, area, occasion, group_by ORDER BY "group") AS of_means
    FROM valued
    WHERE n >= least_n AND value IS NOT NULL
),
shrunken AS (
    SELECT *, CASE WHEN figure = 'share' THEN of_shares ELSE of_means END AS i
    FROM drawn
)
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'value' AS statistic,
    cut_set,
    unit,
    n,
    CASE WHEN figure = 'share' AND n >= minimum_n THEN numerator END AS numerator,
    value,
    lower,
    upper,
    0.95 AS confidence,
    CASE figure WHEN 'share' THEN 'Wilson' WHEN 'mean' THEN 'mean, t' ELSE 'mean of after less before, t' END AS method,
    CASE WHEN n < minimum_n THEN 'under-minimum' END AS why_not
FROM valued
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'intersection' AS statistic,
    cut_set,
    unit,
    n,
    NULL AS numerator,
    i['value'] AS value,
    i['lower'] AS lower,
    i['upper'] AS upper,
    0.95 AS confidence,
    'shrunken to the additive expectation' AS method,
    CASE WHEN i['value'] IS NULL THEN 'too few groups' END AS why_not
FROM shrunken
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'intersection_expected' AS statistic,
    cut_set,
    unit,
    n,
    NULL AS numerator,
    i['expected'] AS value,
    NULL AS lower,
    NULL AS upper,
    NULL AS confidence,
    'additive expectation' AS method,
    NULL AS why_not
FROM shrunken
WHERE i['expected'] IS NOT NULL
