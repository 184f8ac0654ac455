# Slope and relative index by the logit, groups weighted by their people: binomial glm on the mid-rank; both ends and their
# limits by the delta method; Pearson's chi-squared for the fit. Run in this folder: Rscript slope_logit.R
set.seed(5)
make <- function(case, order, n, p) data.frame(case = case, rank_order = order, x = rbinom(length(n), n, p), n = n)
input <- rbind(
  make("gen_quintiles", 1:5, c(812, 640, 955, 1203, 1410), c(.42, .51, .55, .63, .71)),
  make("gen_deciles", 1:10, round(runif(10, 40, 900)), seq(.93, .72, length.out = 10)),
  make("gen_two", c(3, 1), c(120, 75), c(.3, .5)),
  make("gen_curve", 1:4, c(500, 500, 500, 500), c(.3, .6, .65, .35)),
  make("gen_few", 1:3, c(9, 14, 11), c(.2, .5, .6)),
  make("gen_rare", 1:5, c(5000, 4200, 6100, 3900, 5500), c(.004, .006, .009, .010, .015)))
one <- function(d) {
  d <- d[order(d$rank_order), ]
  rank <- (cumsum(d$n) - d$n / 2) / sum(d$n)
  m <- glm(cbind(x, n - x) ~ rank, binomial, data = d, control = glm.control(epsilon = 1e-13, maxit = 100))
  v <- vcov(m); b <- coef(m)
  p0 <- plogis(b[[1]]); p1 <- plogis(b[[1]] + b[[2]])
  g <- c(p1 * (1 - p1) - p0 * (1 - p0), p1 * (1 - p1))
  h <- c((1 - p1) - (1 - p0), 1 - p1)
  z <- qnorm(.975)
  sii_se <- sqrt(drop(t(g) %*% v %*% g)); rii_se <- sqrt(drop(t(h) %*% v %*% h))
  fit_p <- if (nrow(d) > 2) pchisq(sum(residuals(m, "pearson")^2), nrow(d) - 2, lower.tail = FALSE) else NA
  data.frame(case = d$case[1], sii = p1 - p0, lower = p1 - p0 - z * sii_se, upper = p1 - p0 + z * sii_se, rii = p1 / p0,
             rii_lower = p1 / p0 * exp(-z * rii_se), rii_upper = p1 / p0 * exp(z * rii_se), intercept = p0,
             lack_of_fit = if (is.na(fit_p)) NA else as.integer(fit_p < .05))
}
expected <- do.call(rbind, lapply(split(input, factor(input$case, unique(input$case))), one))
expected[] <- lapply(expected, function(x) if (is.double(x)) format(x, digits = 17, trim = TRUE) else x)
write.csv(input, "input.csv", row.names = FALSE, quote = FALSE)
write.csv(expected, "expected.csv", row.names = FALSE, quote = FALSE)
