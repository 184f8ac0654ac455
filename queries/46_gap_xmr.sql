-- Grain:   one row an outcome, detailed area, occasion, group dimension and month with a gap.
-- Reads:   gap_months.
-- Returns: statistic `gap_xmr`: the centre and the limits of the series of gaps named in `comparator`; `signal` is the rule that flags the
--          month, `band` neutral_high or neutral_low: whether a higher gap is better depends on its sign, which the words tell.
WITH charted AS (
    SELECT
        *,
        xmr(value, CAST(NULL AS DOUBLE), 'neutral') OVER (
            PARTITION BY measure, cut_set, root, area, occasion, group_by
            ORDER BY period
        ) AS x
    FROM gap_months
    WHERE value IS NOT NULL
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
    'gap_xmr' AS statistic,
    cut_set,
    unit,
    comparator,
    n,
    x['centre'] AS value,
    x['lower'] AS lower,
    x['upper'] AS upper,
    'XmR, moving ranges above 3.267 times their mean screened once' AS method,
    x['variation'] AS band,
    x['signal'] AS signal
FROM charted
