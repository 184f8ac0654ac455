-- Grain:   two rows an outcome, area below everything, occasion and adjustment.
-- Reads:   figures, means, spread, case_mix, case_mix_models, reliability, compared.
-- Returns: statistics `funnel` (99.8% limits; `band` from both limits) and `funnel_95`: what is compared within a level of areas,
--          with over-dispersion (Spiegelhalter 2005): shares on the arcsine scale, means and adjusted figures on their own; value = the
--          figure of the whole level. `signal` is `fdr` where the area still differs with the false-discovery rate held at 5%
--          (Benjamini and Hochberg 1995) over all areas of the level and all measures that a page compares, adjusted ones where they are.
-- Rule:    an area whose figure has a reliability under 0.7 has no band: it is shown and not compared. What false-discovery control
--          leaves is told all the same, for chance does not explain it.
WITH shares AS (
    SELECT
        measure, measure_version, root, area, area_level, occasion, 'none' AS adjustment, cut_set, unit, n, value,
        funnel(numerator, n) OVER (PARTITION BY measure, cut_set, root, area_level, occasion ORDER BY area) AS f
    FROM figures
    WHERE group_by = 'none' AND area <> 'all' AND value IS NOT NULL
),
averages AS (
    SELECT
        m.measure, m.measure_version, m.root, m.area, m.area_level, m.occasion, 'none' AS adjustment, CAST(NULL AS VARCHAR) AS cut_set,
        m.unit, m.n, m.value,
        funnel_mean(m.value, s.value, m.n) OVER (PARTITION BY m.measure, m.root, m.area_level, m.occasion ORDER BY m.area) AS f
    FROM means AS m
    JOIN spread AS s ON s.measure = m.measure AND s.root = m.root AND s.area = m.area AND s.occasion = m.occasion
    WHERE m.group_by = 'none' AND m.value IS NOT NULL
),
mixed AS (
    SELECT v.*, s.value AS sd, m.figure, m.overall
    FROM case_mix AS v
    JOIN case_mix AS s ON s.measure = v.measure AND s.root = v.root AND s.area = v.area AND s.occasion = v.occasion
    JOIN case_mix_models AS m ON m.measure = v.measure AND m.occasion = v.occasion
    WHERE v.statistic = 'value' AND s.statistic = 'sd' AND v.value IS NOT NULL
),
adjusted_averages AS (
    SELECT
        measure, measure_version, root, area, area_level, occasion, adjustment, cut_set, unit, n, value,
        funnel_mean(value, sd, n) OVER (PARTITION BY measure, root, area_level, occasion ORDER BY area) AS f
    FROM mixed
    WHERE figure <> 'share'
),
adjusted_shares AS (
    SELECT
        measure, measure_version, root, area, area_level, occasion, adjustment, cut_set, unit, n, value,
        funnel_normal(value, sd / sqrt(n), overall) OVER (PARTITION BY measure, root, area_level, occasion ORDER BY area) AS f
    FROM mixed
    WHERE figure = 'share'
),
-- p values with the variance between areas in them. On the arcsine scale that of chance is 1 / 4n; elsewhere the limits tell it.
placed AS (
    SELECT *, 'funnel, over-dispersed' AS method, f['z'] / sqrt(1 + 4 * n * f['tau2']) AS distance FROM shares
    UNION ALL
    SELECT
        *, 'funnel of means, over-dispersed' AS method,
        1.959963984540054 * (value - f['target']) / (f['upper95'] - f['target']) AS distance
    FROM averages
    UNION ALL
    SELECT
        *, 'funnel of adjusted means, over-dispersed' AS method,
        1.959963984540054 * (value - f['target']) / (f['upper95'] - f['target']) AS distance
    FROM adjusted_averages
    UNION ALL
    SELECT
        *, 'funnel of adjusted shares, over-dispersed' AS method,
        1.959963984540054 * (value - f['target']) / (f['upper95'] - f['target']) AS distance
    FROM adjusted_shares
),
tested AS (
    SELECT
        p.*,
        r.value AS reliability,
        benjamini_hochberg(CASE WHEN c.measure IS NOT NULL THEN normal_p(p.distance) END) OVER (
            PARTITION BY p.root, p.area_level
        ) AS q
    FROM placed AS p
    LEFT JOIN reliability AS r
        ON r.measure = p.measure AND (r.cut_set IS NOT DISTINCT FROM p.cut_set) AND r.root = p.root AND r.area = p.area
        AND r.occasion = p.occasion AND r.adjustment = p.adjustment
    LEFT JOIN compared AS c
        ON c.measure = p.measure AND (c.cut_set IS NOT DISTINCT FROM p.cut_set) AND c.adjustment = p.adjustment
    WHERE p.f['target'] IS NOT NULL
),
said AS (
    SELECT
        *,
        CASE WHEN reliability >= 0.7 OR q <= 0.05 THEN f['band'] END AS band,
        CASE WHEN q <= 0.05 THEN 'fdr' END AS signal
    FROM tested
)
SELECT
    measure, measure_version, root, area, area_level, occasion,
    'none' AS group_by,
    'all' AS "group",
    'funnel' AS statistic,
    adjustment,
    cut_set,
    unit,
    n,
    f['target'] AS value,
    f['lower998'] AS lower,
    f['upper998'] AS upper,
    0.998 AS confidence,
    method,
    band,
    signal
FROM said
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion,
    'none' AS group_by,
    'all' AS "group",
    'funnel_95' AS statistic,
    adjustment,
    cut_set,
    unit,
    n,
    f['target'] AS value,
    f['lower95'] AS lower,
    f['upper95'] AS upper,
    0.95 AS confidence,
    method,
    band,
    signal
FROM said
