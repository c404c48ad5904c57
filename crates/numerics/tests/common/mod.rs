//! Random matrices and comparisons that the tests share.
#![allow(dead_code, unreachable_pub, missing_docs)]

use numerics::{Mat, MatRef, Real, to_row_major};

/// Standard normals of a fixed seed (SplitMix64, Box-Muller).
pub struct Normals(u64);

impl Normals {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn draw(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    pub fn matrix(&mut self, size: usize) -> Mat<f64> {
        Mat::from_fn(size, size, |_, _| self.draw())
    }

    /// A matrix whose 1-norm and ∞-norm are both at least `norm`, and one of them `norm`.
    pub fn matrix_of_norm(&mut self, size: usize, norm: f64) -> Mat<f64> {
        let matrix = self.matrix(size);
        let factor = norm / one_norm(matrix.as_ref()).min(one_norm(matrix.transpose()));
        matrix.map(|entry| entry * factor)
    }
}

pub fn one_norm(matrix: MatRef<'_, f64>) -> f64 {
    matrix.col_iter().map(|column| column.iter().map(|entry| entry.abs()).sum()).fold(0.0, f64::max)
}

pub fn widen<T: Real>(matrix: MatRef<'_, T>) -> Mat<f64> {
    matrix.map(|entry| entry.to_f64())
}

pub fn narrow<T: Real>(matrix: MatRef<'_, f64>) -> Mat<T> {
    matrix.map(|&entry| T::from_f64(entry))
}

/// `max |a − b| / max |b|`.
pub fn relative_difference(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> f64 {
    fixtures::relative_difference(&to_row_major(a), &to_row_major(b))
}

/// `Σ a ⊙ b`.
pub fn inner(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> f64 {
    to_row_major(a).iter().zip(to_row_major(b)).map(|(a, b)| a * b).sum()
}
