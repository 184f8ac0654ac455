# People who answer more than once, some of them in two areas, with and without weights: a person as a cluster, each person's latest answer,
# and the weighted twin. Written with R 4.2 and survey 4.1-1: Rscript make.R
suppressMessages(library(survey))
options(survey.lonely.psu = "adjust", digits = 17)
set.seed(4)
people <- data.frame(person = 1:170, home = sample(c("A", "B", "C"), 170, TRUE), sex = sample(c("female", "male"), 170, TRUE))
people$level <- rnorm(170, 0, 1.2)
# At B nearly everybody answers once, elsewhere up to four times.
people$times <- ifelse(people$home == "B", 1 + (runif(170) < 0.04), sample(1:4, 170, TRUE, c(0.5, 0.25, 0.15, 0.1)))
answers <- people[rep(seq_len(170), people$times), ]
answers$practice <- ifelse(runif(nrow(answers)) < 0.12, "A", answers$home)
unknown <- data.frame(person = NA, home = "C", sex = sample(c("female", "male"), 12, TRUE), level = 0, times = 1, practice = "C")
answers <- rbind(answers, unknown)
n <- nrow(answers)
answers$id <- sample(n)
answers$day <- sample(1:28, n, TRUE)
answers$month <- sample(c("2026-03", "2026-04"), n, TRUE)
answers$y_bin <- rbinom(n, 1, plogis(0.4 + answers$level))
answers$y_cont <- round(50 + 8 * answers$level + rnorm(n, 0, 5), 1)
answers$weight <- ifelse(runif(n) < 0.8, round(exp(rnorm(n, 0, 0.6)), 4), NA)
answers$date <- paste0(answers$month, sprintf("-%02d", answers$day), "T", sprintf("%02d:%02d:00", answers$id %/% 60, answers$id %% 60))
answers <- answers[order(answers$id), ]
write.csv(answers[, c("id", "date", "person", "practice", "sex", "y_bin", "y_cont", "weight")], "input.csv", row.names = FALSE, quote = FALSE, na = "")

answers$cluster <- ifelse(is.na(answers$person), paste("answer", answers$id), paste("person", answers$person))
rows <- list()
note <- function(kind, outcome, period, area, group, n, people, estimate, limits, method)
  rows[[length(rows) + 1]] <<- data.frame(kind, outcome, period, area, group, n, people, estimate = sprintf("%.17g", estimate),
    lower95 = sprintf("%.17g", limits[1]), upper95 = sprintf("%.17g", limits[2]), method)
areas <- list(A = "A", B = "B", C = "C", P = c("A", "B"), all = c("A", "B", "C"))
often <- function(part) { known <- part$person[!is.na(part$person)]; length(known) > 1.1 * length(unique(known)) }
wilson <- function(part) suppressWarnings(prop.test(sum(part$y_bin), nrow(part), correct = FALSE)$conf.int)
limits_of <- function(design, outcome) {
  if (outcome == "y_bin") {
    share <- svyciprop(~y_bin, design, method = "xlogit")
    list(as.numeric(share), attr(share, "ci"))
  } else {
    mean <- svymean(~y_cont, design)
    list(coef(mean), confint(mean, df = degf(design)))
  }
}
for (period in c("all", "2026-03")) for (area in names(areas)) for (group in if (period == "all") c("all", "female", "male") else "all") {
  inside <- answers$practice %in% areas[[area]] & (group == "all" | answers$sex == group) & (period == "all" | answers$month == period)
  part <- answers[inside, ]
  known <- if (anyNA(part$person)) NA else length(unique(part$person))
  by_person <- often(part)
  for (outcome in c("y_bin", "y_cont")) {
    if (by_person) {
      found <- limits_of(svydesign(ids = ~cluster, weights = ~1, data = part), outcome)
      note("answers", outcome, period, area, group, nrow(part), known, found[[1]], found[[2]], "person as cluster")
    } else {
      limits <- if (outcome == "y_bin") wilson(part) else t.test(part$y_cont)$conf.int
      note("answers", outcome, period, area, group, nrow(part), known, mean(part[[outcome]]), limits, "each answer")
    }
    # The latest answer of each person, wherever it was given.
    dated <- answers[!is.na(answers$person) & (period == "all" | answers$month == period), ]
    dated <- dated[order(dated$date), ]
    latest <- dated[!duplicated(dated$person, fromLast = TRUE), ]
    latest <- latest[latest$practice %in% areas[[area]] & (group == "all" | latest$sex == group), ]
    limits <- if (outcome == "y_bin") wilson(latest) else t.test(latest$y_cont)$conf.int
    note("latest", outcome, period, area, group, nrow(latest), nrow(latest), mean(latest[[outcome]]), limits, "latest answer")
    if (period == "all") {
      weighted <- answers[!is.na(answers$weight), ]
      by_person <- often(part[!is.na(part$weight), ])
      weighted$unit <- if (by_person) weighted$cluster else weighted$id
      design <- svydesign(ids = ~unit, weights = ~weight, data = weighted)
      kept <- weighted$practice %in% areas[[area]] & (group == "all" | weighted$sex == group)
      found <- limits_of(subset(design, kept), outcome)
      note("weighted", outcome, period, area, group, sum(kept), NA, found[[1]], found[[2]], if (by_person) "person as cluster" else "each answer")
    }
  }
}
write.csv(do.call(rbind, rows), "expected.csv", row.names = FALSE, quote = FALSE)
