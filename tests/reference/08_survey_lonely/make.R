# Strata with a single cluster, design effects against sampling with replacement, and shares that are all alike in a
# stratum: what 08_survey_estimates has no case of. Written with R 4.2 and survey 4.1-1: Rscript make.R
suppressMessages(library(survey))
options(survey.lonely.psu = "adjust", digits = 17)
set.seed(8)
people <- data.frame(
  case = rep(c("one_lonely", "two_lonely", "small_weights"), c(90, 60, 80)),
  strata = c(rep(1:4, c(30, 30, 20, 10)), rep(1:4, c(20, 20, 10, 10)), rep(1:2, c(40, 40))),
  psu = c(rep(1:3, 10), rep(4:5, 15), rep(6:9, 5), rep(10, 10), rep(1:4, 5), rep(5:6, 10), rep(7, 10), rep(8, 10),
          rep(1:80)),
  domain = sample(c("a", "b"), 230, TRUE, c(0.7, 0.3))
)
people$weight <- round(ifelse(people$case == "small_weights", 0.2, 20) * exp(rnorm(230, 0, 0.5)), 4)
people$y_bin <- rbinom(230, 1, 0.3 + 0.04 * (people$psu %% 7))
people$y_cont <- round(50 + 3 * (people$psu %% 5) + rnorm(230, 0, 10), 1)
write.csv(people[, c("case", "strata", "psu", "weight", "domain", "y_bin", "y_cont")], "input.csv", row.names = FALSE, quote = FALSE)

rows <- list()
note <- function(case, quantity, outcome, domain, estimate, se = NA, limits = c(NA, NA))
  rows[[length(rows) + 1]] <<- data.frame(case, quantity, outcome, domain, estimate = sprintf("%.17g", estimate),
    se = sprintf("%.17g", se), lower95 = sprintf("%.17g", limits[1]), upper95 = sprintf("%.17g", limits[2]))
for (name in unique(people$case)) {
  design <- svydesign(ids = ~psu, strata = ~strata, weights = ~weight, data = people[people$case == name, ], nest = TRUE)
  for (one in c("all", "a", "b")) {
    part <- if (one == "all") design else subset(design, domain == one)
    note(name, "degf", "", one, degf(part))
    for (outcome in c("y_bin", "y_cont")) {
      formula <- reformulate(outcome)
      mean <- svymean(formula, part, deff = "replace")
      note(name, "mean", outcome, one, coef(mean), SE(mean)[1], confint(mean, df = degf(part)))
      note(name, "deff", outcome, one, deff(mean))
      if (one == "all") {
        total <- svytotal(formula, part)
        note(name, "total", outcome, one, coef(total), SE(total)[1], confint(total))
      }
    }
    for (method in c("logit", "beta", "xlogit", "likelihood", "mean")) {
      share <- svyciprop(~y_bin, part, method = method)
      note(name, paste0("ciprop_", method), "y_bin", one, as.numeric(share), SE(share)[1], attr(share, "ci"))
    }
  }
}
write.csv(do.call(rbind, rows), "expected.csv", row.names = FALSE, quote = FALSE)
