//! The exponential of a sparse stochastic matrix, a block of columns at a time.

use pulp::{Arch, Simd, WithSimd};

/// Columns of one block: a row of it is two cache lines, and both blocks of a step stay in the second-level cache of a
/// core up to N = 4,000 or so, in the third above.
pub(crate) const WIDTH: usize = 16;

/// Terms of the Taylor series after the identity.
pub(crate) const TERMS: usize = 18;

/// `Σ_{k > 18} 1/k!`: what the series leaves of any entry of `e^P`, rounded up.
pub(crate) const REMAINDER: f64 = 8.7e-18;

/// A square matrix without negative entries whose rows sum to at most 1, compressed by row.
#[derive(Clone, Debug)]
pub(crate) struct Stochastic {
    /// Where every row begins, and the last one ends.
    pub(crate) starts: Vec<usize>,
    pub(crate) columns: Vec<u32>,
    pub(crate) entries: Vec<f64>,
}

impl Stochastic {
    pub(crate) fn size(&self) -> usize {
        self.starts.len() - 1
    }

    /// Computes [`WIDTH`] columns of `e^P` from column `first`, those beyond the last zero: `[N, WIDTH]` by row.
    ///
    /// Horner's rule on the Taylor series, `Y ← I + P Y / k` for k from 18 to 1. Every sum is of numbers that are not
    /// negative, so that nothing cancels: an entry is exact to [`REMAINDER`] plus rounding in proportion to itself.
    pub(crate) fn exponential_columns(&self, first: usize) -> Vec<[f64; WIDTH]> {
        let size = self.size();
        let mut source = vec![[0.0; WIDTH]; size];
        let mut target = source.clone();
        let width = WIDTH.min(size - first);
        (0..width).for_each(|lane| source[first + lane][lane] = 1.0);
        for term in (1..=TERMS).rev() {
            let factor = 1.0 / term as f64;
            Arch::new().dispatch(Multiply { matrix: self, factor, source: &source, target: &mut target });
            (0..width).for_each(|lane| target[first + lane][lane] += 1.0);
            std::mem::swap(&mut source, &mut target);
        }
        source
    }
}

/// `target = factor P source`.
struct Multiply<'a> {
    matrix: &'a Stochastic,
    factor: f64,
    source: &'a [[f64; WIDTH]],
    target: &'a mut [[f64; WIDTH]],
}

impl WithSimd for Multiply<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        let Self { matrix, factor, source, target } = self;
        for (target, range) in target.iter_mut().zip(matrix.starts.windows(2)) {
            let mut sum = [0.0; WIDTH];
            let columns = &matrix.columns[range[0]..range[1]];
            for (&column, &entry) in columns.iter().zip(&matrix.entries[range[0]..range[1]]) {
                let source = &source[column as usize];
                sum.iter_mut().zip(source).for_each(|(sum, source)| *sum += entry * source);
            }
            target.iter_mut().zip(sum).for_each(|(target, sum)| *target = sum * factor);
        }
    }
}
