//! `tellonce plan`

mod words;

use std::path::Path;

use clap::Args;

use super::{open, print};
use crate::error::{Error, Result};
use crate::period::Period;
use crate::pipeline::{self, Wanted};
use crate::report::plan::Question;
use crate::stats::power::{
    Demand, Way, answers_beside, answers_beside_mean, answers_for_means, answers_for_shares, answers_for_width,
    smallest_of_means, smallest_of_shares,
};

/// Say how many answers a comparison needs, and which difference the present ones can see
///
/// Of an outcome, from the latest published figures: every level of areas in a line, or with --by each group or area against the rest.
/// Without a workspace, from a share (--share) or the standard deviation of a score (--sd).
#[derive(Debug, Args)]
pub struct Plan {
    /// The outcome
    #[arg(required_unless_present_any = ["share", "sd"], conflicts_with_all = ["share", "sd"])]
    measure: Option<String>,
    /// The difference to be seen: points of 100 for an outcome that is a share, a fraction with --share, points of a score otherwise
    #[arg(long, value_name = "SIZE", value_parser = above_0)]
    difference: Option<f64>,
    /// A group of the outcome, or a level of areas, whose units are listed
    #[arg(long, value_name = "GROUP", conflicts_with_all = ["share", "sd"])]
    by: Option<String>,
    /// The area whose groups are compared; everybody where it is left out
    #[arg(long, value_name = "CODE", requires = "by", conflicts_with_all = ["share", "sd"])]
    area: Option<String>,
    /// The occasion, for an outcome that has several
    #[arg(long, value_name = "NAME", conflicts_with_all = ["share", "sd"])]
    occasion: Option<String>,
    /// The period whose latest run is read: 2026-04, 2026/27, 2026/27-Q2, 12m-to-2026-09 or all
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["share", "sd"])]
    period: Option<Period>,
    /// Chance that a difference of that size is seen
    #[arg(long, value_name = "CHANCE", default_value_t = 0.8, value_parser = fraction)]
    power: f64,
    /// Confidence level at which it is seen
    #[arg(long, default_value_t = 0.95, value_parser = fraction)]
    level: f64,
    /// How many answers tell as much as one independent answer, where answers hang together
    #[arg(long, value_name = "TIMES", default_value_t = 1.0, value_parser = at_least_1)]
    design_effect: f64,
    /// Plan from this share, a fraction
    #[arg(long, value_name = "FRACTION", value_parser = fraction, conflicts_with = "sd")]
    share: Option<f64>,
    /// Plan from a score with this standard deviation
    #[arg(long, value_parser = above_0)]
    sd: Option<f64>,
    /// With --share or --sd: answers there are, to learn what they can see
    #[arg(long, value_name = "N", value_parser = above_0, conflicts_with = "measure")]
    answers: Option<f64>,
    /// With --share or --sd: answers of the group that is compared with; as many as the first where left out
    #[arg(long, value_name = "N", value_parser = above_0, conflicts_with = "measure")]
    others: Option<f64>,
}

fn number(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(|| "it is no number".to_owned())
}

fn fraction(text: &str) -> Result<f64, String> {
    let hint = "it lies between 0 and 1, such as 0.8";
    number(text).and_then(|number| if number > 0.0 && number < 1.0 { Ok(number) } else { Err(hint.to_owned()) })
}

fn above_0(text: &str) -> Result<f64, String> {
    number(text).and_then(|number| if number > 0.0 { Ok(number) } else { Err("it is above 0".to_owned()) })
}

fn at_least_1(text: &str) -> Result<f64, String> {
    let hint = "it is 1 where answers are independent, and above 1 where they hang together";
    number(text).and_then(|number| if number >= 1.0 { Ok(number) } else { Err(hint.to_owned()) })
}

impl Plan {
    /// Answers from published figures, or from the numbers that were given.
    pub async fn run(&self, folder: &Path) -> Result<()> {
        let demand = Demand { power: self.power, level: self.level, design_effect: self.design_effect };
        let Some(measure) = &self.measure else {
            return print(self.calculated(demand)?.as_bytes());
        };
        let workspace = open(folder)?;
        let shares = workspace
            .declarations
            .outcomes
            .iter()
            .any(|outcome| outcome.id == *measure && outcome.figure() == crate::declare::Figure::Share);
        if let Some(points) = self.difference.filter(|points| shares && *points >= 100.0) {
            return Err(Error::Usage {
                what: format!("two shares cannot differ by {points} points of 100"),
                mend: "write `--difference 5` for 5 points".into(),
            });
        }
        let question = Question {
            measure: measure.clone(),
            by: self.by.clone(),
            area: self.area.clone(),
            occasion: self.occasion.clone(),
            difference: self.difference.map(|size| if shares { size / 100.0 } else { size }),
            demand,
        };
        let wanted = Wanted { area: None, period: self.period, run: None };
        let (run, plan) = pipeline::plan(&workspace, &wanted, &question).await?;
        print(words::of_plan(&plan, &run, demand).as_bytes())
    }

    /// The lines for a share or a standard deviation of one's own.
    fn calculated(&self, demand: Demand) -> Result<String> {
        if self.difference.is_none() && self.answers.is_none() {
            return Err(Error::Usage {
                what: "there is nothing to plan".into(),
                mend: "add `--difference` for the answers needed, or `--answers` for what they can see".into(),
            });
        }
        let mut lines = Vec::new();
        match self.share {
            Some(share) => self.of_share(share, demand, &mut lines)?,
            None => self.of_score(self.sd.unwrap_or_default(), demand, &mut lines),
        }
        lines.push(words::demanded(demand));
        Ok(lines.join("\n") + "\n")
    }

    fn of_share(&self, share: f64, demand: Demand, lines: &mut Vec<String>) -> Result<()> {
        if let Some(difference) = self.difference {
            if difference >= 1.0 {
                return Err(Error::Usage {
                    what: format!("two shares cannot differ by {difference}"),
                    mend: "with --share the difference is a fraction too: `--difference 0.05` for 5 points".into(),
                });
            }
            for (way, other) in [(Way::Up, share + difference), (Way::Down, share - difference)] {
                let inside = (0.0..=1.0).contains(&other);
                let needed = match self.others {
                    _ if !inside => None,
                    Some(others) => answers_beside(other, share, others, demand),
                    None => answers_for_shares(other, share, 1.0, demand),
                };
                let what = format!("{} against {}", words::percent(other), words::percent(share));
                lines.push(match needed {
                    _ if !inside => format!(
                        "{} by {} points from {}: there is no room for it",
                        words::way(way),
                        words::points(difference),
                        words::percent(share)
                    ),
                    needed => words::needed(&what, needed, self.others),
                });
            }
            if let Some(n) = answers_for_width(share, difference, demand) {
                let (share, points) = (words::percent(share), words::points(difference));
                lines.push(format!("{share} by itself, known to within {points} points: {} answers", words::whole(n)));
            }
        }
        if let Some(n) = self.answers {
            let others = self.others.unwrap_or(n);
            for way in [Way::Up, Way::Down] {
                let smallest =
                    smallest_of_shares(share, n, others, way, demand).map(|d| format!("{} points", words::points(d)));
                lines.push(words::seen(
                    n,
                    others,
                    &format!(" {} than {}", words::way(way), words::percent(share)),
                    smallest,
                ));
            }
        }
        Ok(())
    }

    fn of_score(&self, sd: f64, demand: Demand, lines: &mut Vec<String>) {
        if let Some(difference) = self.difference {
            let needed = match self.others {
                Some(others) => answers_beside_mean(difference, sd, (sd, others), demand),
                None => answers_for_means(difference, sd, sd, 1.0, demand),
            };
            lines.push(words::needed(
                &format!("means that differ by {difference}, standard deviation {sd}"),
                needed,
                self.others,
            ));
        }
        if let Some(n) = self.answers {
            let others = self.others.unwrap_or(n);
            let smallest = smallest_of_means((sd, n), (sd, others), demand).map(words::score);
            lines.push(words::seen(n, others, "", smallest));
        }
    }
}
