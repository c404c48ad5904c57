//! Spectral radius, orthogonal matrices and scaling: known matrices and identities.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::Normals;
use numerics::{Mat, MatRef, NumericsError, exponential, min_max, orthogonal, spectral_radius};

fn radius(matrix: &Mat<f64>) -> f64 {
    spectral_radius(matrix.as_ref()).unwrap()
}

#[test]
fn known_matrices_have_their_spectral_radius() {
    assert_eq!(radius(&Mat::zeros(0, 0)), 0.0);
    assert_eq!(radius(&Mat::zeros(7, 7)), 0.0);
    assert_eq!(radius(&Mat::full(1, 1, -3.0)), 3.0);
    let rotation = Mat::from_fn(2, 2, |i, j| [[3.0, -4.0], [4.0, 3.0]][i][j]);
    assert!((radius(&rotation) - 5.0).abs() < 1e-14);
    // A cyclic permutation times 2, a constant matrix, and a companion matrix of (x − 3)(x + 2)(x − 1).
    let cycle = Mat::from_fn(24, 24, |i, j| if (i + 1) % 24 == j { 2.0 } else { 0.0 });
    assert!((radius(&cycle) - 2.0).abs() < 1e-13);
    assert!((radius(&Mat::full(312, 312, 0.5)) - 156.0).abs() < 1e-10);
    let companion = [2.0, 5.0, -6.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    let companion = spectral_radius(MatRef::from_row_major_slice(&companion, 3, 3)).unwrap();
    assert!((companion - 3.0).abs() < 1e-13);
}

#[test]
fn row_stochastic_matrices_have_spectral_radius_one() {
    for size in [2, 24, 312, 632] {
        let mut normals = Normals::new(size as u64);
        let mut matrix = normals.matrix(size).map(|x| x.exp());
        for row in 0..size {
            let sum: f64 = (0..size).map(|column| matrix[(row, column)]).sum();
            (0..size).for_each(|column| matrix[(row, column)] /= sum);
        }
        assert!((radius(&matrix) - 1.0).abs() < 1e-11, "N {size}");
    }
}

#[test]
fn a_near_identity_of_small_positive_weights_has_its_spectral_radius() {
    // αI + β in every entry: α + Nβ, the shape of functional weights.
    let matrix = Mat::from_fn(632, 632, |i, j| if i == j { 0.26 + 0.001 } else { 0.001 });
    assert!((radius(&matrix) - (0.26 + 0.632)).abs() < 1e-12);
}

#[test]
fn the_spectral_radius_agrees_with_the_growth_of_powers() {
    // Gelfand: ρ = lim ‖A^k‖^(1/k), at k = 2^12, for a non-negative matrix, and e^ρ through the exponential.
    let matrix = Normals::new(4).matrix(100).map(|x| x.abs() / 100.0);
    let expected = radius(&matrix);
    assert!((radius(&exponential(matrix.as_ref()).unwrap()) / expected.exp() - 1.0).abs() < 1e-12);
    let (mut power, mut logarithm) = (matrix.clone(), 0.0);
    for squaring in 1..=12 {
        power = &power * &power;
        let norm = power.norm_l2();
        power = power.map(|x| x / norm);
        logarithm += norm.ln() / f64::from(squaring).exp2();
    }
    assert!((logarithm.exp() / expected - 1.0).abs() < 1e-3);
}

#[test]
fn orthogonal_matrices_are_the_q_of_a_qr_with_positive_diagonal() {
    for size in [1, 2, 24, 312] {
        let normal = Normals::new(6).matrix(size);
        let q = orthogonal(normal.as_ref()).unwrap();
        let product = q.transpose() * &q;
        let identity = Mat::<f64>::identity(size, size);
        assert!((&product - &identity).norm_max() < 1e-13, "N {size}");
        let r = q.transpose() * &normal;
        let scale = normal.norm_l2();
        for row in 0..size {
            assert!(r[(row, row)] > 0.0, "N {size}, diagonal {row}");
            assert!((0..row).all(|column| r[(row, column)].abs() < 1e-14 * scale), "N {size}, row {row}");
        }
        assert!((radius(&q) - 1.0).abs() < 1e-12);
    }
    assert_eq!(orthogonal(Mat::zeros(0, 0).as_ref()).unwrap().shape(), (0, 0));
    let rank_deficient = orthogonal(Mat::full(5, 5, 1.0).as_ref()).unwrap();
    assert!((rank_deficient.transpose() * &rank_deficient - Mat::<f64>::identity(5, 5)).norm_max() < 1e-14);
}

#[test]
fn scaling_reaches_exactly_zero_and_one() {
    let scaled = min_max(Normals::new(8).matrix(24).as_ref()).unwrap();
    assert_eq!((scaled.as_ref().min(), scaled.as_ref().max()), (Some(0.0), Some(1.0)));
    assert_eq!(min_max(Mat::full(2, 3, -4.0).as_ref()).unwrap(), Mat::<f64>::ones(2, 3));
    assert_eq!(min_max(Mat::zeros(0, 0).as_ref()).unwrap().shape(), (0, 0));
    let values = [2.0, 4.0, 3.0, 2.5];
    let scaled = min_max(MatRef::from_row_major_slice(&values, 2, 2)).unwrap();
    assert_eq!(numerics::to_row_major(scaled.as_ref()), [0.0, 1.0, 0.5, 0.25]);
    let wide = min_max(MatRef::from_row_major_slice(&[f64::MAX, -f64::MAX], 1, 2));
    assert!(matches!(wide, Err(NumericsError::Overflow { .. })));
}
