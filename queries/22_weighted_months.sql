-- Grain:   one row an outcome that is a share of answers, scheme of weights that files bring, area, occasion and month, for everybody; all
--          months up to the end of the period.
-- Reads:   month_weights, weighted_sums, months, outcomes.
-- Returns: statistic `value` with `weighting` = the scheme: the weighted share of the answers of the month that have a weight, with its
--          linearised error, each answer drawn by itself, and t on the answers less one; `n_effective` = (sum of w)^2 / sum of w^2 (Kish).
--          None where n is under the outcome's minimum. No row where answers hang together, and sums over them would err on the narrow
--          side: where the data declare strata or clusters, and where people gave more than 1.1 answers each in the month.
WITH by_code AS (
    SELECT
        instrument,
        versions,
        item,
        root,
        area,
        area_level,
        period,
        occasion,
        weighting,
        unnest(codes) AS code,
        unnest(n) AS n,
        unnest(w) AS w,
        unnest(ww) AS ww
    FROM month_weights
),
drawn AS (
    -- Whoever has a weight in the month, whatever they answered and wherever they live.
    SELECT instrument, versions, period, weighting, sum(n) AS drawn
    FROM by_code
    WHERE item = 'responses' AND area = 'all'
    GROUP BY ALL
),
summed AS (
    SELECT
        o.measure,
        o.measure_version,
        o.cut_set,
        o.unit,
        o.minimum_n,
        c.root,
        c.area,
        c.area_level,
        c.period,
        c.occasion,
        c.weighting,
        d.drawn,
        sum(c.n) AS n,
        sum(c.w) AS tw,
        sum(CASE WHEN array_has(o.counts, c.code) THEN c.w ELSE 0 END) AS ty,
        sum(c.ww) AS ww,
        sum(CASE WHEN array_has(o.counts, c.code) THEN c.ww ELSE 0 END) AS twy
    FROM by_code AS c
    JOIN outcomes AS o
        ON o.instrument = c.instrument AND o.versions = c.versions AND o.item = c.item
    JOIN drawn AS d
        ON d.instrument = c.instrument AND d.versions = c.versions AND d.period = c.period AND d.weighting = c.weighting
    WHERE o.figure = 'share' AND NOT o.is_change AND NOT o.each_person AND array_has(o.out_of, c.code)
    GROUP BY ALL
),
hanging AS (
    SELECT measure, coalesce(cut_set, '') AS cut_set, weighting
    FROM weighted_sums
    GROUP BY ALL
    HAVING sum(of_clusters) > 0 OR count(stratum) > 0
),
alone AS (
    SELECT s.*
    FROM summed AS s
    JOIN months AS m
        ON m.measure = s.measure
        AND m.root = s.root
        AND m.area = s.area
        AND m.period = s.period
        AND m.occasion = s.occasion
        AND coalesce(m.cut_set, '') = coalesce(s.cut_set, '')
    LEFT JOIN hanging AS h
        ON h.measure = s.measure AND h.weighting = s.weighting AND h.cut_set = coalesce(s.cut_set, '')
    WHERE m.method = 'Wilson' AND h.measure IS NULL
),
designed AS (
    SELECT
        measure,
        measure_version,
        cut_set,
        unit,
        minimum_n,
        root,
        area,
        area_level,
        period,
        occasion,
        weighting,
        sum(n) AS n,
        design_from_sums(drawn, n, n, tw, ty, ww, twy, twy, ww, ty, 'share') AS d
    FROM alone
    WHERE tw > 0
    GROUP BY ALL
)
SELECT
    measure,
    measure_version,
    root,
    area,
    area_level,
    period,
    occasion,
    'none' AS group_by,
    'all' AS "group",
    'value' AS statistic,
    weighting,
    cut_set,
    unit,
    n,
    CASE WHEN n >= minimum_n THEN d['n_effective'] END AS n_effective,
    CASE WHEN n >= minimum_n THEN d['value'] END AS value,
    CASE WHEN n >= minimum_n THEN d['lower'] END AS lower,
    CASE WHEN n >= minimum_n THEN d['upper'] END AS upper,
    0.95 AS confidence,
    'weighted, xlogit' AS method,
    CASE WHEN n < minimum_n THEN 'under-minimum' END AS why_not
FROM designed
