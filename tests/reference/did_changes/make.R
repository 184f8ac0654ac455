# Difference in differences of costs where every person is seen before and after: changes of people, by R's t.test (Welch). The coefficient of
# the interaction in lm, and the standard error of lm on changes with the HC2 correction by its plain formula, say that these are the same thing.
# Run in this folder: Rscript make.R; writes input.csv and expected.csv.
set.seed(20261122)
make <- function(case, n1, n0, effect, sd1, sd0) {
  treated <- rep(c(1, 0), c(n1, n0))
  before <- round(100 * rgamma(n1 + n0, shape = 2, scale = 900))
  after <- pmax(0, round(before + 5000 + treated * effect + rnorm(n1 + n0) * ifelse(treated == 1, sd1, sd0)))
  data.frame(case, person = seq_len(n1 + n0), treated, before, after)
}
input <- rbind(
  make("a", 40, 60, -30000, 60000, 25000),
  make("b", 12, 9, 0, 40000, 40000),
  make("c", 150, 30, -12000, 20000, 50000)
)
rows <- lapply(split(input, input$case), function(d) {
  d$change <- d$after - d$before
  t <- t.test(d$change[d$treated == 1], d$change[d$treated == 0])
  long <- rbind(data.frame(y = d$before, treated = d$treated, post = 0), data.frame(y = d$after, treated = d$treated, post = 1))
  interaction <- unname(coef(lm(y ~ treated * post, long))["treated:post"])
  fit <- lm(change ~ treated, d)
  x <- model.matrix(fit)
  e <- resid(fit) / sqrt(1 - hatvalues(fit))
  bread <- solve(crossprod(x))
  hc2 <- sqrt((bread %*% crossprod(x * e) %*% bread)[2, 2])
  data.frame(case = d$case[1], n1 = sum(d$treated == 1), n0 = sum(d$treated == 0), did = unname(t$estimate[1] - t$estimate[2]),
             lower95 = t$conf.int[1], upper95 = t$conf.int[2], se = t$stderr, df = unname(t$parameter), interaction, se_hc2 = hc2)
})
out <- do.call(rbind, rows)
out[-1] <- lapply(out[-1], function(x) trimws(formatC(x, digits = 17, format = "g")))
write.csv(input, "input.csv", row.names = FALSE, quote = FALSE)
write.csv(out, "expected.csv", row.names = FALSE, quote = FALSE)
