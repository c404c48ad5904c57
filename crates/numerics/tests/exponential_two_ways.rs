//! The matrix exponential against a plain Taylor series with heavy scaling, and its adjoint against the
//! derivative as a block of a larger exponential and against finite differences.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{Normals, inner, narrow, one_norm, relative_difference, widen};
use numerics::{Exponential, Mat, MatRef, Real, exponential};

/// `(Σ_{k ≤ 18} (A/2^s)^k / k!)^(2^s)` by Horner's rule, with `‖A‖ / 2^s ≤ 1/8`, where the last term is 2e-33.
/// The squarings act on `e^A − I`, as in `(I + X)² − I = 2X + X²`, while `X` is small, which saves digits.
fn heavily_scaled(matrix: MatRef<'_, f64>) -> Mat<f64> {
    let size = matrix.nrows();
    let squarings = (8.0 * one_norm(matrix)).max(1.0).log2().ceil() as usize;
    let scaled = matrix.map(|&entry| entry / (squarings as f64).exp2());
    let mut beyond = Mat::<f64>::zeros(size, size);
    for k in (1..=18).rev() {
        let factor = 1.0 / f64::from(k);
        beyond = (&scaled + &scaled * &beyond).map(|entry| entry * factor);
    }
    for _ in 0..squarings.min(3) {
        beyond = beyond.map(|entry| 2.0 * entry) + &beyond * &beyond;
    }
    let mut value = beyond + Mat::<f64>::identity(size, size);
    for _ in 3..squarings {
        value = &value * &value;
    }
    value
}

fn largest_error<T: Real>(size: usize, norm: f64) -> f64 {
    let matrix = narrow::<T>(Normals::new(size as u64).matrix_of_norm(size, norm).as_ref());
    let result = exponential(matrix.as_ref()).unwrap();
    relative_difference(
        widen(result.as_ref()).as_ref(),
        heavily_scaled(widen(matrix.as_ref()).as_ref()).as_ref(),
    )
}

const NORMS: [f64; 9] = [0.0, 1e-9, 1e-4, 0.04, 0.3, 1.0, 5.0, 40.0, 100.0];

#[test]
fn double_precision_agrees_with_heavy_scaling() {
    for size in [1, 2, 24, 312, 632] {
        for norm in NORMS {
            let error = largest_error::<f64>(size, norm);
            assert!(error < 1e-13, "N {size}, norm {norm}: {error:e}");
        }
    }
}

#[test]
fn single_precision_agrees_with_heavy_scaling_in_double_precision() {
    for size in [1, 2, 24, 312, 632] {
        for norm in NORMS {
            // e^-100, the only result at N = 1, is subnormal in f32.
            if size == 1 && norm > 87.0 {
                continue;
            }
            let error = largest_error::<f32>(size, norm);
            assert!(error < 2e-6, "N {size}, norm {norm}: {error:e}");
        }
    }
}

/// `‖a − b‖ / ‖b‖` in the Frobenius norm.
fn norm_difference(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> f64 {
    (a - b).norm_l2() / b.norm_l2()
}

#[test]
fn matrices_of_every_kind_agree_with_heavy_scaling() {
    let mut normals = Normals::new(3);
    let of_norm = |matrix: Mat<f64>, norm: f64| {
        let factor = norm / one_norm(matrix.as_ref()).min(one_norm(matrix.transpose()));
        matrix.map(|entry| entry * factor)
    };
    for size in [24, 312, 632] {
        let random = normals.matrix(size);
        let positive = random.map(|entry| entry.abs());
        let kinds = [
            ("positive", positive.clone()),
            ("skew-symmetric", Mat::from_fn(size, size, |i, j| random[(i, j)] - random[(j, i)])),
            ("triangular", Mat::from_fn(size, size, |i, j| if i <= j { random[(i, j)] } else { 0.0 })),
            ("nilpotent", Mat::from_fn(size, size, |i, j| if i < j { random[(i, j)] } else { 0.0 })),
            (
                "defective",
                Mat::from_fn(size, size, |i, j| match j.wrapping_sub(i) {
                    0 => 0.5,
                    1 => 1.0,
                    _ => 0.0,
                }),
            ),
            (
                "decaying",
                Mat::from_fn(size, size, |i, j| {
                    let total: f64 = positive.row(i).iter().sum();
                    if i == j { -total } else { positive[(i, j)] }
                }),
            ),
        ];
        for (kind, matrix) in kinds {
            let norms: &[f64] = match size {
                24 => &[1.0, 5.0, 40.0, 100.0],
                312 => &[5.0, 100.0],
                _ => &[100.0],
            };
            for &norm in norms {
                let matrix = of_norm(matrix.clone(), norm);
                let expected = heavily_scaled(matrix.as_ref());
                let error =
                    norm_difference(exponential(matrix.as_ref()).unwrap().as_ref(), expected.as_ref());
                assert!(error < 1e-13, "{kind}, N {size}, norm {norm}: {error:e}");
                let single = narrow::<f32>(matrix.as_ref());
                // A positive or defective matrix of norm 100 has an exponential beyond f32.
                let Ok(result) = exponential(single.as_ref()) else {
                    assert!(expected.norm_max() > 1e38, "{kind}, N {size}, norm {norm}");
                    continue;
                };
                let expected = heavily_scaled(widen(single.as_ref()).as_ref());
                let error = norm_difference(widen(result.as_ref()).as_ref(), expected.as_ref());
                assert!(error < 2e-6, "{kind}, N {size}, norm {norm}, f32: {error:e}");
            }
        }
    }
}

#[test]
fn symmetric_matrices_agree_with_their_eigenvalues() {
    for (size, norm) in [(2, 1.0), (24, 0.3), (24, 40.0), (312, 5.0), (312, 100.0)] {
        let random = Normals::new(7).matrix_of_norm(size, norm);
        let matrix = Mat::from_fn(size, size, |i, j| 0.5 * (random[(i, j)] + random[(j, i)]));
        let eigen = matrix.self_adjoint_eigen(faer::Side::Lower).unwrap();
        let (vectors, values) = (eigen.U(), eigen.S().column_vector());
        let scaled = Mat::from_fn(size, size, |i, j| vectors[(i, j)] * values[j].exp());
        let expected = scaled * vectors.transpose();
        let error = relative_difference(exponential(matrix.as_ref()).unwrap().as_ref(), expected.as_ref());
        assert!(error < 1e-13, "N {size}, norm {norm}: {error:e}");
    }
}

/// The derivative of the exponential at `matrix` in `direction`, the upper right block of
/// `exp([[A, E], [0, A]])` (Mathias 1996).
fn derivative(matrix: MatRef<'_, f64>, direction: MatRef<'_, f64>) -> Mat<f64> {
    let size = matrix.nrows();
    let block = Mat::from_fn(2 * size, 2 * size, |i, j| match (i < size, j < size) {
        (false, true) => 0.0,
        (true, false) => direction[(i, j - size)],
        _ => matrix[(i % size, j % size)],
    });
    heavily_scaled(block.as_ref()).submatrix(0, size, size, size).to_owned()
}

#[test]
fn the_adjoint_is_that_of_the_block_triangular_derivative() {
    for size in [1, 2, 24, 150] {
        for norm in NORMS {
            let mut normals = Normals::new(11 + size as u64);
            let matrix = normals.matrix_of_norm(size, norm);
            let (direction, given) = (normals.matrix(size), normals.matrix(size));
            let pushed = derivative(matrix.as_ref(), direction.as_ref());
            let pulled = Exponential::new(matrix.as_ref()).unwrap().adjoint(given.as_ref()).unwrap();
            let (left, right) =
                (inner(given.as_ref(), pushed.as_ref()), inner(pulled.as_ref(), direction.as_ref()));
            let scale = given.norm_l2() * pushed.norm_l2();
            assert!((left - right).abs() < 1e-12 * scale, "N {size}, norm {norm}: {left} {right} of {scale}");
        }
    }
}

#[test]
fn the_adjoint_is_the_derivative_at_the_transpose() {
    // L(A, ·)* = L(Aᵀ, ·), entry by entry.
    for (size, norm) in [(24, 0.0), (24, 1e-9), (24, 0.04), (24, 0.3), (24, 1.0), (24, 40.0), (120, 5.0)] {
        let mut normals = Normals::new(5);
        let (matrix, given) = (normals.matrix_of_norm(size, norm), normals.matrix(size));
        let expected = derivative(matrix.transpose(), given.as_ref());
        let pulled = Exponential::new(matrix.as_ref()).unwrap().adjoint(given.as_ref()).unwrap();
        let error = relative_difference(pulled.as_ref(), expected.as_ref());
        assert!(error < 1e-13, "N {size}, norm {norm}: {error:e}");

        let single = Exponential::new(narrow::<f32>(matrix.as_ref()).as_ref()).unwrap();
        let single = single.adjoint(narrow(given.as_ref()).as_ref()).unwrap();
        let error = relative_difference(widen(single.as_ref()).as_ref(), expected.as_ref());
        assert!(error < 1e-5, "N {size}, norm {norm}, f32: {error:e}");
    }
}

#[test]
fn the_adjoint_agrees_with_finite_differences() {
    for (size, norm) in [(2, 0.3), (24, 1e-4), (24, 1.0), (24, 5.0), (312, 1.0), (312, 5.0)] {
        let mut normals = Normals::new(13);
        let (matrix, given, direction) =
            (normals.matrix_of_norm(size, norm), normals.matrix(size), normals.matrix(size));
        let at = |step: f64| {
            let moved = Mat::from_fn(size, size, |i, j| matrix[(i, j)] + step * direction[(i, j)]);
            inner(given.as_ref(), exponential(moved.as_ref()).unwrap().as_ref())
        };
        // Fourth-order central differences.
        let step = 1e-3 / one_norm(direction.as_ref());
        let expected = (8.0 * (at(step) - at(-step)) - (at(2.0 * step) - at(-2.0 * step))) / (12.0 * step);
        let pulled = Exponential::new(matrix.as_ref()).unwrap().adjoint(given.as_ref()).unwrap();
        let found = inner(pulled.as_ref(), direction.as_ref());
        let scale = pulled.norm_l2() * direction.norm_l2();
        assert!(
            (found - expected).abs() < 1e-9 * scale,
            "N {size}, norm {norm}: {found} {expected} of {scale}"
        );
    }
}
