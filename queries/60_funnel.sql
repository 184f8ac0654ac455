-- Grain:   two rows an outcome, area below everything, and occasion.
-- Reads:   figures.
-- Returns: statistics `funnel` (99.8% limits; `band` from both limits) and `funnel_95`: what is compared within a level of areas,
--          on the arcsine scale with over-dispersion (Spiegelhalter 2005); value = the share over the whole level.
WITH compared AS (
    SELECT
        *,
        funnel(numerator, n) OVER (PARTITION BY measure, cut_set, root, area_level, occasion) AS f
    FROM figures
    WHERE group_by = 'none' AND area <> 'all' AND value IS NOT NULL
)
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'funnel' AS statistic,
    cut_set,
    unit,
    n,
    f['target'] AS value,
    f['lower998'] AS lower,
    f['upper998'] AS upper,
    0.998 AS confidence,
    'funnel, over-dispersed' AS method,
    f['band'] AS band
FROM compared
WHERE f['target'] IS NOT NULL
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'funnel_95' AS statistic,
    cut_set,
    unit,
    n,
    f['target'] AS value,
    f['lower95'] AS lower,
    f['upper95'] AS upper,
    0.95 AS confidence,
    'funnel, over-dispersed' AS method,
    f['band'] AS band
FROM compared
WHERE f['target'] IS NOT NULL
