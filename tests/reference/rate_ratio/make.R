# Ratio of two Poisson rates with its exact conditional interval, by R's poisson.test.
# Run in this folder: Rscript make.R; writes expected.csv.
input <- read.csv("input.csv")
rows <- lapply(seq_len(nrow(input)), function(i) {
  r <- input[i, ]
  at <- function(level) poisson.test(c(r$x1, r$x2), c(r$t1, r$t2), conf.level = level)
  narrow <- at(0.95)
  wide <- at(0.998)
  data.frame(case = r$case, value = unname(narrow$estimate), lower95 = narrow$conf.int[1], upper95 = narrow$conf.int[2],
             lower99_8 = wide$conf.int[1], upper99_8 = wide$conf.int[2])
})
out <- do.call(rbind, rows)
out[-1] <- lapply(out[-1], function(x) trimws(formatC(x, digits = 17, format = "g")))
write.csv(out, "expected.csv", row.names = FALSE, quote = FALSE)
