-- Grain:   one row an outcome, area, occasion and month with a value.
-- Reads:   months, outcomes.
-- Returns: statistic `xmr`: the centre and the limits of the series; `signal` is the rule that flags the month, `band` what the
--          month means (improvement, concern, …), `comparator` whether the aim is met (where there is one).
WITH charted AS (
    SELECT
        m.*,
        xmr(m.value, o.target, o.improvement) OVER (
            PARTITION BY m.measure, m.root, m.area, m.occasion
            ORDER BY m.period
        ) AS x
    FROM months AS m
    JOIN outcomes AS o ON o.measure = m.measure
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
    n,
    x['centre'] AS value,
    x['lower'] AS lower,
    x['upper'] AS upper,
    'XmR, moving ranges above 3.267 times their mean screened once' AS method,
    x['variation'] AS band,
    x['signal'] AS signal,
    x['assurance'] AS comparator
FROM charted
