//! The matrix exponential against 60-digit values and SciPy, its adjoint against SciPy's Fréchet derivative, as
//! `tests/golden/exponential.py` makes them:
//!
//! ```python
//! exponential = mpmath's Taylor series to 60 digits after scaling, rounded once
//! scipy.linalg.expm(matrix), scipy.linalg.expm_frechet(matrix, direction, compute_expm=False)
//! ```
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{inner, narrow, one_norm, relative_difference, widen};
use fixtures::Golden;
use numerics::{Exponential, Mat, MatRef, exponential};

/// Random matrices are named by size and norm.
const CASES: [&str; 24] = [
    "one",
    "random.2.0.01",
    "random.2.1",
    "random.2.5",
    "random.2.40",
    "random.2.100",
    "random.3.0.01",
    "random.3.1",
    "random.3.5",
    "random.3.40",
    "random.3.100",
    "random.24.0.01",
    "random.24.1",
    "random.24.5",
    "random.24.40",
    "random.24.100",
    "nilpotent.3",
    "nilpotent.16",
    "defective.5",
    "defective.24",
    "triangular.12",
    "skewed.2",
    "decaying.12",
    "communicability.24",
];

fn matrix(golden: &Golden, case: &str, part: &str) -> Mat<f64> {
    let tensor = golden.tensor(&format!("{case}/{part}"));
    MatRef::from_row_major_slice(&tensor.values, tensor.shape[0], tensor.shape[1]).to_owned()
}

#[test]
fn double_precision_meets_the_exact_value_and_scipy_as_far_as_scipy_does() {
    let golden = Golden::open("exponential");
    for case in CASES {
        let result = exponential(matrix(&golden, case, "matrix").as_ref()).unwrap();
        let (exact, scipy) = (matrix(&golden, case, "exponential"), matrix(&golden, case, "scipy"));
        let error = relative_difference(result.as_ref(), exact.as_ref());
        assert!(error < 1e-13, "{case}: {error:e}");
        let scipys = relative_difference(scipy.as_ref(), exact.as_ref());
        let difference = relative_difference(result.as_ref(), scipy.as_ref());
        assert!(difference < 1e-13 + 2.0 * scipys, "{case}: {difference:e} from SciPy, itself {scipys:e}");
    }
}

#[test]
fn single_precision_meets_the_exponential_of_the_rounded_matrix() {
    let golden = Golden::open("exponential");
    for case in CASES {
        let rounded = narrow::<f32>(matrix(&golden, case, "matrix").as_ref());
        let result = exponential(rounded.as_ref()).unwrap();
        // The exponential of the rounded matrix itself: at norm 100 it is 1e-6 from that of the given one. Its f64
        // value is exact to 1e-13 by the test above.
        let expected = exponential(widen(rounded.as_ref()).as_ref()).unwrap();
        let error = relative_difference(widen(result.as_ref()).as_ref(), expected.as_ref());
        assert!(error < 2e-6, "{case}: {error:e}");
        let exact = matrix(&golden, case, "exponential");
        let sensitivity = 2e-6 + 2e-7 * one_norm(matrix(&golden, case, "matrix").as_ref());
        let error = relative_difference(widen(result.as_ref()).as_ref(), exact.as_ref());
        assert!(case == "skewed.2" || error < sensitivity, "{case}: {error:e} from the exact value");
    }
}

#[test]
fn the_adjoint_is_scipys_frechet_derivative_transposed() {
    let golden = Golden::open("exponential");
    for case in CASES {
        let (argument, direction) = (matrix(&golden, case, "matrix"), matrix(&golden, case, "direction"));
        let expected = matrix(&golden, case, "frechet");
        // L(A, E) is the adjoint of the derivative at Aᵀ, entry by entry.
        let pulled = Exponential::new(argument.transpose()).unwrap().adjoint(direction.as_ref()).unwrap();
        let error = relative_difference(pulled.as_ref(), expected.as_ref());
        assert!(error < 1e-8, "{case}: {error:e}");
        // And ⟨G, L(A, E)⟩ = ⟨adjoint(A, G), E⟩ for a G of its own.
        let given = Mat::from_fn(argument.nrows(), argument.ncols(), |i, j| ((3 * i + 5 * j) as f64).cos());
        let pulled = Exponential::new(argument.as_ref()).unwrap().adjoint(given.as_ref()).unwrap();
        let (left, right) =
            (inner(given.as_ref(), expected.as_ref()), inner(pulled.as_ref(), direction.as_ref()));
        let scale = given.norm_l2() * expected.norm_l2();
        assert!((left - right).abs() < 1e-8 * scale, "{case}: {left} {right} of {scale}");
    }
}
