//! The spectral radius of matrices without negative entries.

use faer::{
    Accum, Mat, MatRef, Par, Spec,
    dyn_stack::{MemBuffer, MemStack},
    linalg::lu::partial_pivoting::{
        factor::{lu_in_place, lu_in_place_scratch},
        solve::{solve_in_place, solve_in_place_scratch},
    },
};

use crate::{
    NumericsError,
    components::strong_components,
    matrix::{check_finite, multiply, square},
    spectral_radius,
};

const NAME: &str = "the matrix of a spectral radius";

/// Relative width of the interval that a radius is enclosed in.
const TOLERANCE: f64 = 1e-13;

/// Products with the matrix before the first factorisation; each costs a hundredth of one or less.
const PRODUCTS: usize = 12;

/// Factorisations before the general method takes over; the convergence is quadratic, so that six or so will do.
const FACTORISATIONS: usize = 24;

/// Computes the spectral radius of a matrix without negative entries.
///
/// The radius is the largest of those of the strongly connected components. Within one, which is irreducible, every
/// positive vector x encloses it: `min (Ax)_i / x_i ≤ ρ ≤ max (Ax)_i / x_i`. Products with A and then Noda's
/// iteration `x ← (ρ̄ I − A)⁻¹ x`, with ρ̄ the upper end, narrow the interval to 1e-13 of the radius. A network
/// without a directed cycle has radius 0 exactly, where eigenvalues would have the N-th root of the rounding error.
///
/// `matrix` is `[N, N]`; the result has its unit, and is 0 for an empty matrix. About ten times faster than
/// [`spectral_radius`] at N = 632.
///
/// # Errors
/// [`NumericsError::NotSquare`]; [`NumericsError::NotFinite`] names the first entry that is NaN or infinite;
/// [`NumericsError::Negative`] the first that is negative; [`NumericsError::Eigenvalues`] if nothing converges.
///
/// Source: Collatz 1942, Math. Z. 48:221; Noda 1971, Numer. Math. 17:382.
pub fn perron_root(matrix: MatRef<'_, f64>) -> Result<f64, NumericsError> {
    let size = square(NAME, matrix)?;
    check_finite(NAME, matrix)?;
    for row in 0..size {
        if let Some(column) = (0..size).find(|&column| matrix[(row, column)] < 0.0) {
            let value = matrix[(row, column)];
            return Err(NumericsError::Negative { matrix: NAME, row, column, value });
        }
    }
    let mut radius = 0.0_f64;
    for nodes in strong_components(matrix) {
        let own = match nodes[..] {
            [node] => matrix[(node, node)],
            _ => irreducible(&Mat::from_fn(nodes.len(), nodes.len(), |i, j| matrix[(nodes[i], nodes[j])]))?,
        };
        radius = radius.max(own);
    }
    Ok(radius)
}

/// The spectral radius of an irreducible matrix.
fn irreducible(matrix: &Mat<f64>) -> Result<f64, NumericsError> {
    let largest = matrix.norm_max();
    // Scaled, so that neither products nor pivots leave the range of f64.
    let scaled = matrix.map(|entry| entry / largest);
    let mut vector = Mat::<f64>::ones(scaled.nrows(), 1);
    for _ in 0..PRODUCTS {
        // The vector added to its product makes cyclic matrices converge too.
        vector = unit(&(product(&scaled, &vector) + &vector));
    }
    for _ in 0..FACTORISATIONS {
        let [low, high] = enclosure(&scaled, &vector);
        if high - low <= TOLERANCE * high {
            return Ok(f64::midpoint(low, high) * largest);
        }
        let next = unit(&solve_shifted(&scaled, high, &vector));
        if !next.col(0).iter().all(|&entry| entry > 0.0) {
            break;
        }
        vector = next;
    }
    spectral_radius(matrix.as_ref())
}

fn product(matrix: &Mat<f64>, vector: &Mat<f64>) -> Mat<f64> {
    let mut product = Mat::zeros(matrix.nrows(), 1);
    multiply(&mut product, Accum::Replace, matrix.as_ref(), vector.as_ref());
    product
}

/// The vector with a largest entry of 1; NaN if it has none.
fn unit(vector: &Mat<f64>) -> Mat<f64> {
    let largest = vector.norm_max();
    vector.map(|entry| entry / largest)
}

/// The smallest and the largest `(Ax)_i / x_i`.
fn enclosure(matrix: &Mat<f64>, vector: &Mat<f64>) -> [f64; 2] {
    let product = product(matrix, vector);
    let ratios = product.col(0).iter().zip(vector.col(0).iter()).map(|(product, entry)| product / entry);
    ratios.fold([f64::INFINITY, 0.0], |[low, high], ratio| [low.min(ratio), high.max(ratio)])
}

/// Solves `(shift I − A) y = x`.
fn solve_shifted(matrix: &Mat<f64>, shift: f64, vector: &Mat<f64>) -> Mat<f64> {
    let size = matrix.nrows();
    let mut factors =
        Mat::from_fn(size, size, |i, j| if i == j { shift - matrix[(i, j)] } else { -matrix[(i, j)] });
    let (mut forward, mut backward) = (vec![0_usize; size], vec![0_usize; size]);
    let scratch = lu_in_place_scratch::<usize, f64>(size, size, Par::Seq, Spec::default());
    let (_, permutation) = lu_in_place(
        factors.as_mut(),
        &mut forward,
        &mut backward,
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Spec::default(),
    );
    let mut solution = vector.clone();
    let scratch = solve_in_place_scratch::<usize, f64>(size, 1, Par::Seq);
    solve_in_place(
        factors.as_ref(),
        factors.as_ref(),
        permutation,
        solution.as_mut(),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
    );
    solution
}
