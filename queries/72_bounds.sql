-- Grain:   two rows an outcome that is a share of everybody's answers, and an area with a list.
-- Reads:   figures, outcomes, people, area_tree.
-- Returns: statistic `bounds`: the share among those who answered, and between which limits the share of all people on the list lies. In
--          the row with `comparator` = `worst case` nothing is assumed of those who did not answer; in the other one, that their share
--          lies no further off than it says, as a fraction. Limits of what is not known, no confidence interval.
-- Rule:    one answer a person: no limits where there are more answers than people. The difference is ours to state: change it here.
WITH assumed AS (
    SELECT 'worst case' AS comparator, 1.0 AS difference
    UNION ALL
    SELECT '0.2' AS comparator, 0.2 AS difference
),
listed AS (
    SELECT t.root, t.ancestor AS area, sum(l.n) AS people
    FROM people AS l
    JOIN area_tree AS t ON t.root = 'practice' AND t.area = l.area
    WHERE l.group_by = 'none'
    GROUP BY t.root, t.ancestor
),
bounded AS (
    SELECT f.*, l.people AS listed, a.comparator, bounds(f.numerator, f.n, l.people, a.difference) AS b
    FROM figures AS f
    -- Pairs, and answers of some people only, are not out of everybody on the list.
    JOIN (SELECT DISTINCT measure, main_root FROM outcomes WHERE is_everybody AND NOT is_change) AS o
        ON o.measure = f.measure AND o.main_root = f.root
    LEFT JOIN listed AS l ON l.root = f.root AND l.area = f.area
    CROSS JOIN assumed AS a
    WHERE f.group_by = 'none'
)
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'bounds' AS statistic,
    cut_set,
    unit,
    comparator,
    n,
    CASE WHEN b['lower'] IS NOT NULL THEN value END AS value,
    b['lower'] AS lower,
    b['upper'] AS upper,
    'share of all on the list' AS method,
    CASE
        WHEN value IS NULL THEN why_not
        WHEN coalesce(listed, 0) = 0 THEN 'no list'
        WHEN n > listed THEN 'more answers than people'
    END AS why_not
FROM bounded
