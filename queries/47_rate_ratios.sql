-- Grain:   one row an outcome that is a rate, area, occasion, ordered group and band after its first.
-- Reads:   by_group, bands, outcomes.
-- Returns: statistic `rate_ratio`: the rate of the band over that of the first band, such as the lowest level; `comparator` names both. None
--          where a rate is 0, or comes from fewer than two answers.
-- Rule:    limits from the variance of the logarithm of a ratio of two means (delta method), 1.959964 standard errors to either side. The
--          variance of each rate is that between people, and not the mean as Poisson's law has it: a few people who come very often widen it.
WITH compared AS (
    SELECT
        a.*,
        d."group" AS band,
        f."group" AS first_band,
        a.n + b.n AS both,
        least(a.n, b.n) AS fewest,
        CASE WHEN a.value > 0 AND b.value > 0 THEN a.value / b.value END AS ratio,
        CASE
            WHEN a.value > 0 AND b.value > 0
            THEN exp(1.959964 * sqrt(power(a.se / a.value, 2) + power(b.se / b.value, 2)))
        END AS reach
    FROM by_group AS a
    JOIN (SELECT DISTINCT measure FROM outcomes WHERE is_rate) AS o ON o.measure = a.measure
    JOIN bands AS d ON d.group_by = a.group_by AND d."group" = a."group" AND d.ordered AND d.rank > 1
    JOIN bands AS f ON f.group_by = a.group_by AND f.rank = 1
    JOIN by_group AS b
        ON b.measure = a.measure
        AND b.root = a.root
        AND b.area = a.area
        AND b.occasion = a.occasion
        AND b.group_by = a.group_by
        AND b."group" = f."group"
)
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by,
    'all' AS "group",
    'rate_ratio' AS statistic,
    unit,
    band || ' over ' || first_band AS comparator,
    both AS n,
    CASE WHEN reach IS NOT NULL THEN ratio END AS value,
    ratio / reach AS lower,
    ratio * reach AS upper,
    0.95 AS confidence,
    'ratio of rates, delta method' AS method,
    CASE
        WHEN fewest = 0 THEN 'no-answers'
        WHEN ratio IS NULL THEN 'no ratio to 0'
        WHEN reach IS NULL THEN 'under-minimum'
    END AS why_not
FROM compared
