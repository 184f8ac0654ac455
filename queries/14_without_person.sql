-- Grain:   one row an outcome that counts each person once, area, occasion, for everybody in the period.
-- Reads:   repeats, outcomes, area_tree, period.
-- Returns: statistic `without_person`: answers that are in no figure of such an outcome because nobody knows whose they are.
WITH levels AS (
    SELECT DISTINCT root, ancestor, ancestor_level FROM area_tree
)
SELECT
    r.measure,
    o.measure_version,
    r.root,
    r.area,
    t.ancestor_level AS area_level,
    r.occasion,
    r.group_by,
    r."group",
    'without_person' AS statistic,
    r.cut_set,
    'answer' AS unit,
    r.without_person AS n,
    'answers of nobody known' AS method
FROM repeats AS r
JOIN outcomes AS o
    ON o.measure = r.measure AND coalesce(o.cut_set, '') = coalesce(r.cut_set, '') AND o.each_person
JOIN levels AS t
    ON t.root = r.root AND t.ancestor = r.area
CROSS JOIN period AS p
WHERE r.period = p.id AND r.group_by = 'none' AND r.without_person > 0
