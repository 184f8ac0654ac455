-- Grain:   two rows an outcome that is adjusted for case mix, area below everything, and occasion; `adjustment` names the model.
-- Reads:   case_mix_areas, case_mix_models, outcomes, area_tree.
-- Returns: statistics `value`: the adjusted figure; `sd`: what one answer of the area scatters by about what the model expects of it.
-- Rule:    of means: observed less expected plus the mean of everything, t interval from the scatter about the model. Of shares: observed
--          over expected times the share of everything, with Wilson limits of the observed share stretched in the same way; both end at 0
--          and 1. What is expected is taken as certain.
WITH added AS (
    SELECT
        o.measure,
        o.measure_version,
        o.unit,
        o.cut_set,
        o.minimum_n,
        m.figure,
        m.adjustment,
        m.overall,
        m.why_not,
        c.root,
        t.ancestor AS area,
        t.ancestor_level AS area_level,
        c.occasion,
        sum(c.n) AS n,
        CAST(sum(c.observed) AS DOUBLE) AS observed,
        CAST(sum(c.expected) AS DOUBLE) AS expected,
        CAST(sum(c.scatter) AS DOUBLE) AS scatter
    FROM case_mix_areas AS c
    JOIN case_mix_models AS m ON m.measure = c.measure AND m.occasion = c.occasion
    JOIN outcomes AS o ON o.measure = c.measure AND (o.cut_set IS NOT DISTINCT FROM m.cut_set)
    JOIN area_tree AS t ON t.root = c.root AND t.area = c.area
    WHERE t.ancestor <> 'all'
    GROUP BY ALL
),
adjusted AS (
    SELECT
        *,
        n >= minimum_n AND why_not IS NULL AS is_given,
        CASE WHEN figure = 'share' THEN overall / expected * n END AS stretch,
        CASE WHEN figure = 'share' THEN overall * observed / expected ELSE overall + (observed - expected) / n END AS adjusted,
        CASE
            WHEN figure = 'share' THEN overall / expected * sqrt(scatter * n)
            WHEN n > 1 THEN sqrt(greatest(scatter - (observed - expected) * (observed - expected) / n, 0) / (n - 1))
        END AS sd
    FROM added
)
SELECT
    measure, measure_version, root, area, area_level, occasion,
    'none' AS group_by,
    'all' AS "group",
    'value' AS statistic,
    adjustment,
    cut_set,
    unit,
    n,
    CASE WHEN is_given AND figure = 'share' THEN least(adjusted, 1) WHEN is_given THEN adjusted END AS value,
    CASE
        WHEN is_given AND figure = 'share' THEN least(wilson_lower(observed, n) * stretch, 1)
        WHEN is_given THEN mean_lower(n, adjusted, sd)
    END AS lower,
    CASE
        WHEN is_given AND figure = 'share' THEN least(wilson_upper(observed, n) * stretch, 1)
        WHEN is_given THEN mean_upper(n, adjusted, sd)
    END AS upper,
    0.95 AS confidence,
    CASE
        WHEN figure = 'share' AND adjusted > 1 THEN 'observed over expected times overall, capped to 1'
        WHEN figure = 'share' THEN 'observed over expected times overall, Wilson'
        ELSE 'observed less expected plus overall, t'
    END AS method,
    CASE WHEN why_not IS NOT NULL THEN why_not WHEN n < minimum_n THEN 'under-minimum' END AS why_not
FROM adjusted
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion,
    'none' AS group_by,
    'all' AS "group",
    'sd' AS statistic,
    adjustment,
    cut_set,
    unit,
    n,
    sd AS value,
    NULL AS lower,
    NULL AS upper,
    NULL AS confidence,
    'scatter about the case-mix model' AS method,
    NULL AS why_not
FROM adjusted
WHERE is_given AND sd IS NOT NULL
