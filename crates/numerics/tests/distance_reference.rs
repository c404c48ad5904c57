//! Distances against SciPy.
//!
//! ```python
//! def measured_distance(positions):
//!     low, high = positions.min(0), positions.max(0)
//!     return squareform(pdist((positions - low) / (high - low)))
//! def published_distance(positions):
//!     rows = positions.reshape(3, -1)
//!     low, high = rows.min(1, keepdims=True), rows.max(1, keepdims=True)
//!     return squareform(pdist(((rows - low) / (high - low)).T))
//! def grid_distance(shape):
//!     x, y, z = np.meshgrid(*[np.arange(k) for k in shape])
//!     return squareform(pdist(np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1)))
//! ```
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::relative_difference;
use fixtures::Golden;
use numerics::{
    Mat, NumericsError, factor_grid, grid, grid_unit, measured, micrometre, published, row_major,
};

fn check(result: &Mat<f64>, name: &str) {
    let expected = Golden::open("priors").tensor(name);
    assert!(
        relative_difference(result.as_ref(), row_major(&expected.values, 24, 24).unwrap()) < 1e-12,
        "{name}"
    );
}

#[test]
fn golden_positions_have_scipys_distances() {
    let positions = Golden::open("priors").tensor("positions");
    let positions = row_major(&positions.values, 24, 3).unwrap();
    check(&measured(positions).unwrap(), "distance_measured");
    check(&published(positions).unwrap(), "distance_published");
    check(&grid([4, 3, 2]).unwrap(), "distance_grid");
}

#[test]
fn the_canonical_grid_has_the_reported_mean_distance() {
    let distance = grid([12, 13, 2]).unwrap();
    let mean = distance.as_ref().sum() / f64::from(312 * 311);
    assert!((mean - 6.6).abs() < 0.05, "{mean}");
}

#[test]
fn a_unit_grid_is_the_grid_with_scaled_axes() {
    // Points of [3, 1, 2]: z fastest, then x; y is an axis of one point.
    let point = |k: usize| [(k / 2) as f64 / 2.0, 0.0, (k % 2) as f64];
    let expected = Mat::from_fn(6, 6, |i, j| {
        point(i).iter().zip(point(j)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
    });
    assert!(relative_difference(grid_unit([3, 1, 2]).unwrap().as_ref(), expected.as_ref()) < 1e-15);
    assert_eq!(grid([1, 1, 1]).unwrap(), Mat::<f64>::zeros(1, 1));
    assert_eq!(grid_unit([5, 0, 2]).unwrap().shape(), (0, 0));
}

#[test]
fn micrometres_are_plain_distances() {
    let positions = [0.0, 0.0, 0.0, 3.0, 4.0, 12.0];
    let positions = row_major(&positions, 2, 3).unwrap();
    assert!((micrometre(positions).unwrap()[(0, 1)] - 13.0).abs() < 1e-14);
    assert!((measured(positions).unwrap()[(0, 1)] - 3.0_f64.sqrt()).abs() < 1e-15);
}

#[test]
fn an_axis_without_extent_contributes_nothing() {
    let positions = [1.0, 7.0, 2.0, 3.0, 7.0, 2.0, 2.0, 7.0, 2.0];
    let distance = measured(row_major(&positions, 3, 3).unwrap()).unwrap();
    assert_eq!((distance[(0, 1)], distance[(0, 2)], distance[(1, 2)]), (1.0, 0.5, 0.5));
    let one = measured(row_major(&positions[..3], 1, 3).unwrap()).unwrap();
    assert_eq!(one, Mat::<f64>::zeros(1, 1));
    assert_eq!(published(Mat::zeros(0, 3).as_ref()).unwrap().shape(), (0, 0));
}

#[test]
fn bad_positions_are_named() {
    let mut positions = Mat::<f64>::zeros(4, 3);
    positions[(2, 1)] = f64::NAN;
    for distance in [measured, published, micrometre] {
        let error = distance(positions.as_ref()).unwrap_err();
        assert!(matches!(error, NumericsError::NotFinite { row: 2, column: 1, .. }), "{error}");
        let error = distance(Mat::zeros(4, 2).as_ref()).unwrap_err();
        assert!(matches!(error, NumericsError::Shape { expected: (4, 3), found: (4, 2), .. }), "{error}");
    }
    positions[(2, 1)] = f64::MAX;
    positions[(3, 1)] = -f64::MAX;
    assert!(matches!(measured(positions.as_ref()), Err(NumericsError::Overflow { .. })));
    assert!(matches!(micrometre(positions.as_ref()), Err(NumericsError::Overflow { .. })));
    assert!(matches!(grid([usize::MAX, 2, 1]), Err(NumericsError::TooLarge { .. })));
    assert!(matches!(grid_unit([1 << 20, 1 << 20, 1]), Err(NumericsError::TooLarge { .. })));
}

#[test]
fn grids_are_factored_as_evenly_as_possible() {
    for count in 0..2000 {
        let [a, b, c] = factor_grid(count);
        assert!(a * b * c == count && a >= b && b >= c, "{count}: {a} {b} {c}");
        let surface = a * b + b * c + c * a;
        for x in (1..=count).filter(|x| count % x == 0) {
            for y in (1..=count / x).filter(|y| (count / x) % y == 0) {
                let z = count / x / y;
                assert!(surface <= x * y + y * z + z * x, "{count}: {a} {b} {c}, but {x} {y} {z}");
            }
        }
    }
    assert_eq!(
        [64, 27, 1, 97, 632].map(factor_grid),
        [[4, 4, 4], [3, 3, 3], [1, 1, 1], [97, 1, 1], [79, 4, 2]]
    );
}
