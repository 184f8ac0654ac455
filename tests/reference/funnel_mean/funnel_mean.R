# Funnel of means with additive over-dispersion (Spiegelhalter 2005), and the reliability of units' means, in base R and
# lme4, independent of the program's own code. Run in this folder: Rscript funnel_mean.R
suppressMessages(library(lme4))
set.seed(20261122)
units_of <- function(case, k, n, centre, between, within, outlier = NULL) {
  true <- rnorm(k, centre, between)
  if (!is.null(outlier)) true[k] <- outlier
  do.call(rbind, lapply(seq_len(k), function(i)
    data.frame(case = case, unit = sprintf("U%02d", i), y = round(rnorm(n(i), true[i], within), 2))))
}
raw <- rbind(
  units_of("spread", 40, function(i) 12 + (i * 37) %% 150, 22, 1.6, 8),
  units_of("chance", 25, function(i) 10 + (i * 13) %% 60, 6.5, 0, 2.1),
  units_of("outlier", 16, function(i) 30 + 5 * i, 50, 1, 12, outlier = 75),
  units_of("few", 4, function(i) 5 + 2 * i, 3, 0.5, 1))
input <- do.call(rbind, lapply(split(raw, list(raw$case, raw$unit), drop = TRUE), function(d)
  data.frame(case = d$case[1], unit = d$unit[1], n = nrow(d), mean = mean(d$y), sd = sd(d$y))))
input <- input[order(match(input$case, unique(raw$case)), input$unit), ]

funnel <- function(y, s, target) {
  z <- (y - target) / s
  q <- quantile(z, c(0.1, 0.9), type = 7, names = FALSE)
  phi <- mean(pmin(pmax(z, q[1]), q[2])^2)
  w <- 1 / s^2
  k <- length(y)
  tau2 <- if (k > 1) max(0, (k * phi - (k - 1)) / (sum(w) - sum(w^2) / sum(w))) else 0
  reach <- sqrt(s^2 + tau2)
  z95 <- qnorm(0.975); z998 <- qnorm(0.999)
  list(z = z, phi = phi, tau2 = tau2, p = 2 * pnorm(-abs(y - target) / reach),
       lower95 = target - z95 * reach, upper95 = target + z95 * reach,
       lower998 = target - z998 * reach, upper998 = target + z998 * reach)
}
units <- NULL; summary <- NULL
for (case in unique(input$case)) {
  d <- input[input$case == case, ]
  target <- weighted.mean(d$mean, d$n)
  pooled <- sqrt(sum((d$n - 1) * d$sd^2) / sum(d$n - 1))
  f <- funnel(d$mean, pooled / sqrt(d$n), target)
  # The same values about a given target, each with the standard error of its own answers.
  own <- funnel(d$mean, d$sd / sqrt(d$n), target + 0.25)
  fit <- suppressMessages(lmer(y ~ 1 + (1 | unit), raw[raw$case == case, ], REML = TRUE,
    control = lmerControl(optCtrl = list(xtol_abs = 1e-12, ftol_abs = 1e-14))))
  v <- as.data.frame(VarCorr(fit))$vcov
  units <- rbind(units, data.frame(case, unit = d$unit, z = f$z, p = f$p, lower95 = f$lower95, upper95 = f$upper95,
    lower998 = f$lower998, upper998 = f$upper998, own_z = own$z, own_p = own$p, own_lower95 = own$lower95,
    own_upper95 = own$upper95, reliability = v[1] / (v[1] + v[2] / d$n)))
  summary <- rbind(summary, data.frame(case, target, phi = f$phi, tau2 = f$tau2, own_target = target + 0.25,
    own_phi = own$phi, own_tau2 = own$tau2, between = v[1], within = v[2]))
}
options(digits = 17)
write.csv(format(input, digits = 17, trim = TRUE), "input.csv", row.names = FALSE, quote = FALSE)
write.csv(format(units, digits = 17, trim = TRUE), "expected.csv", row.names = FALSE, quote = FALSE)
write.csv(format(summary, digits = 17, trim = TRUE), "expected_summary.csv", row.names = FALSE, quote = FALSE)
cat(R.version.string, "lme4", as.character(packageVersion("lme4")), "\n")
