//! Closed forms and identities of the matrix exponential.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{Normals, relative_difference};
use numerics::{Exponential, Mat, MatRef, exponential};

fn value(matrix: &Mat<f64>) -> Mat<f64> {
    exponential(matrix.as_ref()).unwrap()
}

#[test]
fn empty_and_single_matrices_have_their_scalar_values() {
    assert_eq!(value(&Mat::zeros(0, 0)).shape(), (0, 0));
    let empty = Exponential::new(Mat::<f64>::zeros(0, 0).as_ref()).unwrap();
    assert_eq!(empty.adjoint(Mat::zeros(0, 0).as_ref()).unwrap().shape(), (0, 0));
    for x in [0.0_f64, -0.0, 1e-17, 1e-9, 1e-4, 0.03, 0.2, 1.0, -1.0, 5.0, -40.0, 100.0, 700.0] {
        let result = value(&Mat::full(1, 1, x))[(0, 0)];
        assert!((result / x.exp() - 1.0).abs() < 1e-15 * (1.0 + x.abs()), "e^{x} = {result}");
    }
}

#[test]
fn the_exponential_of_zero_is_exactly_the_identity() {
    let result = value(&Mat::zeros(24, 24));
    assert!(Mat::<f64>::identity(24, 24).as_ref() == result.as_ref());
}

#[test]
fn exponentials_of_a_matrix_and_its_negative_are_inverse() {
    let mut normals = Normals::new(1);
    for (size, norm) in
        [(2, 0.5), (24, 1e-9), (24, 0.01), (24, 0.2), (24, 1.0), (24, 5.0), (312, 1.0), (312, 20.0)]
    {
        let matrix = normals.matrix_of_norm(size, norm);
        let (plus, minus) = (value(&matrix), value(&matrix.map(|x| -x)));
        let product = &plus * &minus;
        let scale = common::one_norm(plus.as_ref()) * common::one_norm(minus.as_ref());
        let error = fixtures::largest_difference(
            &numerics::to_row_major(product.as_ref()),
            &numerics::to_row_major(Mat::<f64>::identity(size, size).as_ref()),
        );
        assert!(error < 1e-15 * scale, "N {size}, norm {norm}: {error:e} of {scale:e}");
    }
}

#[test]
fn nilpotent_matrices_end_their_series() {
    // Every Taylor polynomial used holds the series of a matrix whose square is zero.
    for x in [1e-12, 1e-5, 1e-3, 0.02, 0.2, 1.0, 64.0, 1e6] {
        let mut matrix = Mat::zeros(3, 3);
        (matrix[(0, 1)], matrix[(0, 2)]) = (x, -2.0 * x);
        let expected = Mat::<f64>::identity(3, 3) + &matrix;
        assert!(relative_difference(value(&matrix).as_ref(), expected.as_ref()) < 2e-15, "{x}");
    }
    let strictly_upper = Mat::from_fn(3, 3, |i, j| if j > i { 1.0 } else { 0.0 });
    let expected = [1.0, 1.0, 1.5, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0];
    let expected = MatRef::from_row_major_slice(&expected, 3, 3);
    assert!(relative_difference(value(&strictly_upper).as_ref(), expected) < 2e-15);
}

#[test]
fn diagonal_matrices_exponentiate_entry_by_entry() {
    for scale in [1e-9, 1e-3, 0.3, 1.0, 5.0, 40.0] {
        let entry = |i: usize| scale * (i as f64 / 11.5 - 1.0);
        let matrix = Mat::from_fn(24, 24, |i, j| if i == j { entry(i) } else { 0.0 });
        let expected = Mat::from_fn(24, 24, |i, j| if i == j { entry(i).exp() } else { 0.0 });
        assert!(
            relative_difference(value(&matrix).as_ref(), expected.as_ref()) < 1e-15 * (3.0 + scale),
            "{scale}"
        );
    }
}

#[test]
fn rotation_generators_give_rotations() {
    for angle in [1e-9, 0.1, 1.0, 3.0, 10.0, 100.0] {
        let matrix = Mat::from_fn(4, 4, |i, j| match (i, j) {
            (0, 1) | (2, 3) => angle * (1.0 + i as f64 / 4.0),
            (1, 0) | (3, 2) => -angle * (1.0 + j as f64 / 4.0),
            _ => 0.0,
        });
        let expected = Mat::from_fn(4, 4, |i, j| {
            let own = angle * (1.0 + (i - i % 2) as f64 / 4.0);
            match (i / 2 == j / 2, i == j) {
                (false, _) => 0.0,
                (true, true) => own.cos(),
                (true, false) => own.sin() * if j > i { 1.0 } else { -1.0 },
            }
        });
        assert!(relative_difference(value(&matrix).as_ref(), expected.as_ref()) < 1e-13, "{angle}");
    }
}

#[test]
fn defective_jordan_blocks_have_their_closed_form() {
    // e^(λI + N) = e^λ Σ_k N^k / k!
    for (size, eigenvalue, coupling) in
        [(2, 0.0, 1.0), (8, -1.0, 1.0), (24, 0.5, 1.0), (24, 3.0, 30.0), (24, 1e-3, 1e-3)]
    {
        let matrix = Mat::from_fn(size, size, |i, j| match j.wrapping_sub(i) {
            0 => eigenvalue,
            1 => coupling,
            _ => 0.0,
        });
        let term = |k: usize| (1..=k).fold(f64::exp(eigenvalue), |term, k| term * coupling / k as f64);
        let expected = Mat::from_fn(size, size, |i, j| if j >= i { term(j - i) } else { 0.0 });
        let error = relative_difference(value(&matrix).as_ref(), expected.as_ref());
        assert!(error < 1e-13, "N {size}, λ {eigenvalue}, coupling {coupling}: {error:e}");
    }
}

#[test]
fn row_major_and_column_major_arguments_agree() {
    let matrix = Normals::new(2).matrix_of_norm(24, 3.0);
    let values = numerics::to_row_major(matrix.as_ref());
    let row_major = numerics::row_major(&values, 24, 24).unwrap();
    assert!(relative_difference(exponential(row_major).unwrap().as_ref(), value(&matrix).as_ref()) < 1e-15);
}

#[test]
fn the_recorded_form_has_the_same_bits_and_reports_its_plan() {
    let mut normals = Normals::new(3);
    for (norm, degree, squarings) in
        [(1e-17, 1, 0), (1e-9, 2, 0), (1e-4, 4, 0), (0.04, 8, 0), (0.29, 12, 0), (1.0, 16, 0), (100.0, 24, 5)]
    {
        let matrix = normals.matrix_of_norm(24, norm);
        let recorded = Exponential::new(matrix.as_ref()).unwrap();
        assert_eq!((recorded.degree(), recorded.squarings()), (degree, squarings), "{norm}");
        assert!(recorded.value() == value(&matrix).as_ref());
    }
}
