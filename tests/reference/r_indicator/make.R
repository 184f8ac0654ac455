# R-indicators by the general matrix formulas, one row a person, with base R's glm: see README.md. Run: Rscript make.R
# Writes input.csv, expected.csv, expected_partial.csv and simulated.csv into the folder it is run in.
set.seed(20260930)

cells_of <- function(name, population, chance) {
  data.frame(case = name, cell = seq_along(population), population = population,
             responses = rbinom(length(population), population, chance))
}
# Cases: three age groups; 24 cells of three variables with low response; many small cells; equal chances; a cell without an answer and one
# where all answered.
low <- expand.grid(age = c(0.5, 1, 1.6, 1.2), fifth = c(0.8, 1, 1.1), sex = c(1, 1.15))
input <- rbind(
  cells_of("three", c(1000, 1500, 400), c(0.12, 0.20, 0.24)),
  cells_of("low", round(runif(24, 150, 900)), 0.06 * low$age * low$fifth * low$sex),
  cells_of("small", round(runif(60, 5, 40)), runif(60, 0.2, 0.7)),
  cells_of("equal", c(800, 900, 700, 600), 0.3),
  data.frame(case = "ends", cell = 1:4, population = c(30, 40, 50, 60), responses = c(0, 40, 25, 12))
)

people <- function(cells) {
  answered <- unlist(Map(function(n, r) rep(c(1, 0), c(r, n - r)), cells$population, cells$responses))
  data.frame(cell = factor(rep(cells$cell, cells$population)), answered = answered)
}

# Shlomo, Skinner & Schouten (2012), with a sample that is the whole list: n = N, and nothing is added for drawing it.
r_indicator <- function(cells, level = 0.95) {
  frame <- people(cells)
  N <- nrow(frame)
  X <- model.matrix(~ cell, frame)
  # A cell where all or none answered has no finite logit; its fitted chance and the products below are exact limits.
  if (any(cells$responses == 0 | cells$responses == cells$population)) {
    rho <- (cells$responses / cells$population)[frame$cell]
    X <- model.matrix(~ 0 + cell, frame)
    keep <- cells$responses > 0 & cells$responses < cells$population
    X <- X[, keep, drop = FALSE]
  } else {
    rho <- fitted(glm(answered ~ cell, binomial, frame, control = glm.control(epsilon = 1e-15, maxit = 100)))
  }
  Z <- X * (rho * (1 - rho))                       # gradient of the inverse logit times x
  M <- solve(t(Z) %*% X)                           # inverse information: covariance of the coefficients
  S2 <- sum((rho - mean(rho))^2) / (N - 1)
  bias <- sum(rowSums((Z %*% M) * Z)) / N
  adjusted <- max(S2 - bias, 0)
  centred <- sweep(Z, 2, colMeans(Z))
  A <- colSums((rho - mean(rho)) * centred) / N
  B <- t(centred) %*% centred / N
  variance <- as.numeric(4 * t(A) %*% M %*% A + 2 * sum(diag(B %*% M %*% B %*% M)))
  z <- qnorm((1 + level) / 2)
  R <- function(s2) max(1 - 2 * sqrt(max(s2, 0)), 0)
  c(value = R(adjusted), lower = R(adjusted + z * sqrt(variance)), upper = R(adjusted - z * sqrt(variance)),
    se = if (adjusted > 0) sqrt(variance / adjusted) else NA, propensity = mean(rho),
    variation = sqrt(adjusted) / mean(rho), unadjusted = 1 - 2 * sqrt(S2))
}

# Schouten, Shlomo & Skinner (2011): category level, unconditional. The variance by the covariance of all cell chances.
partial <- function(cells, level = 0.95) {
  w <- cells$population / sum(cells$population)
  rho <- cells$responses / cells$population
  V <- diag(rho * (1 - rho) / cells$population)
  C <- diag(length(w)) - matrix(w, length(w), length(w), byrow = TRUE)   # each chance less that of everybody
  value <- sqrt(w) * as.numeric(C %*% rho)
  se <- sqrt(w) * sqrt(diag(C %*% V %*% t(C)))
  z <- qnorm((1 + level) / 2)
  data.frame(case = cells$case, cell = cells$cell, value = value, lower = value - z * se, upper = value + z * se)
}

cases <- split(input, factor(input$case, unique(input$case)))
expected <- do.call(rbind, lapply(names(cases), function(name) {
  data.frame(case = name, as.list(r_indicator(cases[[name]])), lower99_8 = r_indicator(cases[[name]], 0.998)[["lower"]],
             upper99_8 = r_indicator(cases[[name]], 0.998)[["upper"]])
}))
digits <- function(frame) { frame[] <- lapply(frame, function(x) if (is.numeric(x)) format(x, digits = 17, trim = TRUE) else x); frame }
write.csv(input, "input.csv", row.names = FALSE, quote = FALSE)
write.csv(digits(expected), "expected.csv", row.names = FALSE, quote = FALSE)
write.csv(digits(do.call(rbind, lapply(cases, partial))), "expected_partial.csv", row.names = FALSE, quote = FALSE)

# Does the adjustment take the bias away, and how often does the interval hold the truth? 2,000 drawn responses from known chances. The cell
# formulas here are the matrix formulas above, which are too slow to repeat; expected.csv shows that they are equal.
simulate <- function(name, population, chance, rounds = 2000) {
  w <- population / sum(population); N <- sum(population)
  truth <- 1 - 2 * sqrt(sum(w * (chance - sum(w * chance))^2) * N / (N - 1))
  one <- function(i) {
    p <- rbinom(length(population), population, chance) / population
    m <- sum(w * p); v <- p * (1 - p) / population
    S2 <- sum(w * (p - m)^2) * N / (N - 1)
    a <- max(S2 - sum(p * (1 - p)) / N, 0)
    e <- sqrt(4 * sum((w * (p - m))^2 * v) + 2 * (sum(w^2 * v^2 * (1 - 2 * w)) + sum(w^2 * v)^2))
    R <- function(s2) max(1 - 2 * sqrt(max(s2, 0)), 0)
    c(1 - 2 * sqrt(S2), R(a), R(a + 1.959964 * e) <= truth && truth <= R(a - 1.959964 * e),
      a > 0 && abs(R(a) - truth) <= 1.959964 * e / sqrt(a))
  }
  found <- rowMeans(sapply(seq_len(rounds), one))
  data.frame(case = name, truth = truth, mean_unadjusted = found[1], mean_adjusted = found[2], covered = found[3], covered_by_delta = found[4])
}
population <- input$population[input$case == "low"]
simulated <- rbind(
  simulate("low", population, 0.06 * low$age * low$fifth * low$sex),
  simulate("half", population, pmin(0.4 * low$age * low$fifth * low$sex, 0.95)),
  simulate("nearly even", population, 0.3 + 0.02 * (low$age - 1)),
  simulate("even", population, rep(0.3, 24)),
  simulate("three small", c(60, 90, 40), c(0.12, 0.2, 0.3))
)
write.csv(digits(simulated), "simulated.csv", row.names = FALSE, quote = FALSE)
