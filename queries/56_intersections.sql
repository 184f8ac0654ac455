-- Grain:   one row an outcome, detailed area, occasion and band of a declared pair of groups; two more where it has enough answers.
-- Reads:   cube, outcomes, outcome_pairs, levels, area_tree, period.
-- Returns: statistic `value`: the figure of those in both bands, as in figures and means; `intersection`: the same drawn towards what the two
--          bands let expect when their effects add up, the more so the fewer answers it rests on, with a 95% interval; `intersection_expected`:
--          what they let expect.
-- Rule:    shrunken to the additive expectation over all bands of the pair with at least `least_n` answers (multilevel MAIHDA: Merlo 2018; Evans
--          et al. 2018). Not to be ranked: the intervals of neighbours overlap by design.
WITH detailed AS (
    SELECT t.root, t.area, t.ancestor, t.ancestor_level
    FROM area_tree AS t
    JOIN levels AS l ON l.level = t.ancestor_level AND l.detailed
),
of_area AS (
    SELECT
        o.measure,
        o.measure_version,
        o.cut_set,
        o.unit,
        o.figure,
        o.is_change,
        o.minimum_n,
        o.main_root,
        w.least_n,
        c.root,
        coalesce(c.area, '') AS area,
        c.occasion,
        c.breakdown AS group_by,
        c."group",
        sum(count_in(c.codes, c.n, o.counts)) AS numerator,
        sum(count_in(c.codes, c.n, o.out_of)) AS answers,
        sum(c.count) AS count,
        sum(c.sum) AS total,
        sum(c.sum_squares) AS squares
    FROM cube AS c
    JOIN outcomes AS o
        ON o.instrument = c.instrument AND o.item = c.item AND array_has(o.instrument_versions, c.version)
    JOIN outcome_pairs AS w
        ON w.measure = o.measure AND w.group_by = c.breakdown
    CROSS JOIN period AS p
    WHERE o.figure IN ('share', 'mean', 'mean change')
        AND (p.starts IS NULL OR (c.starts >= p.starts AND c.ends <= p.ends))
    GROUP BY ALL
),
added AS (
    SELECT
        c.measure,
        c.measure_version,
        c.cut_set,
        c.unit,
        c.figure,
        c.is_change,
        c.minimum_n,
        c.least_n,
        c.root,
        t.ancestor AS area,
        t.ancestor_level AS area_level,
        c.occasion,
        c.group_by,
        c."group",
        sum(c.numerator) AS numerator,
        CASE WHEN c.figure = 'share' THEN sum(c.answers) ELSE sum(c.count) END AS n,
        CAST(sum(c.total) AS DOUBLE) AS total,
        CAST(sum(c.squares) AS DOUBLE) AS squares
    FROM of_area AS c
    JOIN detailed AS t
        ON t.root = c.root AND t.area = c.area
    WHERE t.ancestor <> 'all' OR c.root = c.main_root
    GROUP BY ALL
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
