//! Limits of a share whose standard error knows strata and clusters.

use super::super::{Interval, beta, student};
use super::Design;

/// How the limits of a share are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// On the scale of the logarithm of the odds, by the delta method. A logistic regression without predictors, which
    /// the survey package calls `logit`, comes to the same.
    Logit,
    /// The exact limits of as many answers as would have the same variance (Korn & Graubard).
    Beta,
    /// The mean and its standard error, which may lead below 0 and above 1.
    Mean,
    /// The likelihood of as many answers as would have the same variance.
    Likelihood,
}

impl Design {
    /// Returns the limits of a share: of a mean of values that are all 0 or 1.
    ///
    /// Where the answers leave no variance (all are 1, all are 0, every cluster has the same share) no method of the
    /// survey package has limits that mean anything. Then the exact ones of `effective_n` answers are given, cut as Korn
    /// and Graubard do for few degrees of freedom; with none, those of as many answers as there are effective clusters.
    /// `None` for a value outside 0 to 1, without a standard error where answers differ, and unless `level` lies strictly
    /// between 0 and 1.
    ///
    /// Source: `svyciprop` of R's survey package; Korn EL & Graubard BI (1998), Survey Methodology 24:193-201.
    pub fn share_limits(&self, method: Method, level: f64) -> Option<Interval> {
        let (p, q) = (self.value, 1.0 - self.value);
        let alike = p.abs().min(q.abs()) < 1e-12;
        let inside = p > 0.0 && q > 0.0;
        if !(alike || inside) {
            return None;
        }
        let se = self.se.unwrap_or(0.0);
        if self.degrees_of_freedom == 0 {
            return if alike { exact(p.round(), self.effective_clusters, level) } else { None };
        }
        let t = student::two_sided(level, self.degrees_of_freedom as f64)?;
        // Few degrees of freedom make a sample as wide as a smaller one.
        let few = (student::two_sided(level, (self.n.checked_sub(1)?) as f64)? / t).powi(2);
        if alike || se == 0.0 {
            return exact(if alike { p.round() } else { p }, self.effective_n * few, level);
        }
        let alike_n = p * q / (se * se);
        match method {
            Method::Logit => {
                let (odds, reach) = ((p / q).ln(), t * se / (p * q));
                let share = |odds: f64| 1.0 / (1.0 + (-odds).exp());
                Interval::around(p, share(odds - reach), share(odds + reach))
            }
            Method::Beta => exact(p, alike_n * few, level),
            Method::Mean => self.around(t),
            // The package divides by the dispersion that it estimates, which is n / (n - 1) here.
            Method::Likelihood => likelihood(p, t * t / (2.0 * alike_n) * (self.n as f64 / (self.n as f64 - 1.0))),
        }
    }
}

/// The limits of Clopper and Pearson for a share `p` of `n` answers, either of which may be a fraction.
fn exact(p: f64, n: f64, level: f64) -> Option<Interval> {
    let (x, rest) = (n * p, n * (1.0 - p));
    let tail = f64::midpoint(1.0, -level);
    Interval::around(p, beta::quantile(tail, x, rest + 1.0)?, beta::quantile(1.0 - tail, x + 1.0, rest)?)
}

/// The shares whose divergence from `p`, one answer's worth, is `reach`.
fn likelihood(p: f64, reach: f64) -> Option<Interval> {
    let q = 1.0 - p;
    let divergence = |share: f64| p * (p / share).ln() + q * (q / (1.0 - share)).ln();
    let limit = |end: f64| {
        let (mut near, mut far) = (p, end);
        for _ in 0..100 {
            let middle = f64::midpoint(near, far);
            if divergence(middle) < reach { near = middle } else { far = middle }
        }
        f64::midpoint(near, far)
    };
    Interval::around(p, limit(0.0), limit(1.0))
}
