-- Grain:   up to three rows an outcome, area above the smallest level, occasion and ordered group dimension.
-- Reads:   by_group, bands, levels, outcomes.
-- Returns: statistic `concentration_index`: how far the figure is gathered among the less disadvantaged (above 0) or the more (below 0), relative
--          to its mean, not for a mean change; `concentration_index_absolute`: the same in the unit of the figure; `erreygers_index`: the same
--          between the ends of the scale, for shares and for means of a score with known ends.
-- Rule:    groups in their order, weighted by answers; those not stated have no place in it.
WITH gathered AS (
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
        f.figure,
        sum(f.n) AS n,
        count(*) AS groups,
        concentration_index(f.value, f.n, b.rank) AS c,
        erreygers_index(
            f.value,
            f.n,
            b.rank,
            CASE f.figure WHEN 'share' THEN 0 WHEN 'mean' THEN o.lowest END,
            CASE f.figure WHEN 'share' THEN 1 WHEN 'mean' THEN o.highest END
        ) AS e
    FROM by_group AS f
    JOIN bands AS b ON b.group_by = f.group_by AND b."group" = f."group" AND b.ordered
    JOIN levels AS l ON l.level = f.area_level AND NOT l.smallest
    JOIN outcomes AS o ON o.measure = f.measure AND (o.cut_set IS NOT DISTINCT FROM f.cut_set)
    WHERE f.value IS NOT NULL
    GROUP BY f.measure, f.measure_version, f.root, f.area, f.area_level, f.occasion, f.group_by, f.cut_set, f.unit, f.figure
)
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by,
    'all' AS "group",
    'concentration_index' AS statistic,
    cut_set,
    unit,
    n,
    c['relative'] AS value,
    c['relative_lower'] AS lower,
    c['relative_upper'] AS upper,
    0.95 AS confidence,
    'over the mid-ranks of ' || groups || ' groups' AS method,
    CASE WHEN c['absolute'] IS NULL THEN 'too few groups' WHEN c['relative'] IS NULL THEN 'no ratio to 0' END AS why_not
FROM gathered
WHERE figure <> 'mean change'
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by,
    'all' AS "group",
    'concentration_index_absolute' AS statistic,
    cut_set,
    unit,
    n,
    c['absolute'] AS value,
    c['absolute_lower'] AS lower,
    c['absolute_upper'] AS upper,
    0.95 AS confidence,
    'over the mid-ranks of ' || groups || ' groups' AS method,
    CASE WHEN c['absolute'] IS NULL THEN 'too few groups' END AS why_not
FROM gathered
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by,
    'all' AS "group",
    'erreygers_index' AS statistic,
    cut_set,
    unit,
    n,
    e['absolute'] AS value,
    e['absolute_lower'] AS lower,
    e['absolute_upper'] AS upper,
    0.95 AS confidence,
    'over the mid-ranks of ' || groups || ' groups' AS method,
    CASE WHEN e['absolute'] IS NULL THEN 'too few groups' END AS why_not
FROM gathered
WHERE e['absolute'] IS NOT NULL
