-- Grain:   two rows a case-mix model and term; one where there is no model.
-- Reads:   case_mix_models, case_mix_terms, outcomes.
-- Returns: statistics `coefficient` (in the unit of a mean, in log odds of a share; normal limits; n = answers in the category, of an
--          intercept and of a number all) and `coefficient_se`, its standard error. `comparator` names the term, `adjustment` the model.
SELECT
    o.measure,
    o.measure_version,
    o.main_root AS root,
    'all' AS area,
    'all' AS area_level,
    m.occasion,
    'none' AS group_by,
    'all' AS "group",
    'coefficient' AS statistic,
    m.adjustment,
    m.cut_set,
    t.term AS comparator,
    o.unit,
    t.n,
    t.estimate AS value,
    t.estimate - 1.959963984540054 * t.se AS lower,
    t.estimate + 1.959963984540054 * t.se AS upper,
    0.95 AS confidence,
    CASE WHEN m.figure = 'share' THEN 'logistic regression' ELSE 'linear regression' END AS method,
    CASE
        WHEN m.why_not IS NOT NULL THEN m.why_not
        WHEN t.estimate IS NULL THEN 'says-nothing-of-its-own'
    END AS why_not
FROM case_mix_models AS m
JOIN outcomes AS o ON o.measure = m.measure AND (o.cut_set IS NOT DISTINCT FROM m.cut_set)
LEFT JOIN case_mix_terms AS t ON t.measure = m.measure AND t.occasion = m.occasion
UNION ALL
SELECT
    o.measure,
    o.measure_version,
    o.main_root AS root,
    'all' AS area,
    'all' AS area_level,
    m.occasion,
    'none' AS group_by,
    'all' AS "group",
    'coefficient_se' AS statistic,
    m.adjustment,
    m.cut_set,
    t.term AS comparator,
    o.unit,
    t.n,
    t.se AS value,
    NULL AS lower,
    NULL AS upper,
    NULL AS confidence,
    'standard error of the coefficient' AS method,
    NULL AS why_not
FROM case_mix_models AS m
JOIN case_mix_terms AS t ON t.measure = m.measure AND t.occasion = m.occasion
JOIN outcomes AS o ON o.measure = m.measure AND (o.cut_set IS NOT DISTINCT FROM m.cut_set)
WHERE t.se IS NOT NULL
