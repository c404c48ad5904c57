/// A number with its 95 % interval, where it has one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its 95 % interval.
    pub interval: Option<[f64; 2]>,
}

impl Estimate {
    /// Combines independent estimates: `Σ c_i θ_i`, with the interval recovered from theirs (MOVER).
    ///
    /// With `c_i > 0` the lower end lies `√Σ c_i² (θ_i − l_i)²` below, the upper `√Σ c_i² (u_i − θ_i)²` above; a negative
    /// coefficient exchanges the ends of its estimate. There is no interval if one estimate lacks it. Estimates that are
    /// positively correlated make the interval of their difference too wide, and that of their mean too narrow.
    /// `None` of no estimates.
    ///
    /// Source: Zou & Donner 2008, Stat. Med. 27:1693.
    pub fn combined(terms: &[(f64, Self)]) -> Option<Self> {
        if terms.is_empty() {
            return None;
        }
        let value = terms.iter().map(|(coefficient, estimate)| coefficient * estimate.value).sum();
        let ends = terms.iter().map(|&(coefficient, estimate)| {
            let [low, high] = estimate.interval?.map(|end| coefficient * (end - estimate.value));
            Some(if coefficient < 0.0 { [high, low] } else { [low, high] })
        });
        let interval = ends.collect::<Option<Vec<_>>>().map(|ends| {
            let distance = |side: usize| ends.iter().map(|end| end[side].powi(2)).sum::<f64>().sqrt();
            [value - distance(0), value + distance(1)]
        });
        Some(Self { value, interval })
    }

    /// Averages independent estimates, by [`Estimate::combined`].
    pub fn mean(estimates: &[Self]) -> Option<Self> {
        let share = 1.0 / estimates.len() as f64;
        Self::combined(&estimates.iter().map(|&estimate| (share, estimate)).collect::<Vec<_>>())
    }

    /// The magnitude: an interval that holds 0 becomes one from 0 to its farther end.
    #[must_use]
    pub fn magnitude(self) -> Self {
        let interval = self.interval.map(|[low, high]| {
            if low > 0.0 {
                [low, high]
            } else if high < 0.0 {
                [-high, -low]
            } else {
                [0.0, high.max(-low)]
            }
        });
        Self { value: self.value.abs(), interval }
    }
}
