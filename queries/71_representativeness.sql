-- Grain:   one row an instrument, area, occasion and group dimension that the lists know, and one a group of it; over everything one more
--          for all these dimensions at once, named `a × b × c`.
-- Reads:   answered, period_counts, instruments, people.
-- Returns: of `answered/<instrument>`: statistic `r_indicator`, with its interval (1: all groups answered equally often); statistic
--          `response_variation`: the coefficient of variation of how often groups answered; statistic `partial_r_indicator` of a group:
--          below 0 where it answered less often than everybody. n is the responses of people whose groups are known.
-- Rule:    one answer a person: no number where a group has more responses than people.
WITH by_group AS (
    SELECT
        l.measure, l.measure_version, l.root, l.area, l.area_level, l.occasion, l.group_by, l."group",
        coalesce(a.n, 0) AS responses,
        l.n AS people
    FROM answered AS l
    LEFT JOIN answered AS a
        ON a.measure = l.measure
        AND a.root = l.root
        AND a.area = l.area
        AND a.occasion = l.occasion
        AND a.group_by = l.group_by
        AND a."group" = l."group"
        AND a.statistic = 'value'
    WHERE l.statistic = 'population_share' AND l.group_by <> 'none' AND l."group" <> 'not-stated' AND l.n > 0
),
-- Responses by all dimensions at once are counted for everything only.
jointly AS (
    SELECT c.instrument, c.versions, c.root, c.occasion, c.group_by, c."group", count_in(c.codes, c.n, make_array(0)) AS n
    FROM period_counts AS c
    JOIN instruments AS i
        ON i.instrument = c.instrument AND i.instrument_version = c.versions AND i.main_root = c.root
    WHERE c.item = 'responses/listed'
),
cells AS (
    SELECT
        'answered/' || e.instrument AS measure,
        e.versions AS measure_version,
        e.root,
        'all' AS area,
        'all' AS area_level,
        e.occasion,
        l.group_by,
        l."group",
        coalesce(j.n, 0) AS responses,
        l.n AS people
    FROM (SELECT DISTINCT instrument, versions, root, occasion FROM jointly) AS e
    CROSS JOIN people AS l
    LEFT JOIN jointly AS j
        ON j.instrument = e.instrument
        AND j.versions = e.versions
        AND j.root = e.root
        AND j.occasion = e.occasion
        AND j.group_by = l.group_by
        AND j."group" = l."group"
    WHERE l.area = 'all' AND e.root = 'practice' AND NOT array_has(string_to_array(l."group", ' × '), 'not-stated')
),
together AS (
    SELECT
        measure, measure_version, root, area, area_level, occasion, group_by,
        sum(responses) AS n,
        max(CASE WHEN responses > people THEN 1 ELSE 0 END) AS too_many,
        r_indicator(responses, people) AS r
    FROM (SELECT * FROM by_group UNION ALL SELECT * FROM cells) AS every
    GROUP BY measure, measure_version, root, area, area_level, occasion, group_by
),
parts AS (
    SELECT
        *,
        max(CASE WHEN responses > people THEN 1 ELSE 0 END) OVER w AS too_many,
        -- In an order of their own, or last digits would follow the order in which rows happen to come.
        partial_r_indicator(responses, people) OVER (PARTITION BY measure, root, area, occasion, group_by ORDER BY "group") AS part
    FROM by_group
    WINDOW w AS (PARTITION BY measure, root, area, occasion, group_by)
)
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by,
    'all' AS "group",
    'r_indicator' AS statistic,
    n,
    r['value'] AS value,
    r['lower'] AS lower,
    r['upper'] AS upper,
    0.95 AS confidence,
    'R-indicator, adjusted' AS method,
    CASE
        WHEN too_many = 1 THEN 'more answers than people'
        WHEN r['value'] IS NULL THEN 'too few groups'
    END AS why_not
FROM together
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by,
    'all' AS "group",
    'response_variation' AS statistic,
    n,
    r['variation'] AS value,
    NULL AS lower,
    NULL AS upper,
    NULL AS confidence,
    'coefficient of variation of response, adjusted' AS method,
    NULL AS why_not
FROM together
WHERE r['value'] IS NOT NULL
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'partial_r_indicator' AS statistic,
    responses AS n,
    part['value'] AS value,
    part['lower'] AS lower,
    part['upper'] AS upper,
    0.95 AS confidence,
    'partial R-indicator, unconditional' AS method,
    CASE
        WHEN too_many = 1 THEN 'more answers than people'
        WHEN part['value'] IS NULL THEN 'too few groups'
    END AS why_not
FROM parts
