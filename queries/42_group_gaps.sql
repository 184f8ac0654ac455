-- Grain:   two rows an outcome, area, occasion and group dimension with a declared pair of bands.
-- Reads:   by_group, gaps, outcomes, overlapping, overlaps.
-- Returns: statistic `gap`: the figure of the first band less that of the second, the reference, with Newcombe's interval for shares and
--          Welch's for means; `ratio`: the one over the other, of shares with Koopman's interval. A mean change has no ratio: it may be 0 or change sign.
--          Neither is given where the two must overlap in another group and do not.
-- Rule:    limits of the ratio of two means from the variance of its logarithm (delta method), 1.959964 standard errors to either side.
WITH paired AS (
    SELECT
        a.*,
        g.first,
        g.second,
        a.n + b.n AS both,
        least(a.n, b.n) AS fewest,
        CASE
            WHEN a.figure = 'share' THEN newcombe(a.numerator * a.worth, a.n * a.worth, b.numerator * b.worth, b.n * b.worth)
            ELSE welch(a.n, a.value, a.sd, b.n, b.value, b.sd)
        END AS gap,
        share_ratio(a.numerator * a.worth, a.n * a.worth, b.numerator * b.worth, b.n * b.worth) AS of_shares,
        CASE WHEN a.figure = 'mean' AND a.value > 0 AND b.value > 0 THEN a.value / b.value END AS of_means,
        CASE
            WHEN a.figure = 'mean' AND a.value > 0 AND b.value > 0
            THEN exp(1.959964 * sqrt(power(a.se / a.value, 2) + power(b.se / b.value, 2)))
        END AS reach
    FROM by_group AS a
    JOIN gaps AS g ON g.group_by = a.group_by AND g.first = a."group"
    JOIN by_group AS b
        ON b.measure = a.measure
        AND b.root = a.root
        AND b.area = a.area
        AND b.occasion = a.occasion
        AND (b.cut_set IS NOT DISTINCT FROM a.cut_set)
        AND b.group_by = a.group_by
        AND b."group" = g.second
),
apart AS (
    SELECT
        p.*,
        CASE WHEN o.group_by IS NOT NULL AND (v.measure IS NULL OR v.why_not IS NOT NULL) THEN p.group_by || 's do not overlap' END AS apart
    FROM paired AS p
    LEFT JOIN overlapping AS o ON o.group_by = p.group_by
    LEFT JOIN (SELECT DISTINCT measure, instrument FROM outcomes) AS i ON i.measure = p.measure
    LEFT JOIN overlaps AS v
        ON v.measure = 'answered/' || i.instrument
        AND v.root = p.root
        AND v.area = p.area
        AND v.occasion = p.occasion
        AND v.group_by = p.group_by
)
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by,
    'all' AS "group",
    'gap' AS statistic,
    cut_set,
    unit,
    first || ' less ' || second AS comparator,
    both AS n,
    CASE WHEN apart IS NULL THEN gap['value'] END AS value,
    CASE WHEN apart IS NULL THEN gap['lower'] END AS lower,
    CASE WHEN apart IS NULL THEN gap['upper'] END AS upper,
    0.95 AS confidence,
    CASE WHEN figure = 'share' THEN 'Newcombe hybrid score' ELSE 'Welch' END AS method,
    coalesce(CASE WHEN gap['value'] IS NULL THEN CASE WHEN fewest > 0 THEN 'under-minimum' ELSE 'no-answers' END END, apart) AS why_not
FROM apart
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by,
    'all' AS "group",
    'ratio' AS statistic,
    cut_set,
    unit,
    first || ' over ' || second AS comparator,
    both AS n,
    CASE WHEN apart IS NULL THEN coalesce(of_shares['value'], of_means) END AS value,
    CASE WHEN apart IS NULL THEN coalesce(of_shares['lower'], of_means / reach) END AS lower,
    CASE WHEN apart IS NULL THEN coalesce(of_shares['upper'], of_means * reach) END AS upper,
    0.95 AS confidence,
    CASE WHEN figure = 'share' THEN 'Koopman score' ELSE 'ratio of means, delta method' END AS method,
    CASE
        WHEN coalesce(of_shares['value'], of_means) IS NULL
        THEN CASE WHEN fewest = 0 THEN 'no-answers' WHEN gap['value'] IS NULL THEN 'under-minimum' ELSE 'no ratio to 0' END
        ELSE apart
    END AS why_not
FROM apart
WHERE figure <> 'mean change'
