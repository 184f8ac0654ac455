-- Grain:   one row an instrument, area, occasion and gap that needs an overlap.
-- Reads:   period_counts, instruments, overlapping, policy.
-- Returns: statistic `overlap` of `answered/<instrument>`: whether the two bands of a gap, named in `comparator`, were answered by people of
--          the same bands of another group; `why_not` where they were not. n is the answers of both.
-- Rule:    in every band of the other group from which either has answers, both have the policy's minimum (common support).
WITH counted AS (
    SELECT
        'answered/' || c.instrument AS measure,
        c.versions AS measure_version,
        c.root,
        c.area,
        c.area_level,
        c.occasion,
        o.group_by,
        o.first || ' less ' || o.second AS comparator,
        -- The two groups stand in the order of their names.
        split_part(c."group", ' × ', CASE WHEN o.group_by < o.other THEN 2 ELSE 1 END) AS other_band,
        split_part(c."group", ' × ', CASE WHEN o.group_by < o.other THEN 1 ELSE 2 END) = o.first AS is_first,
        count_in(c.codes, c.n, make_array(0)) AS n
    FROM period_counts AS c
    JOIN instruments AS i ON i.instrument = c.instrument AND i.instrument_version = c.versions
    JOIN overlapping AS o ON c.group_by = least(o.group_by, o.other) || ' × ' || greatest(o.group_by, o.other)
    WHERE c.item = 'responses/overlap'
        AND split_part(c."group", ' × ', CASE WHEN o.group_by < o.other THEN 1 ELSE 2 END) IN (o.first, o.second)
),
by_band AS (
    SELECT
        measure, measure_version, root, area, area_level, occasion, group_by, comparator,
        other_band,
        sum(CASE WHEN is_first THEN n ELSE 0 END) AS of_first,
        sum(CASE WHEN is_first THEN 0 ELSE n END) AS of_second
    FROM counted
    GROUP BY measure, measure_version, root, area, area_level, occasion, group_by, comparator, other_band
),
fewest AS (
    SELECT
        measure, measure_version, root, area, area_level, occasion, group_by, comparator,
        min(least(of_first, of_second)) AS fewest,
        sum(of_first + of_second) AS n
    FROM by_band
    GROUP BY measure, measure_version, root, area, area_level, occasion, group_by, comparator
)
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by,
    'all' AS "group",
    'overlap' AS statistic,
    comparator,
    n,
    'common support' AS method,
    CASE WHEN fewest < greatest(p.minimum_n, 1) THEN group_by || 's do not overlap' END AS why_not
FROM fewest
CROSS JOIN policy AS p
