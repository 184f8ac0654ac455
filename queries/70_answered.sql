-- Grain:   one row an instrument, area, occasion and group of the period, and the same for the people on the lists.
-- Reads:   cube, instruments, area_tree, period, people.
-- Returns: measure `answered/<instrument>`, statistic `value`: responses, as a share of the people on the lists where these are
--          known; `responders_share`: the group's share of all responses. Statistic `population_share`: the group's share of the
--          people on the lists.
WITH answered AS (
    SELECT
        'answered/' || c.instrument AS measure,
        c.version AS measure_version,
        c.root,
        t.ancestor AS area,
        t.ancestor_level AS area_level,
        c.occasion,
        c.breakdown AS group_by,
        c."group",
        sum(count_in(c.codes, c.n, make_array(0))) AS n
    FROM cube AS c
    JOIN instruments AS i ON i.instrument = c.instrument AND i.instrument_version = c.version
    JOIN area_tree AS t ON t.root = c.root AND t.area = coalesce(c.area, '')
    CROSS JOIN period AS p
    WHERE c.item = 'responses'
        AND (p.starts IS NULL OR (c.starts >= p.starts AND c.ends <= p.ends))
        AND (t.ancestor <> 'all' OR c.root = i.main_root)
    GROUP BY ALL
),
listed AS (
    SELECT t.root, t.ancestor AS area, l.group_by, l."group", sum(l.n) AS people
    FROM people AS l
    JOIN area_tree AS t ON t.root = 'practice' AND t.area = l.area
    GROUP BY ALL
),
-- A group's share is of all people, whether or not their group is known.
shared AS (
    SELECT
        a.*,
        l.people,
        a.n / CAST(sum(a.n) OVER (PARTITION BY a.measure, a.root, a.area, a.occasion, a.group_by) AS DOUBLE) AS responders_share,
        l.people / CAST(everybody.people AS DOUBLE) AS population_share
    FROM answered AS a
    LEFT JOIN listed AS l
        ON l.root = a.root AND l.area = a.area AND l.group_by = a.group_by AND l."group" = a."group"
    LEFT JOIN listed AS everybody
        ON everybody.root = a.root AND everybody.area = a.area AND everybody.group_by = 'none'
)
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'value' AS statistic,
    n,
    n AS numerator,
    n / CAST(people AS DOUBLE) AS value,
    responders_share,
    'responses' AS method,
    CASE WHEN people IS NULL THEN 'no list' END AS why_not
FROM shared
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'population_share' AS statistic,
    people AS n,
    NULL AS numerator,
    population_share AS value,
    NULL AS responders_share,
    'people on the lists' AS method,
    NULL AS why_not
FROM shared
WHERE people IS NOT NULL
