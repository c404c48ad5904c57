use crate::student_quantile;

/// A sample in three numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Values.
    pub count: usize,
    /// Mean; absent if there is no value.
    pub mean: Option<f64>,
    /// Standard deviation, divided by `count − 1`; absent below two values.
    pub sd: Option<f64>,
    /// 95 % t interval of the mean; absent below two values.
    pub t95: Option<[f64; 2]>,
}

impl Summary {
    /// Summarises values.
    ///
    /// `mean ± t₀.₉₇₅,ₙ₋₁ · sd / √n`, `sd² = Σ (x − mean)² / (n − 1)` (`scipy.stats.t.interval` with `sem`).
    pub fn of(values: &[f64]) -> Self {
        let count = values.len();
        let mean = (count > 0).then(|| values.iter().sum::<f64>() / count as f64);
        let sd = mean.filter(|_| count > 1).map(|mean| {
            let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
            (squares / (count - 1) as f64).sqrt()
        });
        let t95 = mean.zip(sd).and_then(|(mean, sd)| {
            let half_width = student_quantile(0.975, (count - 1) as f64)? * sd / (count as f64).sqrt();
            Some([mean - half_width, mean + half_width])
        });
        Self { count, mean, sd, t95 }
    }
}
