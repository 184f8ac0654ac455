-- Grain:   one row a column of a return and area of the smallest level, and one for all its answers; only where somebody answered so.
-- Reads:   period_counts, returns, levels.
-- Returns: statistic `value` with the number of answers in `n` and no figure: of all (`none`), by answer and by way of collecting. `returns` has
--          rows only while `tellonce return` runs: no figure of a measure is made here.
WITH counted AS (
    SELECT
        r.measure,
        r.version AS measure_version,
        c.root,
        c.area,
        c.area_level,
        r.group_by,
        r."group",
        sum(count_in(c.codes, c.n, r.codes)) AS n
    FROM period_counts AS c
    JOIN returns AS r
        ON r.instrument = c.instrument
        AND r.version = c.versions
        AND r.item = c.item
        AND r.breakdown = c.group_by
        AND r.band = c."group"
    JOIN levels AS l ON l.level = c.area_level AND l.smallest
    GROUP BY r.measure, r.version, c.root, c.area, c.area_level, r.group_by, r."group"
)
SELECT
    measure,
    measure_version,
    root,
    area,
    area_level,
    'all' AS occasion,
    group_by,
    "group",
    'value' AS statistic,
    CAST(n AS BIGINT) AS n
FROM counted
WHERE n > 0
