# Power and numbers of answers in two groups of equal size, by R's power.prop.test (no continuity correction).
# Run in this folder: Rscript make.R; writes expected_r.csv.
grid <- expand.grid(a = c(0.3, 0.6, 0.85), difference = c(0.03, 0.08), power = c(0.8, 0.9), level = c(0.95, 0.99))
row <- function(what, g, n, value) {
  data.frame(what = what, a = g$a, b = g$a + g$difference, n = n, power = g$power, level = g$level, value = value)
}
rows <- lapply(seq_len(nrow(grid)), function(i) {
  g <- grid[i, ]
  b <- g$a + g$difference
  n <- power.prop.test(p1 = g$a, p2 = b, power = g$power, sig.level = 1 - g$level, tol = 1e-12)$n
  power <- power.prop.test(n = 250, p1 = g$a, p2 = b, sig.level = 1 - g$level)$power
  seen <- power.prop.test(n = 400, p1 = g$a, power = g$power, sig.level = 1 - g$level, tol = 1e-14)$p2
  rbind(row("n", g, NA, n), row("power", g, 250, power), row("smallest up", g, 400, seen - g$a))
})
out <- do.call(rbind, rows)
out[-1] <- lapply(out[-1], function(x) trimws(formatC(x, digits = 16, format = "g")))
write.csv(out, "expected_r.csv", row.names = FALSE, quote = FALSE)
