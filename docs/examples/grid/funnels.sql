-- Funnels of every level for 40 outcomes (6,300 practices, 1,250 networks, 100 places), with the false-discovery rate held down over a level.
WITH counted AS (
    SELECT
        area,
        outcome,
        CASE WHEN area <= 6300 THEN 'practice' WHEN area <= 7550 THEN 'network' ELSE 'place' END AS level,
        50 + (area * 31 + outcome * 13) % 400 AS n,
        (50 + (area * 31 + outcome * 13) % 400) * (40 + (area * 7 + outcome) % 21) / 100 AS x
    FROM generate_series(1, 7650) AS a(area)
    CROSS JOIN generate_series(1, 40) AS o(outcome)
),
placed AS (
    SELECT *, funnel(x, n) OVER (PARTITION BY level, outcome) AS f FROM counted
),
tested AS (
    SELECT level, f, benjamini_hochberg(normal_p(f['z'] / sqrt(1 + f['tau2'] * 4 * n))) OVER (PARTITION BY level) AS q FROM placed
)
SELECT level, count(*) AS figures, sum(CASE WHEN f['band'] <> 'about the same' THEN 1 ELSE 0 END) AS outside, sum(CASE WHEN q <= 0.05 THEN 1 ELSE 0 END) AS remain
FROM tested GROUP BY level ORDER BY level
