# Erreygers' and Wagstaff's corrected concentration indices of bounded values, from the covariance of value and rank; their
# standard errors from lm of the convenient regression, scaled alike. Run in this folder: Rscript erreygers.R
set.seed(6)
make <- function(case, order, population, value, minimum, maximum) {
  data.frame(case = case, rank_order = order, population = population, value = round(value, 4), minimum = minimum, maximum = maximum)
}
input <- rbind(
  make("gen_share", 1:5, c(812, 640, 955, 1203, 1410), c(.42, .51, .55, .63, .71), 0, 1),
  make("gen_score", 1:10, round(runif(10, 40, 900)), runif(10, 12, 36), 0, 48),
  make("gen_bounds", c(4, 2, 9), c(10, 30, 20), c(-1, 3, 2.5), -2, 5),
  make("gen_down", 1:4, c(300, 200, 250, 250), c(9.1, 7.4, 6.6, 2.0), 1, 10))
one <- function(d) {
  d <- d[order(d$rank_order), ]
  p <- d$population / sum(d$population)
  rank <- cumsum(p) - p / 2
  mean <- sum(p * d$value)
  absolute <- 2 * sum(p * (d$value - mean) * (rank - .5))
  spread <- sum(p * (rank - sum(p * rank))^2)
  m <- lm(I(2 * spread * d$value) ~ rank, weights = d$population)
  stopifnot(all.equal(coef(m)[[2]], absolute))
  se <- sqrt(vcov(m)[2, 2]); z <- qnorm(.975); range <- d$maximum[1] - d$minimum[1]
  of <- function(factor) factor * c(absolute, absolute - z * se, absolute + z * se)
  erreygers <- of(4 / range)
  wagstaff <- of(range / ((d$maximum[1] - mean) * (mean - d$minimum[1])))
  data.frame(case = d$case[1], absolute = erreygers[1], absolute_lower = erreygers[2], absolute_upper = erreygers[3],
             relative = wagstaff[1], relative_lower = wagstaff[2], relative_upper = wagstaff[3])
}
expected <- do.call(rbind, lapply(split(input, factor(input$case, unique(input$case))), one))
expected[] <- lapply(expected, function(x) if (is.double(x)) format(x, digits = 17, trim = TRUE) else x)
write.csv(input, "input.csv", row.names = FALSE, quote = FALSE)
write.csv(expected, "expected.csv", row.names = FALSE, quote = FALSE)
