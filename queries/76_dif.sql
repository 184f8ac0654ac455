-- Grain:   one row an instrument, occasion, score, item of it, and pair of groups, over everything.
-- Reads:   period_counts, instruments, gap_ends, policy.
-- Returns: measure `dif/<instrument>/<score>`, `group` = the item, statistic `dif`: whether people of the two bands in `comparator` who have
--          equal totals answer the item alike. Value: ETS delta, below 0 where the first band answers lower; `band`: class A (no matter),
--          B or C (large) of the Educational Testing Service; `signal` where the groups should not be compared on the score as it is. n
--          is the answers of the smaller band.
-- Rule:    Mantel-Haenszel within totals, the item included (Holland & Thayer 1988); an item with more than two answers is split in two
--          where that comes closest to halves of everybody.
WITH counted AS (
    SELECT
        c.instrument,
        c.versions AS version,
        c.root,
        c.occasion,
        c.item AS path,
        c.group_by,
        c."group" AS cell,
        unnest(c.codes) AS code,
        unnest(c.n) AS n
    FROM period_counts AS c
    JOIN instruments AS i
        ON i.instrument = c.instrument AND i.instrument_version = c.versions AND i.main_root = c.root
    WHERE starts_with(c.item, 'dif/')
),
answers AS (
    SELECT
        instrument,
        version,
        root,
        occasion,
        split_part(path, '/', 2) AS score,
        split_part(path, '/', 3) AS item,
        group_by,
        split_part(cell, ' × ', 1) AS band,
        split_part(cell, ' × ', 2) AS total,
        code,
        sum(n) AS n
    FROM counted
    WHERE code >= 0
    GROUP BY instrument, version, root, occasion, path, group_by, cell, code
),
splits AS (
    SELECT
        instrument, version, root, occasion, score, item, code,
        CAST(sum(n) OVER (PARTITION BY instrument, version, root, occasion, score, item ORDER BY code DESC) AS DOUBLE)
            / sum(n) OVER (PARTITION BY instrument, version, root, occasion, score, item) AS share
    FROM answers
    WHERE group_by = 'none'
),
nearest AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY instrument, version, root, occasion, score, item ORDER BY abs(share - 0.5), code) AS place
    FROM splits
    WHERE share < 1
),
strata AS (
    SELECT
        a.instrument, a.version, a.root, a.occasion, a.score, a.item, a.group_by, a.total,
        g.first || ' less ' || g.second AS comparator,
        sum(CASE WHEN a.band = g.second AND a.code >= s.code THEN a.n ELSE 0 END) AS reference_with,
        sum(CASE WHEN a.band = g.second AND a.code < s.code THEN a.n ELSE 0 END) AS reference_without,
        sum(CASE WHEN a.band = g.first AND a.code >= s.code THEN a.n ELSE 0 END) AS focal_with,
        sum(CASE WHEN a.band = g.first AND a.code < s.code THEN a.n ELSE 0 END) AS focal_without
    FROM answers AS a
    JOIN gap_ends AS g ON g.group_by = a.group_by AND a.band IN (g.first, g.second)
    JOIN nearest AS s
        ON s.instrument = a.instrument
        AND s.version = a.version
        AND s.root = a.root
        AND s.occasion = a.occasion
        AND s.score = a.score
        AND s.item = a.item
        AND s.place = 1
    GROUP BY
        a.instrument, a.version, a.root, a.occasion, a.score, a.item, a.group_by, a.total, g.first, g.second
),
compared AS (
    SELECT
        instrument, version, root, occasion, score, item, group_by, comparator,
        least(sum(reference_with + reference_without), sum(focal_with + focal_without)) AS n,
        mantel_haenszel_counts(reference_with, reference_without, focal_with, focal_without) AS d
    FROM strata
    GROUP BY instrument, version, root, occasion, score, item, group_by, comparator
),
told AS (
    SELECT
        instrument, version, root, occasion, score, item, group_by, comparator,
        n,
        d['ets_delta'] AS delta,
        -2.35 * ln(d['upper']) AS lower,
        -2.35 * ln(d['lower']) AS upper,
        d['class'] AS class
    FROM compared
)
SELECT
    'dif/' || t.instrument || '/' || t.score AS measure,
    t.version AS measure_version,
    t.root,
    'all' AS area,
    'all' AS area_level,
    t.occasion,
    t.group_by,
    t.item AS "group",
    'dif' AS statistic,
    t.comparator,
    t.n,
    CASE WHEN t.n >= p.minimum_n THEN t.delta END AS value,
    CASE WHEN t.n >= p.minimum_n THEN t.lower END AS lower,
    CASE WHEN t.n >= p.minimum_n THEN t.upper END AS upper,
    0.95 AS confidence,
    'Mantel-Haenszel, ETS delta' AS method,
    CASE WHEN t.n >= p.minimum_n THEN t.class END AS band,
    CASE WHEN t.n >= p.minimum_n AND t.class = 'C' THEN 'answered differently at equal totals' END AS signal,
    CASE WHEN t.n < p.minimum_n THEN 'under-minimum' WHEN t.class IS NULL THEN 'too few to compare' END AS why_not
FROM told AS t
CROSS JOIN policy AS p
