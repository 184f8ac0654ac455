-- Grain:   one row an outcome with a declared need, area that holds smaller ones, and occasion.
-- Reads:   by_group, bands, levels, needs, outcomes, people, area_tree.
-- Returns: statistic `inverse_care`: fitted figure of the outcome where the need is least less that where it is greatest, over the smallest areas
--          in the order of their need; `comparator` is the need. Above 0, those with less need have more (the inverse care law, Hart 1971).
-- Rule:    slope index with the areas as groups, weighted by answers: the order of the areas counts, not how far their needs lie apart. Areas of
--          equal need are one. Limits from the scatter of the areas about the line, with Student's t. The need is an outcome's figure on the
--          same occasion, its worse end the greater need, or the mean place of the people on the lists in an ordered group. An area with
--          fewer than `least_n` answers, on the one side or the other, is left out. It says how areas fare, not people.
WITH small AS (
    SELECT f.*
    FROM by_group AS f
    JOIN levels AS l ON l.level = f.area_level AND l.smallest
    WHERE f.group_by = 'none' AND f.value IS NOT NULL
),
-- The lower, the greater the need.
of_outcomes AS (
    SELECT
        d.measure,
        d.by_measure AS need,
        n.root,
        n.area,
        n.occasion,
        CASE o.better WHEN 'higher' THEN n.value ELSE -n.value END AS place
    FROM needs AS d
    JOIN outcomes AS o ON o.measure = d.by_measure AND (o.cut_set IS NOT DISTINCT FROM d.cut_set)
    JOIN small AS n
        ON n.measure = d.by_measure AND (n.cut_set IS NOT DISTINCT FROM d.cut_set) AND n.n >= d.least_n
),
of_lists AS (
    SELECT d.measure, d.by_group AS need, p.area, sum(b.rank * p.n) / CAST(sum(p.n) AS DOUBLE) AS place
    FROM needs AS d
    JOIN bands AS b ON b.group_by = d.by_group
    JOIN people AS p ON p.group_by = b.group_by AND p."group" = b."group"
    GROUP BY d.measure, d.by_group, p.area
),
placed AS (
    SELECT s.*, n.need, n.place
    FROM small AS s
    JOIN needs AS d ON d.measure = s.measure AND s.n >= d.least_n
    JOIN of_outcomes AS n
        ON n.measure = s.measure AND n.root = s.root AND n.area = s.area AND n.occasion = s.occasion
    UNION ALL
    SELECT s.*, n.need, n.place
    FROM small AS s
    JOIN needs AS d ON d.measure = s.measure AND s.n >= d.least_n
    JOIN of_lists AS n
        ON n.measure = s.measure AND n.area = s.area
    WHERE s.root = 'practice'
),
equal AS (
    SELECT
        s.measure,
        s.measure_version,
        s.cut_set,
        s.unit,
        s.root,
        t.ancestor AS area,
        t.ancestor_level AS area_level,
        s.occasion,
        s.need,
        s.place,
        count(*) AS areas,
        sum(s.n) AS n,
        sum(s.n * s.value) / sum(s.n) AS value
    FROM placed AS s
    JOIN outcomes AS o ON o.measure = s.measure AND (o.cut_set IS NOT DISTINCT FROM s.cut_set)
    JOIN area_tree AS t
        ON t.root = s.root AND t.area = s.area AND t.ancestor <> s.area
    WHERE t.ancestor <> 'all' OR s.root = o.main_root
    GROUP BY s.measure, s.measure_version, s.cut_set, s.unit, s.root, t.ancestor, t.ancestor_level, s.occasion, s.need, s.place
),
sloped AS (
    SELECT
        measure, measure_version, cut_set, unit, root, area, area_level, occasion, need,
        sum(areas) AS areas,
        sum(n) AS n,
        slope_index(value, n, place) AS s
    FROM equal
    GROUP BY measure, measure_version, cut_set, unit, root, area, area_level, occasion, need
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
    'inverse_care' AS statistic,
    cut_set,
    unit,
    need AS comparator,
    n,
    s['sii'] AS value,
    s['lower'] AS lower,
    s['upper'] AS upper,
    0.95 AS confidence,
    'weighted regression on mid-rank of need over ' || areas || ' areas' AS method,
    CASE WHEN s['sii'] IS NULL THEN 'too few areas' END AS why_not
FROM sloped
