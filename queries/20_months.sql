-- Grain:   one row an outcome, area, occasion and month, for everybody; all months up to the end of the period.
-- Reads:   month_counts, outcomes, repeats.
-- Returns: statistic `value`: the share in the month, with its Wilson interval; none where n is under the outcome's minimum. People as in
--          figures: a person as a cluster above 1.1 answers each, or the latest answer of each person in the month.
WITH answered AS (
    SELECT
        o.measure,
        o.measure_version,
        o.cut_set,
        o.unit,
        o.each_person,
        o.people_known,
        o.is_change,
        o.minimum_n,
        c.root,
        c.area,
        c.area_level,
        c.period,
        c.occasion,
        count_in(c.codes, c.n, o.counts) AS numerator,
        count_in(c.codes, c.n, o.out_of) AS n
    FROM month_counts AS c
    JOIN outcomes AS o
        ON o.instrument = c.instrument AND o.versions = c.versions AND o.item = c.item
    -- Where nobody was asked (code -2), there is no figure, not one from too few.
    WHERE o.figure = 'share' AND (o.is_change OR coalesce(c.codes[1] <> -2 OR array_length(c.codes) > 1, TRUE))
),
counted AS (
    SELECT
        a.* EXCLUDE (numerator, n),
        a.numerator - CASE WHEN a.each_person THEN CAST(coalesce(r.dropped_sum, 0) AS BIGINT) ELSE 0 END AS numerator,
        a.n - CASE WHEN a.each_person THEN coalesce(r.dropped, 0) ELSE 0 END AS n,
        CASE WHEN a.each_person THEN 0 WHEN a.people_known THEN coalesce(r.without_person, 0) ELSE a.n END AS without_person,
        CASE WHEN a.each_person THEN 0 ELSE coalesce(r.repeated, 0) END AS repeated,
        coalesce(r.tww, 0) AS tww,
        coalesce(r.twy, 0) AS twy,
        coalesce(r.tyy, 0) AS tyy
    FROM answered AS a
    LEFT JOIN repeats AS r
        ON r.measure = a.measure
        AND r.root = a.root
        AND r.area = a.area
        AND r.period = a.period
        AND r.occasion = a.occasion
        AND r.group_by = 'none'
        AND coalesce(r.cut_set, '') = coalesce(a.cut_set, '')
),
limited AS (
    SELECT
        *,
        CASE
            WHEN n - without_person > 1.1 * (n - without_person - repeated)
                THEN clustered_share(numerator, n, n - repeated, n + tww, numerator + twy, numerator + tyy)
        END AS clustered
    FROM counted
    -- Of a change, answers before stand in months of their own while nobody has answered again.
    WHERE n > 0 OR NOT is_change
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
    cut_set,
    unit,
    n,
    CASE
        WHEN unit = 'person' THEN n
        WHEN people_known AND without_person = 0 THEN n - repeated
    END AS people,
    CASE WHEN n >= minimum_n THEN clustered['n_effective'] END AS n_effective,
    CASE WHEN n >= minimum_n THEN numerator END AS numerator,
    CASE WHEN n >= minimum_n THEN numerator / CAST(n AS DOUBLE) END AS value,
    CASE
        WHEN n < minimum_n THEN NULL
        WHEN clustered IS NULL THEN wilson_lower(numerator, n)
        ELSE clustered['lower']
    END AS lower,
    CASE
        WHEN n < minimum_n THEN NULL
        WHEN clustered IS NULL THEN wilson_upper(numerator, n)
        ELSE clustered['upper']
    END AS upper,
    0.95 AS confidence,
    CASE
        WHEN each_person THEN 'Wilson, latest answer of each person'
        WHEN clustered IS NOT NULL THEN 'xlogit, person as cluster'
        ELSE 'Wilson'
    END AS method,
    CASE
        WHEN n > 0 AND n < minimum_n THEN 'under-minimum'
        ELSE why_not(numerator, n)
    END AS why_not
FROM limited
