-- Grain:   three rows an outcome with a life table, detailed area that has one, occasion, group and age from which years are counted; two rows for
--          each gap between the ends of a group, two for each slope over an ordered one.
-- Reads:   period_counts, outcomes, life_bands, life_ages, life_table, levels, policy, gap_ends, bands.
-- Returns: statistic `life_expectancy`: years of life to be expected; `healthy_life_expectancy`: years of them in good health, and
--          `share_of_life_healthy`: the one over the other, which has no interval here; `comparator` is the age, `at birth` or `at 65`. Of both
--          years, `…_gap`: those of the first band less those of the second, the reference; `…_slope`: slope index over the bands,
--          least disadvantaged less most disadvantaged.
-- Rule:    Sullivan's method. The share in good health of an age of the life table is that of the surveyed age in which it begins; of those
--          younger than the youngest who were asked, theirs. Ages that have one share in common err together. None where a surveyed age
--          has fewer than `least_n` answers, or fewer than the policy asks for. The variance of a difference is the sum of both variances. Groups
--          weigh in the slope by the people of their life tables.
WITH shown AS (
    SELECT
        o.measure, o.measure_version, o.cut_set, o.unit, o.instrument, o.versions, o.item, o.counts, o.out_of,
        b.group_by AS people_by, b."group" AS people, b.breakdown AS group_by, b.cell, b.from_age, b.least_n
    FROM outcomes AS o
    JOIN life_bands AS b ON b.measure = o.measure
    WHERE o.figure = 'share'
),
asked AS (
    SELECT
        o.measure,
        o.measure_version,
        o.cut_set,
        o.unit,
        c.root,
        c.area,
        c.area_level,
        c.occasion,
        o.people_by AS group_by,
        o.people AS "group",
        o.from_age,
        o.least_n,
        count_in(c.codes, c.n, o.counts) AS numerator,
        count_in(c.codes, c.n, o.out_of) AS n
    FROM period_counts AS c
    JOIN shown AS o
        ON o.instrument = c.instrument
        AND o.versions = c.versions
        AND o.item = c.item
        AND o.group_by = c.group_by
        AND o.cell = c."group"
    JOIN levels AS l ON l.level = c.area_level AND l.detailed
),
people AS (
    SELECT
        measure, measure_version, cut_set, unit, root, area, area_level, occasion, group_by, "group",
        max(least_n) AS least_n,
        CAST(sum(n) AS BIGINT) AS n
    FROM asked
    GROUP BY measure, measure_version, cut_set, unit, root, area, area_level, occasion, group_by, "group"
),
aged AS (
    SELECT
        t.area, t.group_by, t."group", t.years, t.age, t.population, t.deaths, b.measure,
        coalesce(max(CASE WHEN b.from_age <= t.age THEN b.from_age END), min(b.from_age)) AS from_age
    FROM life_table AS t
    JOIN life_bands AS b ON b.group_by = t.group_by AND b."group" = t."group"
    GROUP BY t.area, t.group_by, t."group", t.years, t.age, t.population, t.deaths, b.measure
),
computed AS (
    SELECT
        p.measure, p.measure_version, p.cut_set, p.unit, p.root, p.area, p.area_level, p.occasion, p.group_by, p."group", p.n,
        g.called,
        max(l.years) AS years,
        sum(l.population) AS population,
        -- A surveyed age without any answer has no row.
        min(coalesce(a.n, 0)) >= max(greatest(p.least_n, m.minimum_n)) AS enough,
        life_expectancy(l.age, l.population, l.deaths, g.at_age) AS life,
        healthy_life_expectancy(
            l.age, l.population, l.deaths, 1 - a.numerator / CAST(a.n AS DOUBLE), CAST(a.n AS DOUBLE), g.at_age, l.from_age
        ) AS healthy
    FROM people AS p
    JOIN aged AS l ON l.measure = p.measure AND l.area = p.area AND l.group_by = p.group_by AND l."group" = p."group"
    JOIN life_ages AS g ON g.measure = p.measure
    CROSS JOIN policy AS m
    LEFT JOIN asked AS a
        ON a.measure = p.measure
        AND (a.cut_set IS NOT DISTINCT FROM p.cut_set)
        AND a.root = p.root
        AND a.area = p.area
        AND a.occasion = p.occasion
        AND a.group_by = p.group_by
        AND a."group" = p."group"
        AND a.from_age = l.from_age
        AND a.n > 0
    GROUP BY
        p.measure, p.measure_version, p.cut_set, p.unit, p.root, p.area, p.area_level, p.occasion, p.group_by, p."group", p.n, g.called
),
expected AS (
    SELECT
        *,
        'life_expectancy' AS statistic,
        CAST(NULL AS BIGINT) AS answers,
        life['value'] AS value,
        life['lower'] AS lower,
        life['upper'] AS upper,
        'life table ' || years AS method,
        CASE WHEN life['value'] IS NULL THEN 'no life table from this age' END AS why_not
    FROM computed
    UNION ALL
    SELECT
        *,
        'healthy_life_expectancy' AS statistic,
        n AS answers,
        CASE WHEN enough THEN healthy['value'] END AS value,
        CASE WHEN enough THEN healthy['lower'] END AS lower,
        CASE WHEN enough THEN healthy['upper'] END AS upper,
        'Sullivan, life table ' || years AS method,
        CASE WHEN NOT enough THEN 'under-minimum' WHEN healthy['value'] IS NULL THEN 'no life table from this age' END AS why_not
    FROM computed
),
figure AS (
    SELECT *, (upper - lower) / 2 AS reach
    FROM expected
),
sloped AS (
    SELECT
        f.measure, f.measure_version, f.root, f.area, f.area_level, f.occasion, f.group_by, f.statistic, f.cut_set, f.unit, f.called,
        CAST(sum(f.answers) AS BIGINT) AS answers,
        count(*) AS groups,
        count(f.value) AS known,
        slope_index(f.value, f.population, b.rank, f.reach / 1.959964) AS s
    FROM figure AS f
    JOIN bands AS b ON b.group_by = f.group_by AND b."group" = f."group" AND b.ordered
    GROUP BY
        f.measure, f.measure_version, f.root, f.area, f.area_level, f.occasion, f.group_by, f.statistic, f.cut_set, f.unit, f.called
)
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    statistic,
    cut_set,
    unit,
    called AS comparator,
    answers AS n,
    value,
    lower,
    upper,
    0.95 AS confidence,
    method,
    CAST(NULL AS VARCHAR) AS band,
    why_not
FROM figure
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by, "group",
    'share_of_life_healthy' AS statistic,
    cut_set,
    unit,
    called AS comparator,
    n,
    CASE WHEN enough THEN healthy['value'] / life['value'] END AS value,
    CAST(NULL AS DOUBLE) AS lower,
    CAST(NULL AS DOUBLE) AS upper,
    CAST(NULL AS DOUBLE) AS confidence,
    'Sullivan, life table ' || years AS method,
    CAST(NULL AS VARCHAR) AS band,
    CASE WHEN NOT enough THEN 'under-minimum' WHEN healthy['value'] IS NULL THEN 'no life table from this age' END AS why_not
FROM computed
UNION ALL
SELECT
    a.measure, a.measure_version, a.root, a.area, a.area_level, a.occasion, a.group_by,
    'all' AS "group",
    a.statistic || '_gap' AS statistic,
    a.cut_set,
    a.unit,
    a.called || ': ' || g.first || ' less ' || g.second AS comparator,
    a.answers + b.answers AS n,
    a.value - b.value AS value,
    a.value - b.value - sqrt(a.reach * a.reach + b.reach * b.reach) AS lower,
    a.value - b.value + sqrt(a.reach * a.reach + b.reach * b.reach) AS upper,
    0.95 AS confidence,
    'difference, variances added' AS method,
    CAST(NULL AS VARCHAR) AS band,
    coalesce(a.why_not, b.why_not) AS why_not
FROM figure AS a
JOIN gap_ends AS g ON g.group_by = a.group_by AND g.first = a."group"
JOIN figure AS b
    ON b.measure = a.measure
    AND b.statistic = a.statistic
    AND b.called = a.called
    AND (b.cut_set IS NOT DISTINCT FROM a.cut_set)
    AND b.root = a.root
    AND b.area = a.area
    AND b.occasion = a.occasion
    AND b.group_by = a.group_by
    AND b."group" = g.second
UNION ALL
SELECT
    measure, measure_version, root, area, area_level, occasion, group_by,
    'all' AS "group",
    statistic || '_slope' AS statistic,
    cut_set,
    unit,
    called AS comparator,
    answers AS n,
    CASE WHEN known = groups THEN s['sii'] END AS value,
    CASE WHEN known = groups THEN s['lower'] END AS lower,
    CASE WHEN known = groups THEN s['upper'] END AS upper,
    0.95 AS confidence,
    'weighted regression on mid-rank of ' || groups || ' groups' AS method,
    CASE WHEN known = groups AND s['lack_of_fit'] THEN 'lack of fit' END AS band,
    CASE WHEN known < groups THEN 'under-minimum' WHEN s['sii'] IS NULL THEN 'too few groups' END AS why_not
FROM sloped
