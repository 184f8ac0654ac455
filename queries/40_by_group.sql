-- Grain:   one row an outcome, area, occasion and group of the period, of shares and means alike; everybody is in the group `all` by `none`.
-- Reads:   figures, means, outcomes.
-- Returns: no figures, but what the queries that set groups against each other read: `value`, its standard error `se`, and what these come
--          from, `numerator` of a share and `sd` of a mean. `figure` is share, mean or mean change. `worth` is how much an answer of a share
--          counts in an interval: 1, or effective answers over answers where a person is a cluster (the t interval of a mean holds that already).
WITH spread AS (
    -- The t interval reaches t sd / sqrt(n) to either side, and `mean_upper(n, 0, 1)` is t / sqrt(n).
    SELECT *, (upper - lower) / (2 * mean_upper(n, 0, 1)) AS sd
    FROM means
)
SELECT
    measure,
    measure_version,
    root,
    area,
    area_level,
    occasion,
    group_by,
    "group",
    cut_set,
    unit,
    'share' AS figure,
    n,
    numerator,
    value,
    CAST(NULL AS DOUBLE) AS sd,
    sqrt(value * (1 - value) / coalesce(n_effective, n)) AS se,
    coalesce(n_effective / n, 1.0) AS worth
FROM figures
UNION ALL
SELECT
    m.measure,
    m.measure_version,
    m.root,
    m.area,
    m.area_level,
    m.occasion,
    m.group_by,
    m."group",
    CAST(NULL AS VARCHAR) AS cut_set,
    m.unit,
    o.figure,
    m.n,
    CAST(NULL AS BIGINT) AS numerator,
    m.value,
    m.sd,
    m.sd / sqrt(m.n) AS se,
    1.0 AS worth
FROM spread AS m
JOIN outcomes AS o ON o.measure = m.measure
