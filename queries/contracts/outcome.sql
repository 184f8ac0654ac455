-- Grain:   one row a person of a cohort.
-- Reads:   members (who is in a cohort), scored (the responses of the payment's instrument with its score).
-- Returns: the score before and after in whole millionths, and what became of the person: `counted`, or why not. Before is the first answer of
--          the occasion before; after is the first answer of the occasion after that lies in the window and not before the answer before.
-- Filled:  before, after (occasions), first, last (days of the window), earlier (windows in which the same outcome was paid for before).
WITH answered AS (
    SELECT s.person, s.occasion, s.submitted_on, s.response_id, CAST(round(s.score * 1000000) AS BIGINT) AS score
    FROM scored AS s
    WHERE s.person IN (SELECT person FROM members)
),
befores AS (
    SELECT
        person,
        first_value(score ORDER BY submitted_on, response_id) AS score,
        min(submitted_on) AS answered_on
    FROM answered
    WHERE occasion = {{ before | literal }}
    GROUP BY person
),
afters AS (
    SELECT a.person, a.submitted_on, a.response_id, a.score
    FROM answered AS a
    WHERE a.occasion = {{ after | literal }}
),
in_window AS (
    SELECT
        a.person,
        first_value(a.score ORDER BY a.submitted_on, a.response_id) AS score
    FROM afters AS a
    JOIN befores AS b ON b.person = a.person
    WHERE a.submitted_on BETWEEN DATE {{ first | literal }} AND DATE {{ last | literal }} AND a.submitted_on >= b.answered_on
    GROUP BY a.person
),
followed AS (
    SELECT
        person,
        bool_or(submitted_on IS NULL) AS undated
        {%- for window in earlier %},
        bool_or(coalesce(submitted_on BETWEEN DATE {{ window.first | literal }} AND DATE {{ window.last | literal }}, false)) AS {{ window.name | ident }}
        {%- endfor %}
    FROM afters
    GROUP BY person
)
SELECT
    m.person,
    CASE
        WHEN b.person IS NULL THEN 'no answer before'
        WHEN f.person IS NULL THEN 'no answer after'
        WHEN b.answered_on IS NULL THEN 'time apart not known'
        {%- for window in earlier %}
        WHEN f.{{ window.name | ident }} THEN 'evaluated in an earlier window'
        {%- endfor %}
        WHEN w.person IS NULL AND f.undated THEN 'time apart not known'
        WHEN w.person IS NULL THEN 'outside the window'
        WHEN b.score IS NULL THEN 'no score before'
        WHEN w.score IS NULL THEN 'no score after'
        ELSE 'counted'
    END AS state,
    b.score AS before,
    w.score AS after
FROM members AS m
LEFT JOIN befores AS b ON b.person = m.person
LEFT JOIN followed AS f ON f.person = m.person
LEFT JOIN in_window AS w ON w.person = m.person
ORDER BY m.person
