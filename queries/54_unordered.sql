-- Grain:   one row an outcome, area above the smallest level, occasion, unordered group dimension and measure of inequality.
-- Reads:   by_group, gaps, bands, levels, outcomes.
-- Returns: how far groups without an order lie apart, in one number each: `between_group_variance`, `between_group_sd`,
--          `mean_difference_from_best`, `…_from_mean`, `…_from_reference` (the second band of the declared pair) and their `…_weighted` twins, in the
--          unit of the figure; `index_of_disparity`, `index_of_disparity_weighted`, `mean_log_deviation`, `theil_index`, relative to the mean,
--          not for a mean change; `attributable_risk`, `attributable_fraction` of a share: how much better all would be if each group were
--          like the best.
-- Rule:    as WHO's package healthequal. Every group with answers counts, those not stated too; without intervals.
WITH named AS (
    SELECT f.*, o.better, f."group" = d.second AS is_reference
    FROM by_group AS f
    JOIN gaps AS d ON d.group_by = f.group_by
    JOIN (SELECT DISTINCT group_by FROM bands WHERE NOT ordered) AS u ON u.group_by = f.group_by
    JOIN levels AS l ON l.level = f.area_level AND NOT l.smallest
    JOIN outcomes AS o ON o.measure = f.measure AND (o.cut_set IS NOT DISTINCT FROM f.cut_set)
    WHERE f.value IS NOT NULL AND f.n > 0
),
apart AS (
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
        between_group_variance(value, n) AS between_group_variance,
        between_group_sd(value, n) AS between_group_sd,
        mean_difference_from_best(value, n, better) AS mean_difference_from_best,
        mean_difference_from_best_weighted(value, n, better) AS mean_difference_from_best_weighted,
        mean_difference_from_mean(value, n) AS mean_difference_from_mean,
        mean_difference_from_mean_weighted(value, n) AS mean_difference_from_mean_weighted,
        mean_difference_from_reference(value, n, is_reference) AS mean_difference_from_reference,
        mean_difference_from_reference_weighted(value, n, is_reference) AS mean_difference_from_reference_weighted,
        index_of_disparity(value, n) AS index_of_disparity,
        index_of_disparity_weighted(value, n) AS index_of_disparity_weighted,
        mean_log_deviation(value, n) AS mean_log_deviation,
        theil_index(value, n) AS theil_index,
        attributable_risk(value, n, better) AS attributable_risk,
        attributable_fraction(value, n, better) AS attributable_fraction
    FROM named
    GROUP BY measure, measure_version, root, area, area_level, occasion, group_by, cut_set, unit, figure
    HAVING count(*) > 1
),
listed AS (
    SELECT
        *,
        unnest(make_array(
            named_struct('name', 'between_group_variance', 'value', between_group_variance),
            named_struct('name', 'between_group_sd', 'value', between_group_sd),
            named_struct('name', 'mean_difference_from_best', 'value', mean_difference_from_best),
            named_struct('name', 'mean_difference_from_best_weighted', 'value', mean_difference_from_best_weighted),
            named_struct('name', 'mean_difference_from_mean', 'value', mean_difference_from_mean),
            named_struct('name', 'mean_difference_from_mean_weighted', 'value', mean_difference_from_mean_weighted),
            named_struct('name', 'mean_difference_from_reference', 'value', mean_difference_from_reference),
            named_struct('name', 'mean_difference_from_reference_weighted', 'value', mean_difference_from_reference_weighted),
            named_struct('name', 'index_of_disparity', 'value', index_of_disparity),
            named_struct('name', 'index_of_disparity_weighted', 'value', index_of_disparity_weighted),
            named_struct('name', 'mean_log_deviation', 'value', mean_log_deviation),
            named_struct('name', 'theil_index', 'value', theil_index),
            named_struct('name', 'attributable_risk', 'value', attributable_risk),
            named_struct('name', 'attributable_fraction', 'value', attributable_fraction)
        )) AS one
    FROM apart
)
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by,
    'all' AS "group",
    one['name'] AS statistic,
    cut_set,
    unit,
    n,
    one['value'] AS value,
    'over ' || groups || ' groups, not stated among them' AS method,
    CASE WHEN one['value'] IS NULL THEN 'no ratio to 0' END AS why_not
FROM listed
WHERE figure = 'share'
    OR one['name'] NOT LIKE 'attributable%' AND (figure = 'mean' OR one['name'] LIKE 'between%' OR one['name'] LIKE 'mean_difference%')
