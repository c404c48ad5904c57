//! Spectral radius, orthogonal matrices and scaling: known matrices and identities.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::Normals;
use numerics::{
    Mat, MatRef, NumericsError, eigenvalues, exponential, min_max, orthogonal, perron_root, spectral_radius,
};

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

/// The two routes to the radius of a matrix that is not negative.
fn assert_perron(matrix: &Mat<f64>, tolerance: f64, name: &str) {
    let (fast, general) = (perron_root(matrix.as_ref()).unwrap(), radius(matrix));
    assert!((fast - general).abs() <= tolerance * general, "{name}: {fast} {general}");
}

#[test]
fn the_perron_root_is_the_spectral_radius_of_matrices_that_are_not_negative() {
    for size in [1, 2, 24, 312, 632] {
        let mut normals = Normals::new(40 + size as u64);
        let dense = normals.matrix(size).map(|x| x.exp());
        assert_perron(&dense, 1e-12, "dense");
        let mut dominated = dense.map(|x| 0.001 * x);
        (0..size).for_each(|i| dominated[(i, i)] *= 200.0);
        assert_perron(&dominated, 1e-11, "near-diagonal");
        let sparse = normals.matrix(size).map(|&x| if x > 2.5 { x } else { 0.0 });
        if radius(&sparse) > 0.0 {
            assert_perron(&sparse, 1e-10, "sparse");
        }
    }
    let cycle = Mat::from_fn(24, 24, |i, j| if (i + 1) % 24 == j { 2.0 } else { 0.0 });
    assert_perron(&cycle, 1e-12, "cycle");
    // Two components of which the second, alone, decides.
    let blocks = Mat::from_fn(6, 6, |i, j| match (i / 3, j / 3) {
        (0, 0) => 1.0,
        (1, 1) => 7.0,
        (0, 1) => 100.0,
        _ => 0.0,
    });
    assert!((perron_root(blocks.as_ref()).unwrap() - 21.0).abs() < 1e-11);
    let small = Mat::from_fn(3, 3, |i, j| 1.0 + (i * j) as f64);
    for scale in [1e-300, 1e300] {
        let scaled = perron_root(small.map(|entry| scale * entry).as_ref()).unwrap();
        assert!((scaled / scale / radius(&small) - 1.0).abs() < 1e-12, "{scaled}");
    }
}

#[test]
fn a_network_without_a_directed_cycle_has_perron_root_zero_exactly() {
    for size in [0, 1, 2, 300] {
        let chain = Mat::from_fn(size, size, |i, j| if i + 1 == j { 3.0 } else { 0.0 });
        assert_eq!(perron_root(chain.as_ref()).unwrap(), 0.0);
        let feed_forward =
            Mat::from_fn(size, size, |i, j| if (i * 7) % 300 < (j * 7) % 300 { 1.0 } else { 0.0 });
        assert_eq!(perron_root(feed_forward.as_ref()).unwrap(), 0.0);
    }
    let mut chain = Mat::from_fn(300, 300, |i, j| if i + 1 == j { 1.0 } else { 0.0 });
    chain[(299, 0)] = 1.0;
    assert!((perron_root(chain.as_ref()).unwrap() - 1.0).abs() < 1e-12, "closed, it has one");
}

#[test]
fn a_perron_root_needs_finite_entries_that_are_not_negative() {
    let mut matrix = Mat::<f64>::ones(3, 3);
    matrix[(1, 2)] = -0.5;
    let error = perron_root(matrix.as_ref()).unwrap_err();
    assert!(matches!(error, NumericsError::Negative { row: 1, column: 2, .. }), "{error}");
    matrix[(1, 2)] = f64::NAN;
    assert!(matches!(perron_root(matrix.as_ref()), Err(NumericsError::NotFinite { row: 1, column: 2, .. })));
    assert!(matches!(perron_root(Mat::zeros(2, 3).as_ref()), Err(NumericsError::NotSquare { .. })));
}

#[test]
fn eigenvalues_of_a_symmetric_circulant_matrix() {
    // 2 cos(2πk/N) of the ring.
    let ring = Mat::from_fn(12, 12, |i, j| f64::from(u8::from((i + 1) % 12 == j || (j + 1) % 12 == i)));
    let mut found = eigenvalues(ring.as_ref()).unwrap();
    found.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let mut expected: Vec<f64> =
        (0..12).map(|k| 2.0 * (std::f64::consts::TAU * f64::from(k) / 12.0).cos()).collect();
    expected.sort_by(f64::total_cmp);
    for ([real, imaginary], expected) in found.into_iter().zip(expected) {
        assert!((real - expected).abs() < 1e-13 && imaginary.abs() < 1e-13, "{real} {imaginary} {expected}");
    }
}
