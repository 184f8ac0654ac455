-- Grain:   one row an outcome that is a mean, area, occasion and group of the period.
-- Reads:   period_counts, outcomes, outcome_groups, period, repeats.
-- Returns: statistic `value`: the mean of the score, or of its change, with its t interval; none where n is under the outcome's minimum.
--          Where people gave more than 1.1 answers each, a person is a cluster in the interval, and `n_effective` is as many answers of
--          different people as would have the same variance. `people` is empty where some answers are nobody's known.
WITH shown AS (
    SELECT o.*, g.group_by
    FROM outcomes AS o
    JOIN outcome_groups AS g
        ON g.measure = o.measure
    WHERE o.figure IN ('mean', 'mean change')
),
answered AS (
    SELECT
        o.measure,
        o.measure_version,
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
        c.count AS n,
        c.sum AS total,
        c.sum_squares AS squares
    FROM period_counts AS c
    JOIN shown AS o
        ON o.instrument = c.instrument AND o.versions = c.versions AND o.item = c.item AND o.group_by = c.group_by
),
added AS (
    SELECT
        a.* EXCLUDE (n, total, squares),
        -- Where each person counts once, what a later answer replaces and what is nobody's known is taken off.
        a.n - CASE WHEN a.each_person THEN coalesce(r.dropped, 0) ELSE 0 END AS n,
        CAST(a.total AS DOUBLE) - CASE WHEN a.each_person THEN CAST(coalesce(r.dropped_sum, 0) AS DOUBLE) ELSE 0 END AS total,
        CAST(a.squares AS DOUBLE)
        - CASE WHEN a.each_person THEN CAST(coalesce(r.dropped_squares, 0) AS DOUBLE) ELSE 0 END AS squares,
        CASE WHEN a.each_person THEN 0 WHEN a.people_known THEN coalesce(r.without_person, 0) ELSE a.n END AS without_person,
        CASE WHEN a.each_person THEN 0 ELSE coalesce(r.repeated, 0) END AS repeated,
        CAST(coalesce(r.tww, 0) AS DOUBLE) AS tww,
        CAST(coalesce(r.twy, 0) AS DOUBLE) AS twy,
        CAST(coalesce(r.tyy, 0) AS DOUBLE) AS tyy
    FROM answered AS a
    LEFT JOIN repeats AS r
        ON r.measure = a.measure
        AND r.root = a.root
        AND r.area = a.area
        AND r.occasion = a.occasion
        AND r.group_by = a.group_by
        AND r."group" = a."group"
        AND r.period = (SELECT id FROM period)
),
spread AS (
    SELECT
        *,
        CASE WHEN n > 0 THEN total / n END AS mean,
        CASE WHEN n > 1 THEN sqrt(greatest(squares - total * total / n, 0) / (n - 1)) END AS sd,
        CASE
            WHEN n - without_person > 1.1 * (n - without_person - repeated)
                THEN clustered_mean(total, squares, n, n - repeated, n + tww, total + twy, squares + tyy)
        END AS clustered
    FROM added
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
    unit,
    n,
    CASE
        WHEN unit = 'person' THEN n
        WHEN people_known AND without_person = 0 THEN n - repeated
    END AS people,
    CASE WHEN n >= minimum_n THEN clustered['n_effective'] END AS n_effective,
    CASE WHEN n >= minimum_n THEN mean END AS value,
    CASE
        WHEN n < minimum_n THEN NULL
        WHEN clustered IS NULL THEN mean_lower(n, mean, sd)
        ELSE clustered['lower']
    END AS lower,
    CASE
        WHEN n < minimum_n THEN NULL
        WHEN clustered IS NULL THEN mean_upper(n, mean, sd)
        ELSE clustered['upper']
    END AS upper,
    0.95 AS confidence,
    CASE
        WHEN is_change AND clustered IS NOT NULL THEN 'mean of after less before, t, person as cluster'
        WHEN is_change THEN 'mean of after less before, t'
        WHEN each_person THEN 'mean, t, latest answer of each person'
        WHEN clustered IS NOT NULL THEN 'mean, t, person as cluster'
        ELSE 'mean, t'
    END AS method,
    CASE WHEN n > 0 AND n < minimum_n THEN 'under-minimum' WHEN n = 0 THEN 'no-answers' END AS why_not
FROM spread
