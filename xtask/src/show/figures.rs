//! Samples, and what may be said of them.

use std::time::Duration;

use serde_json::{Value, json};

/// With fewer samples a 99th percentile is a matter of luck, and there is none.
const FOR_P99: usize = 1_000;

/// Times of one kind, in ms.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<f64>);

impl Times {
    /// One more.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time.as_secs_f64() * 1e3);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The value that this share of them does not exceed; `None` of nothing.
    pub fn at(&self, share: f64) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let at = (share * sorted.len() as f64).ceil() as usize;
        sorted.get(at.max(1) - 1).copied()
    }

    /// The 99th percentile, where there are enough of them for one.
    pub fn p99(&self) -> Option<f64> {
        (self.count() >= FOR_P99).then(|| self.at(0.99)).flatten()
    }

    /// As JSON: `count`, `p50`, `p95`, `p99` (or null), `max`.
    pub fn json(&self) -> Value {
        json!({
            "count": self.count(),
            "p50": self.at(0.5).map(tenths),
            "p95": self.at(0.95).map(tenths),
            "p99": self.p99().map(tenths),
            "max": self.at(1.0).map(tenths),
        })
    }

    /// For a person.
    pub fn words(&self) -> String {
        let figure = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.1}"));
        format!(
            "p50 {} ms, p95 {} ms, p99 {}, max {} ms ({} samples)",
            figure(self.at(0.5)),
            figure(self.at(0.95)),
            self.p99().map_or("– (too few)".to_owned(), |value| format!("{value:.1} ms")),
            figure(self.at(1.0)),
            self.count(),
        )
    }
}

/// To one decimal.
pub fn tenths(figure: f64) -> f64 {
    (figure * 10.0).round() / 10.0
}

/// How much `y` grows with each step of `x`, by least squares; zero for fewer than two points.
pub fn slope(points: &[(f64, f64)]) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "a few hundred")]
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    if spread > 0.0 {
        points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>() / spread
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples_and_the_99th_needs_a_thousand() {
        let mut times = Times::default();
        assert_eq!((times.at(0.5), times.p99()), (None, None));
        (1..=100).for_each(|ms| times.add(Duration::from_millis(ms)));
        assert_eq!((times.at(0.5), times.at(0.95), times.at(1.0)), (Some(50.0), Some(95.0), Some(100.0)));
        assert_eq!(times.p99(), None);
        (101..=1_000).for_each(|ms| times.add(Duration::from_millis(ms)));
        assert_eq!(times.p99(), Some(990.0));
    }

    #[test]
    fn a_slope_is_found_through_noise_and_none_in_a_point() {
        assert_eq!(slope(&[(0.0, 1.0), (1.0, 4.0), (2.0, 5.0)]), 2.0);
        assert_eq!((slope(&[(1.0, 7.0)]), slope(&[])), (0.0, 0.0));
    }
}
