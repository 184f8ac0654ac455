-- Grain:   two rows an outcome, area, occasion and ordered group dimension; two more for shares above the smallest level of areas.
-- Reads:   by_group, bands, levels.
-- Returns: statistic `slope_index`: fitted figure at the least disadvantaged end less that at the most disadvantaged end, a fraction or points,
--          `band` = `lack of fit` where a straight line does not fit; `relative_index`: the one end over the other, not for a mean change;
--          `slope_index_logit`, `relative_index_logit`: the same by a logistic curve. `responders_share` is the share of the answers whose
--          group has a place in the order: those not stated have none.
-- Rule:    weighted regression on the mid-rank of cumulative population share (methods: OHID), population = answers in the denominator;
--          standard error of a share sqrt(p (1 - p) / n), of a mean sd / sqrt(n); a mean of one answer has none and stays out.
WITH ranked AS (
    SELECT f.*, b.rank, NOT l.smallest AS curved
    FROM by_group AS f
    JOIN (SELECT DISTINCT group_by FROM bands WHERE ordered) AS o ON o.group_by = f.group_by
    LEFT JOIN bands AS b ON b.group_by = f.group_by AND b."group" = f."group"
    LEFT JOIN levels AS l ON l.level = f.area_level
),
answered AS (
    SELECT measure, root, area, occasion, group_by, cut_set, sum(n) AS answers
    FROM ranked
    GROUP BY ALL
),
sloped AS (
    SELECT
        measure,
        measure_version,
        root,
        area,
        area_level,
        occasion,
        group_by,
        cut_set,
        unit,
        figure,
        sum(n) AS n,
        count(*) AS groups,
        slope_index(value, n, rank, se) AS s,
        -- Of a mean, and at the smallest level, there is nothing to fit.
        slope_index_logit(CASE WHEN curved THEN numerator END, n, rank) AS c
    FROM ranked
    WHERE rank IS NOT NULL AND value IS NOT NULL AND se IS NOT NULL
    GROUP BY measure, measure_version, root, area, area_level, occasion, group_by, cut_set, unit, figure
),
placed AS (
    SELECT s.*, s.n / CAST(a.answers AS DOUBLE) AS placed
    FROM sloped AS s
    JOIN answered AS a
        ON a.measure = s.measure
        AND a.root = s.root
        AND a.area = s.area
        AND a.occasion = s.occasion
        AND a.group_by = s.group_by
        AND (a.cut_set IS NOT DISTINCT FROM s.cut_set)
)
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by,
    'all' AS "group",
    'slope_index' AS statistic,
    cut_set,
    unit,
    n,
    s['sii'] AS value,
    s['lower'] AS lower,
    s['upper'] AS upper,
    0.95 AS confidence,
    'weighted regression on mid-rank of ' || groups || ' groups' AS method,
    CASE WHEN s['lack_of_fit'] THEN 'lack of fit' END AS band,
    placed AS responders_share,
    CASE WHEN s['sii'] IS NULL THEN 'too few groups' END AS why_not
FROM placed
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by,
    'all' AS "group",
    'relative_index' AS statistic,
    cut_set,
    unit,
    n,
    s['rii'] AS value,
    s['rii_lower'] AS lower,
    s['rii_upper'] AS upper,
    0.95 AS confidence,
    'weighted regression on mid-rank of ' || groups || ' groups' AS method,
    NULL AS band,
    placed AS responders_share,
    CASE WHEN s['sii'] IS NULL THEN 'too few groups' WHEN s['rii'] IS NULL THEN 'no ratio to 0' END AS why_not
FROM placed
WHERE figure <> 'mean change'
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by,
    'all' AS "group",
    'slope_index_logit' AS statistic,
    cut_set,
    unit,
    n,
    c['sii'] AS value,
    c['lower'] AS lower,
    c['upper'] AS upper,
    0.95 AS confidence,
    'logistic regression on mid-rank of ' || groups || ' groups' AS method,
    NULL AS band,
    placed AS responders_share,
    NULL AS why_not
FROM placed
WHERE c['sii'] IS NOT NULL
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by,
    'all' AS "group",
    'relative_index_logit' AS statistic,
    cut_set,
    unit,
    n,
    c['rii'] AS value,
    c['rii_lower'] AS lower,
    c['rii_upper'] AS upper,
    0.95 AS confidence,
    'logistic regression on mid-rank of ' || groups || ' groups' AS method,
    NULL AS band,
    placed AS responders_share,
    NULL AS why_not
FROM placed
WHERE c['rii'] IS NOT NULL
