-- Grain:   one row a person and cohort of a contract. A person in several cohorts has a row in each.
-- Reads:   answers (every response to the instruments of the contract that a reader sees).
-- Returns: the person, the cohort, and the practice of the person's first response in that cohort.
-- Filled:  cohorts, each with its id, its pathways and the practices of its areas; an empty list leaves nobody out.
WITH found AS (
    {%- for cohort in cohorts %}
    {%- if not loop.first %}
    UNION ALL
    {%- endif %}
    SELECT person, {{ cohort.id | literal }} AS cohort, practice, submitted_on
    FROM answers
    WHERE person IS NOT NULL
        {%- if cohort.pathway %}
        AND pathway IN ({% for pathway in cohort.pathway %}{{ pathway | literal }}{% if not loop.last %}, {% endif %}{% endfor %})
        {%- endif %}
        {%- if cohort.practices %}
        AND practice IN ({% for code in cohort.practices %}{{ code | literal }}{% if not loop.last %}, {% endif %}{% endfor %})
        {%- endif %}
    {%- endfor %}
)
SELECT person, cohort, first_value(practice ORDER BY submitted_on, practice) AS place
FROM found
GROUP BY person, cohort
ORDER BY person, cohort
