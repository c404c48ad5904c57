//! What the norms of the first powers of a matrix tell about all others.

/// Norms of `A, A², …`, as far as they are known, in the 1-norm and in the ∞-norm.
///
/// Everything rests on `‖A^(i+j)‖ ≤ ‖A^i‖ ‖A^j‖`: `‖A²‖` and `‖A³‖` are often far below the powers of `‖A‖`.
#[derive(Clone, Debug)]
pub(crate) struct Growth {
    /// Logarithms of the known norms of either kind.
    logarithms: [Vec<f64>; 2],
}

impl Growth {
    /// Begins with the 1-norm and the ∞-norm of the matrix.
    pub(crate) fn of((one, infinity): (f64, f64)) -> Self {
        Self { logarithms: [vec![one.ln()], vec![infinity.ln()]] }
    }

    /// Takes note of the norms of the next power.
    pub(crate) fn append(&mut self, (one, infinity): (f64, f64)) {
        for (logarithms, norm) in self.logarithms.iter_mut().zip([one, infinity]) {
            logarithms.push(norm.ln());
        }
    }

    /// The smaller norm of the matrix itself.
    pub(crate) fn norm(&self) -> f64 {
        self.smaller(|logarithms| logarithms[0].exp())
    }

    /// Bounds `‖A^k‖^(1/k)` over all `k` above `last`.
    ///
    /// A number above `2 last + 1` is a sum of numbers from `last + 1` to there, so that those decide.
    pub(crate) fn rate(&self, last: usize) -> f64 {
        self.smaller(|logarithms| {
            let bounds = bounds(logarithms, 2 * last + 1);
            let rates = (last + 1..=2 * last + 1).map(|power| bounds[power] / power as f64);
            rates.fold(f64::NEG_INFINITY, f64::max).exp()
        })
    }

    /// Bounds `Σ_k ‖A^k‖ / k!` over the powers to `last`.
    pub(crate) fn series(&self, last: usize) -> f64 {
        self.smaller(|logarithms| {
            let (mut sum, mut factorial) = (0.0, 1.0);
            for (power, bound) in bounds(logarithms, last).into_iter().enumerate() {
                factorial *= power.max(1) as f64;
                sum += bound.exp() / factorial;
            }
            sum
        })
    }

    fn smaller(&self, of: impl Fn(&[f64]) -> f64) -> f64 {
        let [one, infinity] = &self.logarithms;
        of(one).min(of(infinity))
    }
}

/// Logarithms of the least bounds on the norms of the powers 0 to `last` that products of known norms give.
fn bounds(logarithms: &[f64], last: usize) -> Vec<f64> {
    let mut bounds = vec![0.0];
    for power in 1..=last {
        let ways = logarithms.iter().take(power).enumerate();
        let least = ways.map(|(index, known)| known + bounds[power - index - 1]);
        bounds.push(least.fold(f64::INFINITY, f64::min));
    }
    bounds
}

#[cfg(test)]
mod tests {
    use faer::Mat;

    use super::*;
    use crate::matrix::norms;

    fn squared(matrix: &Mat<f64>) -> Growth {
        let mut growth = Growth::of(norms(matrix.as_ref()));
        growth.append(norms((matrix * matrix).as_ref()));
        growth
    }

    #[test]
    fn powers_of_a_matrix_stay_within_the_bounds() {
        // [[1, x], [0, −1]] is its own inverse: even powers are I, odd ones have norm 1 + x.
        let matrix = Mat::from_fn(2, 2, |i, j| [[1.0, 1e6], [0.0, -1.0]][i][j]);
        let growth = squared(&matrix);
        assert!((growth.norm() / 1_000_001.0 - 1.0).abs() < 1e-12);
        let rate = growth.rate(21);
        assert!(rate > 1.0 && rate < 1e6_f64.powf(1.0 / 22.9), "{rate}");
        let series: f64 = growth.series(24);
        assert!((series / 1_000_001.0 - 1_f64.sinh()).abs() < 1e-5, "{series}");
    }

    #[test]
    fn nilpotent_matrices_do_not_grow() {
        let matrix = Mat::from_fn(2, 2, |i, j| if i < j { 1e9 } else { 0.0 });
        let growth = squared(&matrix);
        assert_eq!((growth.rate(15), growth.series(16)), (0.0, 1.0 + growth.norm()));
    }
}
