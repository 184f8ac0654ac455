-- Grain:   two rows an outcome, area, occasion and ordered group dimension.
-- Reads:   figures, bands.
-- Returns: statistic `slope_index`: fitted share at the least disadvantaged end less that at the most disadvantaged end, as a
--          fraction, `band` = `lack of fit` where a straight line does not fit; `relative_index`: their ratio.
-- Rule:    weighted regression on the mid-rank of cumulative population share (methods: OHID), population = answers in the
--          denominator, standard error of a share = sqrt(p (1 - p) / n).
WITH sloped AS (
    SELECT
        f.measure,
        f.measure_version,
        f.root,
        f.area,
        f.area_level,
        f.occasion,
        f.group_by,
        f.cut_set,
        f.unit,
        sum(f.n) AS n,
        count(*) AS groups,
        slope_index(f.value, f.n, b.rank, sqrt(f.value * (1 - f.value) / f.n)) AS s
    FROM figures AS f
    JOIN bands AS b ON b.group_by = f.group_by AND b."group" = f."group" AND b.ordered
    WHERE f.value IS NOT NULL
    GROUP BY f.measure, f.measure_version, f.root, f.area, f.area_level, f.occasion, f.group_by, f.cut_set, f.unit
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
    CASE WHEN s['sii'] IS NULL THEN 'too few groups' END AS why_not
FROM sloped
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
    CASE WHEN s['rii'] IS NULL THEN 'too few groups' END AS why_not
FROM sloped
