-- Grain:   one row an outcome, area, occasion and month with a value.
-- Reads:   months, mean_months, outcomes.
-- Returns: statistic `xmr`: the centre and the limits of the series; `signal` is the rule that flags the month, `band` what the
--          month means (improvement, concern, …), `comparator` whether the aim is met (where there is one).
WITH series AS (
    SELECT measure, measure_version, cut_set, unit, root, area, area_level, period, occasion, group_by, "group", n, value
    FROM months
    UNION ALL
    SELECT measure, measure_version, NULL AS cut_set, unit, root, area, area_level, period, occasion, group_by, "group", n, value
    FROM mean_months
),
charted AS (
    SELECT
        m.*,
        xmr(m.value, o.target, o.improvement) OVER (
            PARTITION BY m.measure, m.cut_set, m.root, m.area, m.occasion
            ORDER BY m.period
        ) AS x
    FROM series AS m
    JOIN outcomes AS o ON o.measure = m.measure AND (o.cut_set IS NOT DISTINCT FROM m.cut_set)
    WHERE m.value IS NOT NULL
)
SELECT
    measure,
    measure_version,
    root,
    area,
    area_level,
    period,
    occasion,
    group_by,
    "group",
    'xmr' AS statistic,
    cut_set,
    unit,
    n,
    x['centre'] AS value,
    x['lower'] AS lower,
    x['upper'] AS upper,
    'XmR, moving ranges above 3.267 times their mean screened once' AS method,
    x['variation'] AS band,
    x['signal'] AS signal,
    x['assurance'] AS comparator
FROM charted
