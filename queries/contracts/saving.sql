-- Grain:   one row a person of a cohort.
-- Reads:   members (who is in a cohort), costs (the records of the costs: person, day, pence).
-- Returns: what the person cost in the days before and after, in whole pence, and what became of the person: `counted`, or why not. Who has no
--          record in a window is left out: nothing recorded is not the same as nothing spent.
-- Filled:  before and after, each with its first and last day.
WITH sums AS (
    SELECT
        c.person,
        sum(CASE WHEN c.day BETWEEN DATE {{ before.first | literal }} AND DATE {{ before.last | literal }} THEN 1 ELSE 0 END) AS records_before,
        sum(CASE WHEN c.day BETWEEN DATE {{ before.first | literal }} AND DATE {{ before.last | literal }} THEN c.pence END) AS before,
        sum(CASE WHEN c.day BETWEEN DATE {{ after.first | literal }} AND DATE {{ after.last | literal }} THEN 1 ELSE 0 END) AS records_after,
        sum(CASE WHEN c.day BETWEEN DATE {{ after.first | literal }} AND DATE {{ after.last | literal }} THEN c.pence END) AS after,
        bool_or(
            c.pence IS NULL
            AND (
                c.day BETWEEN DATE {{ before.first | literal }} AND DATE {{ before.last | literal }}
                OR c.day BETWEEN DATE {{ after.first | literal }} AND DATE {{ after.last | literal }}
            )
        ) AS unread
    FROM costs AS c
    WHERE c.person IN (SELECT person FROM members)
    GROUP BY c.person
)
SELECT
    m.person,
    CASE
        WHEN s.person IS NULL THEN 'no cost record'
        WHEN s.unread THEN 'a cost that is no number'
        WHEN s.records_before = 0 THEN 'no cost record before'
        WHEN s.records_after = 0 THEN 'no cost record after'
        ELSE 'counted'
    END AS state,
    s.before,
    s.after
FROM members AS m
LEFT JOIN sums AS s ON s.person = m.person
ORDER BY m.person
