-- Grain:   one row an outcome, area, occasion and group of the period.
-- Reads:   period_counts, outcomes, outcome_groups, period, repeats.
-- Returns: statistic `value`: the share of the denominator's answers that count, with its Wilson interval; none where n is under the
--          outcome's minimum. Where people gave more than 1.1 answers each, a person is a cluster in the interval, and `n_effective` is as
--          many answers of different people as would have the same variance. `people` is empty where some answers are nobody's known.
WITH shown AS (
    SELECT o.*, g.group_by
    FROM outcomes AS o
    JOIN outcome_groups AS g
        ON g.measure = o.measure
    WHERE o.figure = 'share'
),
answered AS (
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
        c.occasion,
        c.group_by,
        c."group",
        count_in(c.codes, c.n, o.counts) AS numerator,
        count_in(c.codes, c.n, o.out_of) AS n
    FROM period_counts AS c
    JOIN shown AS o
        ON o.instrument = c.instrument AND o.versions = c.versions AND o.item = c.item AND o.group_by = c.group_by
    -- Where nobody was asked (code -2), there is no figure, not one from too few.
    WHERE o.is_change OR coalesce(c.codes[1] <> -2 OR array_length(c.codes) > 1, TRUE)
),
counted AS (
    SELECT
        a.* EXCLUDE (numerator, n),
        -- Where each person counts once, what a later answer replaces and what is nobody's known is taken off.
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
        AND r.occasion = a.occasion
        AND r.group_by = a.group_by
        AND r."group" = a."group"
        AND coalesce(r.cut_set, '') = coalesce(a.cut_set, '')
        AND r.period = (SELECT id FROM period)
),
limited AS (
    SELECT
        *,
        -- Sums over clusters: those of as many answers of different people, and what the same person's answers add.
        CASE
            WHEN n - without_person > 1.1 * (n - without_person - repeated)
                THEN clustered_share(numerator, n, n - repeated, n + tww, numerator + twy, numerator + tyy)
        END AS clustered
    FROM counted
)
SELECT
    measure,
    measure_version,
    root,
    area,
    area_level,
    occasion,
    group_by,
    "group",
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
        WHEN n = 0 AND is_change THEN 'no-pairs'
        ELSE why_not(numerator, n)
    END AS why_not
FROM limited
