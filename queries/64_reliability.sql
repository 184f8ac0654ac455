-- Grain:   one row an outcome, area below everything, occasion and adjustment.
-- Reads:   figures, means, spread, case_mix.
-- Returns: statistic `reliability`: the variance between the areas of a level over that of figures of this area's n, from 0 to 1.
-- Rule:    random intercept, restricted maximum likelihood; an answer of a share p scatters by p (1 - p), the same as 0 and 1 would.
WITH units AS (
    SELECT
        measure, measure_version, root, area, area_level, occasion, 'none' AS adjustment, cut_set, unit, n, value,
        sqrt(value * (1 - value) * n / (n - 1.0)) AS sd
    FROM figures
    WHERE group_by = 'none' AND area <> 'all' AND value IS NOT NULL AND n > 1
    UNION ALL
    SELECT
        m.measure, m.measure_version, m.root, m.area, m.area_level, m.occasion, 'none' AS adjustment, NULL AS cut_set, m.unit, m.n,
        m.value, s.value AS sd
    FROM means AS m
    JOIN spread AS s ON s.measure = m.measure AND s.root = m.root AND s.area = m.area AND s.occasion = m.occasion
    WHERE m.group_by = 'none' AND m.value IS NOT NULL
    UNION ALL
    SELECT
        v.measure, v.measure_version, v.root, v.area, v.area_level, v.occasion, v.adjustment, v.cut_set, v.unit, v.n, v.value,
        s.value AS sd
    FROM case_mix AS v
    JOIN case_mix AS s ON s.measure = v.measure AND s.root = v.root AND s.area = v.area AND s.occasion = v.occasion
    WHERE v.statistic = 'value' AND s.statistic = 'sd' AND v.value IS NOT NULL
),
compared AS (
    SELECT
        *,
        reliability(n, value, sd) OVER (
            PARTITION BY measure, cut_set, root, area_level, occasion, adjustment
            ORDER BY area
        ) AS reliability
    FROM units
)
SELECT
    measure, measure_version, root, area, area_level, occasion,
    'none' AS group_by,
    'all' AS "group",
    'reliability' AS statistic,
    adjustment,
    cut_set,
    unit,
    n,
    reliability AS value,
    'variance between over variance between and within by n, REML' AS method
FROM compared
WHERE reliability IS NOT NULL
