-- Grain:   one row a change outcome, area, occasion after and reason why a response is in no pair.
-- Reads:   cube, outcomes, pair_states, area_tree, period.
-- Returns: statistic `unpaired`: how many responses; `comparator` is the reason. A response before that has none after counts in its own
--          period.
WITH of_area AS (
    SELECT
        o.measure,
        o.measure_version,
        o.main_root,
        s.name AS reason,
        c.root,
        coalesce(c.area, '') AS area,
        c.occasion,
        sum(count_in(c.codes, c.n, make_array(s.code))) AS n
    FROM cube AS c
    JOIN outcomes AS o
        ON c.item = o.measure || '/paired' AND o.instrument = c.instrument AND array_has(o.instrument_versions, c.version)
    CROSS JOIN pair_states AS s
    CROSS JOIN period AS p
    WHERE c.breakdown = 'none'
        AND s.name <> 'paired'
        AND (p.starts IS NULL OR (c.starts >= p.starts AND c.ends <= p.ends))
    GROUP BY ALL
)
SELECT
    c.measure,
    c.measure_version,
    c.root,
    t.ancestor AS area,
    t.ancestor_level AS area_level,
    c.occasion,
    'none' AS group_by,
    'all' AS "group",
    'unpaired' AS statistic,
    c.reason AS comparator,
    'response' AS unit,
    sum(c.n) AS n,
    'responses in no pair' AS method
FROM of_area AS c
JOIN area_tree AS t
    ON t.root = c.root AND t.area = c.area
WHERE t.ancestor <> 'all' OR c.root = c.main_root
GROUP BY ALL
HAVING sum(c.n) > 0
