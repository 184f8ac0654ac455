-- Grain:   one row an instrument, area, occasion and group of the period, and the same for the people on the lists.
-- Reads:   period_counts, instruments, area_tree, people.
-- Returns: measure `answered/<instrument>`, statistic `value`: responses, as a share of the people on the lists where these are
--          known, with its Wilson interval where there are no more responses than people; `responders_share`: the group's share of all
--          responses. Statistic `population_share`: the group's share of the people on the lists. Statistic `representation`: the
--          group's share of the responses whose group is known, over its share of the people whose group is known; its interval is
--          that of the first share (Wilson), the second being counted. A group on the lists from which nobody answered has the
--          last two only.
WITH counted AS (
    SELECT
        'answered/' || c.instrument AS measure,
        c.versions AS measure_version,
        c.root,
        c.area,
        c.area_level,
        c.occasion,
        c.group_by,
        c."group",
        count_in(c.codes, c.n, make_array(0)) AS n
    FROM period_counts AS c
    JOIN instruments AS i ON i.instrument = c.instrument AND i.instrument_version = c.versions
    WHERE c.item = 'responses'
),
listed AS (
    SELECT t.root, t.ancestor AS area, l.group_by, l."group", sum(l.n) AS people
    FROM people AS l
    JOIN area_tree AS t ON t.root = 'practice' AND t.area = l.area
    GROUP BY ALL
),
answered AS (
    SELECT measure, measure_version, root, area, area_level, occasion, group_by, "group", sum(n) AS n
    FROM (
        SELECT measure, measure_version, root, area, area_level, occasion, group_by, "group", n FROM counted
        UNION ALL
        SELECT c.measure, c.measure_version, c.root, c.area, c.area_level, c.occasion, l.group_by, l."group", 0 AS n
        FROM counted AS c
        JOIN listed AS l ON l.root = c.root AND l.area = c.area
        WHERE c.group_by = 'none' AND l.group_by <> 'none' AND l.people > 0
    ) AS everybody
    GROUP BY measure, measure_version, root, area, area_level, occasion, group_by, "group"
),
-- A group's share is of all people, whether or not their group is known; how it is represented is among those whose group is known.
shared AS (
    SELECT
        a.*,
        l.people,
        a.n / CAST(sum(a.n) OVER w AS DOUBLE) AS responders_share,
        l.people / nullif(CAST(everybody.people AS DOUBLE), 0) AS population_share,
        sum(CASE WHEN a."group" <> 'not-stated' THEN a.n END) OVER w AS stated,
        nullif(sum(CASE WHEN a."group" <> 'not-stated' THEN CAST(l.people AS DOUBLE) END) OVER w, 0) AS people_stated
    FROM answered AS a
    LEFT JOIN listed AS l
        ON l.root = a.root AND l.area = a.area AND l.group_by = a.group_by AND l."group" = a."group"
    LEFT JOIN listed AS everybody
        ON everybody.root = a.root AND everybody.area = a.area AND everybody.group_by = 'none'
    WINDOW w AS (PARTITION BY a.measure, a.root, a.area, a.occasion, a.group_by)
)
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'value' AS statistic,
    n,
    n AS numerator,
    n / nullif(CAST(people AS DOUBLE), 0) AS value,
    wilson_lower(n, people) AS lower,
    wilson_upper(n, people) AS upper,
    CASE WHEN n <= people THEN 0.95 END AS confidence,
    responders_share,
    'responses' AS method,
    CASE WHEN coalesce(people, 0) = 0 THEN 'no list' END AS why_not
FROM shared
WHERE n > 0
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'population_share' AS statistic,
    people AS n,
    NULL AS numerator,
    population_share AS value,
    NULL AS lower,
    NULL AS upper,
    NULL AS confidence,
    NULL AS responders_share,
    'people on the lists' AS method,
    NULL AS why_not
FROM shared
WHERE people IS NOT NULL
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'representation' AS statistic,
    n,
    n AS numerator,
    (n / CAST(stated AS DOUBLE)) / (people / people_stated) AS value,
    wilson_lower(n, stated) / (people / people_stated) AS lower,
    wilson_upper(n, stated) / (people / people_stated) AS upper,
    0.95 AS confidence,
    NULL AS responders_share,
    'share of responses over share of the lists, Wilson' AS method,
    NULL AS why_not
FROM shared
WHERE group_by <> 'none' AND "group" <> 'not-stated' AND people > 0 AND stated > 0
