-- Grain:   one row a change outcome, area, occasion after and reason why a response is in no pair.
-- Reads:   period_counts, outcomes, pair_states.
-- Returns: statistic `unpaired`: how many responses; `comparator` is the reason. A response before that has none after counts in its own
--          period.
WITH added AS (
    SELECT
        o.measure,
        o.measure_version,
        c.root,
        c.area,
        c.area_level,
        c.occasion,
        s.name AS reason,
        count_in(c.codes, c.n, make_array(s.code)) AS n
    FROM period_counts AS c
    JOIN outcomes AS o
        ON c.item = o.measure || '/paired' AND o.instrument = c.instrument AND o.versions = c.versions
    CROSS JOIN pair_states AS s
    WHERE c.group_by = 'none' AND s.name <> 'paired'
)
SELECT
    measure,
    measure_version,
    root,
    area,
    area_level,
    occasion,
    'none' AS group_by,
    'all' AS "group",
    'unpaired' AS statistic,
    reason AS comparator,
    'response' AS unit,
    n,
    'responses in no pair' AS method
FROM added
WHERE n > 0
