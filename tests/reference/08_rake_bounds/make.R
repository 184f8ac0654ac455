# Raking with bounds on the weights (as multiples of the mean weight), and how many responses are at a bound. calibrate()
# of R's survey package takes bounds on what the weights are multiplied by; with equal weights at the beginning, that is
# the same. Written with R 4.2 and survey 4.1-1: Rscript make.R
suppressMessages(library(survey))
set.seed(40)
cases <- list(
  mild = list(n = 200, bounds = c(0.01, 1.7)),
  upper = list(n = 300, bounds = c(0.01, 1.6)),
  both = list(n = 240, bounds = c(0.5, 1.75))
)
input <- targets <- expected <- list()
for (name in names(cases)) {
  n <- cases[[name]]$n
  people <- data.frame(case = name, id = 1:n, age = sample(c("young", "middle", "old"), n, TRUE, c(0.2, 0.35, 0.45)),
                       sex = sample(c("f", "m"), n, TRUE, c(0.57, 0.43)), place = sample(letters[1:4], n, TRUE))
  margins <- list(age = c(young = 2600, middle = 3900, old = 3500), sex = c(f = 5100, m = 4900),
                  place = c(a = 2000, b = 2700, c = 2900, d = 2400))
  for (margin in names(margins)) people[[margin]] <- factor(people[[margin]], levels = names(margins[[margin]]))
  design <- svydesign(ids = ~1, weights = rep(10000 / n, n), data = people)
  population <- c(`(Intercept)` = 10000, agemiddle = 3900, ageold = 3500, sexm = 4900, placeb = 2700, placec = 2900, placed = 2400)
  raked <- calibrate(design, ~ age + sex + place, population, calfun = "raking", bounds = cases[[name]]$bounds,
                     maxit = 500, epsilon = 1e-12)
  weight <- weights(raked)
  multiple <- weight / (10000 / n)
  at <- abs(multiple - cases[[name]]$bounds[1]) < 1e-9 | abs(multiple - cases[[name]]$bounds[2]) < 1e-9
  input[[name]] <- people
  targets[[name]] <- do.call(rbind, lapply(names(margins), function(margin)
    data.frame(case = name, margin, level = names(margins[[margin]]), target = margins[[margin]])))
  expected[[name]] <- data.frame(case = name, id = 1:n, low = cases[[name]]$bounds[1], high = cases[[name]]$bounds[2],
                                 weight = sprintf("%.17g", weight), at_bound = as.integer(at))
}
write.csv(do.call(rbind, input), "input.csv", row.names = FALSE, quote = FALSE)
write.csv(do.call(rbind, targets), "input_targets.csv", row.names = FALSE, quote = FALSE)
write.csv(do.call(rbind, expected), "expected.csv", row.names = FALSE, quote = FALSE)
