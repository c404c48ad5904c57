//! Gradients of communicability and penalties against finite differences, at the size of the canonical field and
//! with rows of zeros.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{Normals, inner, narrow, relative_difference, widen};
use numerics::{Communicability, Mat, Penalty, PenaltyKind, PenaltyTerms, ZeroStrength, communicability};

const KINDS: [PenaltyKind; 4] = [
    PenaltyKind::Weight,
    PenaltyKind::Distance,
    PenaltyKind::Communicability,
    PenaltyKind::MatchedCommunicability,
];

/// Normals away from zero, so that a small step changes no sign, with the given rows zero.
fn weights(normals: &mut Normals, size: usize, zero_rows: &[usize]) -> Mat<f64> {
    let mut matrix = normals.matrix(size).map(|x| 0.05 * (x + 0.1 * x.signum()));
    for &row in zero_rows {
        (0..size).for_each(|column| matrix[(row, column)] = 0.0);
    }
    matrix
}

/// A direction that leaves zero entries zero.
fn direction(normals: &mut Normals, weights: &Mat<f64>) -> Mat<f64> {
    let size = weights.nrows();
    Mat::from_fn(size, size, |i, j| if weights[(i, j)] == 0.0 { 0.0 } else { normals.draw() })
}

fn differentiate(mut at: impl FnMut(f64) -> f64, step: f64) -> f64 {
    (8.0 * (at(step) - at(-step)) - (at(2.0 * step) - at(-2.0 * step))) / (12.0 * step)
}

fn moved(weights: &Mat<f64>, direction: &Mat<f64>, step: f64) -> Mat<f64> {
    Mat::from_fn(weights.nrows(), weights.ncols(), |i, j| weights[(i, j)] + step * direction[(i, j)])
}

#[test]
fn penalty_gradients_agree_with_finite_differences() {
    for (size, zero_rows) in
        [(1, &[][..]), (2, &[]), (24, &[]), (24, &[3, 20]), (312, &[]), (312, &[0, 7, 200])]
    {
        let mut normals = Normals::new(17);
        let weights = weights(&mut normals, size, zero_rows);
        let distance = Mat::from_fn(size, size, |_, _| normals.uniform());
        let empirical = normals.matrix(size).map(|x| 0.05 * x.abs());
        for (kind, distance) in
            KINDS.into_iter().flat_map(|kind| [(kind, None), (kind, Some(distance.as_ref()))])
        {
            let terms =
                PenaltyTerms { lambda: 0.3, lambda_emd: 0.1, distance, empirical: Some(empirical.as_ref()) };
            let mut penalty = Penalty::<f64>::new(kind, &terms).unwrap();
            let (_, gradient) = penalty.value_and_gradient(weights.as_ref()).unwrap();
            for _ in 0..3 {
                let direction = direction(&mut normals, &weights);
                // Sorting is not smooth: a smaller step passes fewer ties, of which each costs little.
                let step = if kind == PenaltyKind::MatchedCommunicability { 1e-7 } else { 1e-5 };
                let expected = differentiate(
                    |step| penalty.value(moved(&weights, &direction, step).as_ref()).unwrap(),
                    step,
                );
                let found = inner(gradient.as_ref(), direction.as_ref());
                let scale = gradient.norm_l2() * direction.norm_l2();
                let context = format!("{kind}, N {size}, {} zero rows", zero_rows.len());
                assert!((found - expected).abs() <= 1e-7 * scale, "{context}: {found} {expected} of {scale}");
            }
        }
    }
}

#[test]
fn the_communicability_part_of_a_matched_penalty_agrees_with_finite_differences() {
    // With λ = 0 nothing hides the gradient through the sorted entries.
    for (size, zero_rows) in [(24, &[][..]), (24, &[5]), (312, &[])] {
        let mut normals = Normals::new(19);
        let weights = weights(&mut normals, size, zero_rows);
        let empirical = Mat::from_fn(size, size, |_, _| normals.uniform() / size as f64);
        let terms = PenaltyTerms {
            lambda: 0.0,
            lambda_emd: 1.0,
            distance: None,
            empirical: Some(empirical.as_ref()),
        };
        let mut penalty = Penalty::<f64>::new(PenaltyKind::MatchedCommunicability, &terms).unwrap();
        let (_, gradient) = penalty.value_and_gradient(weights.as_ref()).unwrap();
        for _ in 0..3 {
            let direction = direction(&mut normals, &weights);
            let at = |step| penalty.value(moved(&weights, &direction, step).as_ref()).unwrap();
            let expected = differentiate(at, 1e-7);
            let found = inner(gradient.as_ref(), direction.as_ref());
            let scale = gradient.norm_l2() * direction.norm_l2();
            assert!((found - expected).abs() < 1e-5 * scale, "N {size}: {found} {expected} of {scale}");
        }
    }
}

#[test]
fn communicability_adjoints_agree_with_finite_differences_in_every_form() {
    for form in
        [ZeroStrength::Isolated, ZeroStrength::MATCHED, ZeroStrength::Added(0.5), ZeroStrength::PUBLISHED]
    {
        for (size, zero_rows) in [(1, &[][..]), (2, &[]), (24, &[]), (24, &[0, 9]), (120, &[4])] {
            let mut normals = Normals::new(23);
            let magnitudes = weights(&mut normals, size, zero_rows).map(|x| x.abs());
            // The columns of tiny strengths would drown all others in rounding.
            let given =
                Mat::from_fn(size, size, |_, j| if zero_rows.contains(&j) { 0.0 } else { normals.draw() });
            let recorded = Communicability::new(magnitudes.as_ref(), form).unwrap();
            assert_eq!(recorded.value(), communicability(magnitudes.as_ref(), form).unwrap());
            let gradient = recorded.adjoint(given.as_ref()).unwrap();
            let direction = direction(&mut normals, &magnitudes);
            let at = |step| {
                let moved = moved(&magnitudes, &direction, step);
                inner(given.as_ref(), communicability(moved.as_ref(), form).unwrap().as_ref())
            };
            let (expected, found) = (differentiate(at, 1e-5), inner(gradient.as_ref(), direction.as_ref()));
            // What the direction does not move does not count.
            let free =
                Mat::from_fn(
                    size,
                    size,
                    |i, j| if magnitudes[(i, j)] == 0.0 { 0.0 } else { gradient[(i, j)] },
                );
            let scale = free.norm_l2() * direction.norm_l2();
            assert!(
                (found - expected).abs() <= 1e-9 * scale,
                "{form:?}, N {size}: {found} {expected} of {scale}"
            );
        }
    }
}

#[test]
fn single_precision_gradients_follow_double_precision() {
    for zero_rows in [&[][..], &[3, 100]] {
        let mut normals = Normals::new(29);
        let weights = weights(&mut normals, 312, zero_rows);
        let distance = Mat::from_fn(312, 312, |_, _| normals.uniform());
        let terms =
            PenaltyTerms { lambda: 0.3, lambda_emd: 0.1, distance: Some(distance.as_ref()), empirical: None };
        let mut double = Penalty::<f64>::new(PenaltyKind::Communicability, &terms).unwrap();
        let mut single = Penalty::<f32>::new(PenaltyKind::Communicability, &terms).unwrap();
        let (value, gradient) = double.value_and_gradient(weights.as_ref()).unwrap();
        let (found, found_gradient) = single.value_and_gradient(narrow(weights.as_ref()).as_ref()).unwrap();
        assert!((found / value - 1.0).abs() < 1e-6, "{found} {value}");
        let error = relative_difference(widen(found_gradient.as_ref()).as_ref(), gradient.as_ref());
        assert!(error < 1e-5, "{error:e}");
    }
}

#[test]
fn rows_of_zeros_leave_everything_finite() {
    let mut normals = Normals::new(31);
    let mut zero = weights(&mut normals, 24, &[1, 2]);
    (zero[(5, 5)], zero[(6, 1)]) = (0.0, 0.0);
    let empirical = normals.matrix(24);
    let terms =
        PenaltyTerms { lambda: 0.3, lambda_emd: 0.1, distance: None, empirical: Some(empirical.as_ref()) };
    for kind in KINDS {
        for weights in [&zero, &Mat::zeros(24, 24)] {
            let mut penalty = Penalty::<f32>::new(kind, &terms).unwrap();
            let (value, gradient) = penalty.value_and_gradient(narrow(weights.as_ref()).as_ref()).unwrap();
            assert!(value.is_finite() && gradient.is_all_finite(), "{kind}");
            assert!(
                (0..24).all(|k| gradient[(1, k)] == 0.0)
                    && gradient[(5, 5)] == 0.0
                    && gradient[(6, 1)] == 0.0
            );
        }
    }
}
