# Cells of two crossed groups: a meta-regression on both groups' dummies with a random effect for each cell (REML),
# and its best linear unbiased predictions. Run in this folder: Rscript metafor.R
library(metafor)
set.seed(4)
cell <- function(case, first, second, value, se) {
  data.frame(case = case, first = first, second = second, value = round(value, 3), se = round(se, 4))
}
grid <- function(a, b) expand.grid(first = seq_len(a), second = seq_len(b))
wide <- grid(6, 5)
small <- grid(2, 2)
bare <- grid(4, 3)[-c(3, 8), ]
plain <- grid(3, 4)
input <- rbind(
  cell("gen_wide", wide$first, wide$second, 60 + 2 * wide$first - 3 * wide$second + rnorm(30, 0, 2.5) + rnorm(30, 0, 1.5),
       runif(30, 0.8, 3)),
  cell("gen_two_by_two", small$first, small$second, c(10, 14, 12, 25), c(1, 1.5, 1.2, 2)),
  cell("gen_empty_cells", bare$first, bare$second, 0.6 + 0.05 * bare$first + rnorm(10, 0, 0.06), runif(10, 0.01, 0.08)),
  cell("gen_additive", plain$first, plain$second, 5 * plain$first + 2 * plain$second + rnorm(12, 0, 0.2), rep(1, 12)))
expected <- do.call(rbind, lapply(split(input, factor(input$case, unique(input$case))), function(d) {
  v <- d$se^2
  control <- list(threshold = 1e-14, maxiter = 10000)
  model <- rma(d$value, v, mods = ~ factor(d$first) + factor(d$second), method = "REML", control = control)
  mean_only <- rma(d$value, v, method = "REML", control = control)
  prediction <- blup(model)
  data.frame(case = d$case, first = d$first, second = d$second, expected = fitted(model), value = prediction$pred,
             lower = prediction$pi.lb, upper = prediction$pi.ub, tau2 = model$tau2, tau2_mean_only = mean_only$tau2)
}))
write_exact <- function(d, file) {
  d[] <- lapply(d, function(x) if (is.double(x)) format(x, digits = 17, trim = TRUE) else x)
  for (i in seq_along(d)) d[[i]] <- sub("^ +", "", d[[i]])
  write.csv(d, file, row.names = FALSE, quote = FALSE)
}
write.csv(input, "input.csv", row.names = FALSE, quote = FALSE)
write_exact(expected, "expected.csv")
