use faer::{Mat, MatRef};

use super::{components::components, lasso::Lassos};

/// Share of the smallest penalty that the tolerance stays below: a penalty that the tolerance exceeds is not felt.
const SHARE_OF_PENALTY: f64 = 1e-4;

/// Sweeps after which a solution is given up; scikit-learn's default.
const MOST_SWEEPS: usize = 100;

/// Tolerance of the lassos within a sweep as a share of the change that the sweep before it made: of 0.3 to 0.003
/// the quickest on real fields.
const INNER: f64 = 0.03;

/// Tolerance of the lassos within the first sweep.
const FIRST_INNER: f64 = 0.01;

/// A graphical lasso on the scale of correlations: every variance is 1, and the penalty of entry (i, j) is
/// `α / (σ_i σ_j)`. One tolerance then fits every neuron, whatever its rate.
#[derive(Debug)]
pub(super) struct Standard {
    deviations: Vec<f64>,
    /// `[N, N]`, column by column; so are the matrices of a [`Solution`].
    correlation: Vec<f64>,
}

/// The solution of a [`Standard`] at one penalty.
#[derive(Clone, Debug)]
pub(super) struct Solution {
    alpha: f64,
    covariance: Vec<f64>,
    coefficients: Vec<f64>,
    sweeps: usize,
}

/// The sweeps did not converge, or left the positive definite matrices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unconverged {
    /// Sweeps made.
    pub(super) sweeps: usize,
}

impl Standard {
    /// Standardises a covariance with a positive diagonal; its lower triangle is read.
    pub(super) fn of(covariance: MatRef<'_, f64>) -> Self {
        let size = covariance.nrows();
        let deviations: Vec<f64> = (0..size).map(|i| covariance[(i, i)].sqrt()).collect();
        let mut correlation = vec![1.0; size * size];
        for i in 0..size {
            for j in 0..i {
                let entry = covariance[(i, j)] / (deviations[i] * deviations[j]);
                (correlation[i * size + j], correlation[j * size + i]) = (entry, entry);
            }
        }
        Self { deviations, correlation }
    }

    /// The solution at the largest covariance of two neurons, and at every greater penalty: all are independent.
    pub(super) fn independent(&self) -> Solution {
        let size = self.deviations.len();
        let pairs = (0..size).flat_map(|i| (0..i).map(move |j| (i, j)));
        Solution {
            alpha: pairs.map(|(i, j)| self.pair(i, j)).fold(0.0, f64::max),
            covariance: identity(size),
            coefficients: vec![0.0; size * size],
            sweeps: 0,
        }
    }

    /// Solves at penalty `alpha`, beginning from the solution at another one, until a sweep changes no correlation, and
    /// no entry of W Θ, by more than `tolerance`. The sweeps converge by a factor of 3 to 30 each on counts of real fields.
    ///
    /// With W the estimate at `α' > α`, `S + (α / α') (W − S)` departs from the empirical covariance S by at most α and
    /// is positive definite, being a mean of S and W: from there, every step of block coordinate descent stays
    /// within these bounds and cannot fail. At `α' ≤ α`, W itself does.
    pub(super) fn solve(&self, alpha: f64, from: &Solution, tolerance: f64) -> Result<Solution, Unconverged> {
        let size = self.deviations.len();
        let mut solution =
            Solution { alpha, covariance: identity(size), coefficients: vec![0.0; size * size], sweeps: 0 };
        for members in components(size, |i, j| self.pair(i, j) > alpha) {
            if members.len() > 1 {
                let (lassos, sweeps) = self.solve_component(&members, alpha, from, tolerance)?;
                solution.sweeps = solution.sweeps.max(sweeps);
                let (covariance, coefficients) = lassos.estimate();
                scatter(covariance, &members, &mut solution.covariance, size);
                scatter(coefficients, &members, &mut solution.coefficients, size);
            }
        }
        Ok(solution)
    }

    /// The precision Θ of a solution, `[N, N]`, in the unit of the covariance, inverted.
    pub(super) fn precision(&self, solution: &Solution) -> Mat<f64> {
        let size = self.deviations.len();
        let column = |neuron: usize| neuron * size..(neuron + 1) * size;
        let diagonal: Vec<f64> = (0..size)
            .map(|neuron| {
                let (covariance, coefficients) =
                    (&solution.covariance[column(neuron)], &solution.coefficients[column(neuron)]);
                1.0 / (1.0 - covariance.iter().zip(coefficients).map(|(w, b)| w * b).sum::<f64>())
            })
            .collect();
        Mat::from_fn(size, size, |i, j| {
            let (earlier, later) = (i.min(j), i.max(j));
            let standard = if i == j {
                diagonal[i]
            } else {
                -solution.coefficients[later * size + earlier] * diagonal[later]
            };
            standard / (self.deviations[i] * self.deviations[j])
        })
    }

    /// The covariance Θ⁻¹ of a solution, `[N, N]`.
    pub(super) fn covariance(&self, solution: &Solution) -> Mat<f64> {
        let size = self.deviations.len();
        Mat::from_fn(size, size, |i, j| {
            solution.covariance[i * size + j] * (self.deviations[i] * self.deviations[j])
        })
    }

    /// `|S_ij|`.
    fn pair(&self, i: usize, j: usize) -> f64 {
        let size = self.deviations.len();
        self.correlation[i * size + j].abs() * (self.deviations[i] * self.deviations[j])
    }

    fn solve_component(
        &self,
        members: &[usize],
        alpha: f64,
        from: &Solution,
        tolerance: f64,
    ) -> Result<(Lassos, usize), Unconverged> {
        let size = self.deviations.len();
        let scales: Vec<f64> = members.iter().map(|&member| alpha.sqrt() / self.deviations[member]).collect();
        let smallest = scales.iter().copied().fold(f64::INFINITY, f64::min).powi(2);
        let tolerance = tolerance.min(SHARE_OF_PENALTY * smallest);
        let correlation = gather(&self.correlation, members, size);
        let share = (alpha / from.alpha).min(1.0);
        let near = gather(&from.covariance, members, size);
        let covariance = correlation.iter().zip(near).map(|(s, w)| s + share * (w - s)).collect();
        let coefficients = gather(&from.coefficients, members, size);
        let mut lassos = Lassos::new(scales, correlation, covariance, coefficients);
        let mut inner = FIRST_INNER;
        for sweeps in 1..=MOST_SWEEPS {
            let sweep = lassos.sweep(inner);
            // W Θ departs from the identity by what W changed after each column of Θ was found.
            let departure = sweep.change * sweep.precision;
            if !departure.is_finite() {
                return Err(Unconverged { sweeps });
            }
            if departure <= tolerance && inner <= tolerance {
                return Ok((lassos, sweeps));
            }
            // Coefficients of near collinear neurons move little in a pass, but for long: the tolerance falls in any case.
            inner = (INNER * sweep.change).min(0.5 * inner).max(f64::EPSILON);
        }
        Err(Unconverged { sweeps: MOST_SWEEPS })
    }
}

impl Solution {
    /// Sweeps that the solution took; the most of any component.
    pub(super) fn sweeps(&self) -> usize {
        self.sweeps
    }
}

fn identity(size: usize) -> Vec<f64> {
    (0..size * size).map(|place| f64::from(u8::from(place % (size + 1) == 0))).collect()
}

/// Rows and columns `members` of a matrix of `size` rows.
fn gather(whole: &[f64], members: &[usize], size: usize) -> Vec<f64> {
    members.iter().flat_map(|&column| members.iter().map(move |&row| whole[column * size + row])).collect()
}

/// Puts a matrix into rows and columns `members` of one of `size` rows.
fn scatter(part: &[f64], members: &[usize], whole: &mut [f64], size: usize) {
    for (column, values) in members.iter().zip(part.chunks(members.len())) {
        for (row, value) in members.iter().zip(values) {
            whole[column * size + row] = *value;
        }
    }
}
