-- Grain:   one row an outcome that is a share or a mean, scheme of weights, area, occasion and group of the period.
-- Reads:   weighted_sums, outcomes, area_tree.
-- Returns: statistic `value` with `weighting` = the scheme: the weighted share or mean of the answers that have a weight, with linearised
--          errors over strata and clusters, and t on the degrees of freedom of the design; `n_effective` = (sum of w)^2 / sum of w^2 (Kish).
--          None where n is under the outcome's minimum.
-- Clusters are those that the data declare; else people, where those gave more than 1.1 answers each; else answers.
WITH chosen AS (
    SELECT
        *,
        sum(of_people) OVER figure > 1.1 * (sum(of_people) OVER figure - sum(repeated) OVER figure) AS by_person
    FROM weighted_sums
    WINDOW figure AS (PARTITION BY measure, cut_set, root, area, occasion, group_by, "group", weighting)
),
designed AS (
    SELECT
        w.measure,
        w.cut_set,
        w.root,
        w.area,
        w.occasion,
        w.group_by,
        w."group",
        w.weighting,
        o.measure_version,
        o.unit,
        o.figure,
        o.minimum_n,
        w.by_person,
        sum(w.n) AS n,
        count(w.stratum) > 0 AS stratified,
        sum(w.of_clusters) > 0 AS clustered,
        design_from_sums(
            w.drawn - CASE WHEN w.by_person THEN w.drawn_repeated ELSE 0 END,
            w.inside - CASE WHEN w.by_person THEN w.repeated ELSE 0 END,
            w.n,
            w.tw,
            w.ty,
            w.tww + CASE WHEN w.by_person THEN w.tww_of_people ELSE 0 END,
            w.twy + CASE WHEN w.by_person THEN w.twy_of_people ELSE 0 END,
            w.tyy + CASE WHEN w.by_person THEN w.tyy_of_people ELSE 0 END,
            w.ww,
            w.wyy,
            o.figure
        ) AS d
    FROM chosen AS w
    JOIN outcomes AS o
        ON o.measure = w.measure AND coalesce(o.cut_set, '') = coalesce(w.cut_set, '')
    GROUP BY ALL
),
levels AS (
    SELECT DISTINCT root, ancestor, ancestor_level FROM area_tree
)
SELECT
    d.measure,
    d.measure_version,
    d.root,
    d.area,
    t.ancestor_level AS area_level,
    d.occasion,
    d.group_by,
    d."group",
    'value' AS statistic,
    d.weighting,
    d.cut_set,
    d.unit,
    d.n,
    CASE WHEN d.n >= d.minimum_n THEN d.d['n_effective'] END AS n_effective,
    CASE WHEN d.n >= d.minimum_n THEN d.d['value'] END AS value,
    CASE WHEN d.n >= d.minimum_n THEN d.d['lower'] END AS lower,
    CASE WHEN d.n >= d.minimum_n THEN d.d['upper'] END AS upper,
    0.95 AS confidence,
    CASE WHEN d.figure = 'share' THEN 'weighted, xlogit' ELSE 'weighted mean, t' END
    || CASE WHEN d.stratified THEN ', strata' ELSE '' END
    || CASE WHEN d.clustered THEN ', declared clusters' ELSE '' END
    || CASE WHEN d.by_person THEN ', person as cluster' ELSE '' END AS method,
    CASE WHEN d.n < d.minimum_n THEN 'under-minimum' END AS why_not
FROM designed AS d
JOIN levels AS t
    ON t.root = d.root AND t.ancestor = d.area
