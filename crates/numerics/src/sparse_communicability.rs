//! The connectome's communicability without an N × N matrix in memory.

use faer::Mat;

use crate::{
    Connectome, Distribution, NumericsError, ZeroStrength,
    sparse_exponential::{REMAINDER, Stochastic, TERMS, WIDTH},
};

/// The communicability of a sparse connectome, computed a block of columns at a time.
///
/// With `P = S^-1 A`, `C_ij = (S_i / S_j)^½ (e^P)_ij` off the diagonal, in both forms: neurons of strength zero have zero
/// rows in `P`, so that `e^P` between the others is the same whether they are left out ([`ZeroStrength::Isolated`]) or
/// given a strength ([`ZeroStrength::Replaced`]).
///
/// The error of `C_ij` is at most `8.7e-18 (S_i / S_j)^½`, from truncating the series, plus
/// [`SparseCommunicability::relative_error`] times `C_ij`, from rounding.
///
/// ```
/// use numerics::{Connectome, SparseCommunicability, ZeroStrength};
/// let connectome = Connectome::new(3, [(0, 1, 1.0), (1, 0, 2.0), (0, 2, 1.0)])?;
/// let sparse = SparseCommunicability::new(&connectome)?;
/// let mut tally = sparse.tally(ZeroStrength::SOUND)?;
/// for block in 0..sparse.blocks() {
///     tally.add(&sparse.columns(block));
/// }
/// let dense = connectome.communicability(ZeroStrength::SOUND)?;
/// assert!((tally.row_sums()[0] - dense[(0, 1)]).abs() < 1e-15);
/// # Ok::<(), numerics::NumericsError>(())
/// ```
#[derive(Clone, Debug)]
pub struct SparseCommunicability {
    transition: Stochastic,
    strengths: Vec<f64>,
}

/// Some columns of `e^P`.
#[derive(Clone, Debug)]
pub struct TransitionColumns {
    first: usize,
    width: usize,
    rows: Vec<[f64; WIDTH]>,
}

/// What is kept of a communicability in one form: sums by row and column, and the distribution of all N² entries.
#[derive(Clone, Debug)]
pub struct Tally {
    /// `S^½` and `S^-½`; both 0 where a neuron is left out.
    roots: Vec<(f64, f64)>,
    row_sums: Vec<f64>,
    column_sums: Vec<f64>,
    distribution: Distribution,
}

impl SparseCommunicability {
    /// Columns in a block; the last block may have fewer.
    pub const BLOCK_COLUMNS: usize = WIDTH;

    /// Prepares the columns of a connectome, of at most 2³² neurons.
    ///
    /// # Errors
    /// [`NumericsError::Overflow`] if a strength exceeds the range of f64; [`NumericsError::TooLarge`].
    pub fn new(connectome: &Connectome) -> Result<Self, NumericsError> {
        let rows = connectome.neurons();
        if u32::try_from(rows).is_err() {
            return Err(NumericsError::TooLarge { matrix: "a sparse communicability", rows });
        }
        let strengths = connectome.strengths();
        if strengths.iter().any(|strength| !strength.is_finite()) {
            return Err(NumericsError::Overflow { quantity: "a neuron's strength" });
        }
        let mut transition = Stochastic {
            starts: vec![0],
            columns: Vec::with_capacity(connectome.edges()),
            entries: Vec::with_capacity(connectome.edges()),
        };
        for (row, &strength) in connectome.counts().outer_iterator().zip(&strengths) {
            for (post, &count) in row.iter() {
                transition.columns.push(post as u32);
                transition.entries.push(count / strength);
            }
            transition.starts.push(transition.columns.len());
        }
        Ok(Self { transition, strengths })
    }

    /// The number of blocks of columns.
    pub fn blocks(&self) -> usize {
        self.strengths.len().div_ceil(WIDTH)
    }

    /// Computes one block of columns of `e^P`; blocks are independent.
    pub fn columns(&self, block: usize) -> TransitionColumns {
        let first = block * WIDTH;
        let width = WIDTH.min(self.strengths.len() - first);
        TransitionColumns { first, width, rows: self.transition.exponential_columns(first) }
    }

    /// An empty tally of this communicability in one form.
    ///
    /// # Errors
    /// [`NumericsError::Setting`] if `zero_strength` holds a negative number, NaN or infinity;
    /// [`NumericsError::AddedStrength`] for [`ZeroStrength::Added`], which changes `P`.
    pub fn tally(&self, zero_strength: ZeroStrength) -> Result<Tally, NumericsError> {
        let neurons = self.strengths.len();
        Ok(Tally {
            roots: self.roots(zero_strength)?,
            row_sums: vec![0.0; neurons],
            column_sums: vec![0.0; neurons],
            distribution: Distribution::new(),
        })
    }

    /// Bounds the rounding error of an entry relative to itself: `(18 (d + 3) + 6) u` with the largest out-degree d and
    /// `u = 2^-53`, first order.
    pub fn relative_error(&self) -> f64 {
        let degrees = self.transition.starts.windows(2).map(|range| range[1] - range[0]);
        let largest = degrees.max().unwrap_or(0);
        (TERMS * (largest + 3) + 6) as f64 * f64::EPSILON / 2.0
    }

    /// Bounds the truncation error of every entry: `8.7e-18 max (S_i / S_j)^½`.
    ///
    /// # Errors
    /// Those of [`SparseCommunicability::tally`].
    pub fn truncation_error(&self, zero_strength: ZeroStrength) -> Result<f64, NumericsError> {
        let roots = self.roots(zero_strength)?;
        let largest = |of: fn(&(f64, f64)) -> f64| roots.iter().map(of).fold(0.0, f64::max);
        Ok(REMAINDER * largest(|root| root.0) * largest(|root| root.1))
    }

    /// The communicability as a dense matrix, `[N, N]`.
    ///
    /// # Errors
    /// Those of [`SparseCommunicability::tally`].
    pub fn to_dense(&self, zero_strength: ZeroStrength) -> Result<Mat<f64>, NumericsError> {
        let roots = self.roots(zero_strength)?;
        let mut dense = Mat::zeros(roots.len(), roots.len());
        for block in 0..self.blocks() {
            let columns = self.columns(block);
            columns.for_each_entry(&roots, |pre, post, entry| dense[(pre, post)] = entry);
        }
        Ok(dense)
    }

    fn roots(&self, zero_strength: ZeroStrength) -> Result<Vec<(f64, f64)>, NumericsError> {
        zero_strength.check()?;
        if matches!(zero_strength, ZeroStrength::Added(_)) {
            return Err(NumericsError::AddedStrength);
        }
        let root = |&strength: &f64| match zero_strength.apply(strength).sqrt() {
            0.0 => (0.0, 0.0),
            root => (root, root.recip()),
        };
        Ok(self.strengths.iter().map(root).collect())
    }
}

impl TransitionColumns {
    fn for_each_entry(&self, roots: &[(f64, f64)], mut each: impl FnMut(usize, usize, f64)) {
        for (pre, row) in self.rows.iter().enumerate() {
            for (lane, entry) in row[..self.width].iter().enumerate() {
                let post = self.first + lane;
                each(pre, post, if pre == post { 0.0 } else { entry * (roots[pre].0 * roots[post].1) });
            }
        }
    }
}

impl Tally {
    /// Takes a block of columns into account. In which order blocks come changes rounding of the row sums alone.
    pub fn add(&mut self, columns: &TransitionColumns) {
        let Self { roots, row_sums, column_sums, distribution } = self;
        columns.for_each_entry(roots, |pre, post, entry| {
            row_sums[pre] += entry;
            column_sums[post] += entry;
            distribution.add(entry);
        });
    }

    /// `Σ_j C_ij`, `[N]`.
    pub fn row_sums(&self) -> &[f64] {
        &self.row_sums
    }

    /// `Σ_i C_ij`, `[N]`.
    pub fn column_sums(&self) -> &[f64] {
        &self.column_sums
    }

    /// Of all N² entries, the zero diagonal included.
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }
}
