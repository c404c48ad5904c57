//! Bad input is an error that names what is wrong.
#![allow(clippy::unwrap_used, missing_docs)]

use numerics::{
    Communicability, Connectome, Exponential, Mat, NumericsError, Penalty, PenaltyKind, PenaltyTerms,
    ZeroStrength, communicability, exponential, min_max, orthogonal, row_major, spectral_radius,
    to_row_major,
};

const TERMS: PenaltyTerms<'_> =
    PenaltyTerms { lambda: 0.3, lambda_emd: 0.1, distance: None, empirical: None };

/// Every function of one matrix, as far as its error.
fn errors_of(matrix: &Mat<f64>) -> Vec<Option<NumericsError>> {
    let matrix = matrix.as_ref();
    let mut errors = vec![
        exponential(matrix).err(),
        Exponential::new(matrix).err(),
        communicability(matrix, ZeroStrength::Isolated).err(),
        Communicability::new(matrix, ZeroStrength::MATCHED).err(),
        spectral_radius(matrix).err(),
        orthogonal(matrix).err(),
    ];
    let empirical = Mat::zeros(matrix.nrows(), matrix.nrows());
    let terms = PenaltyTerms { empirical: Some(empirical.as_ref()), ..TERMS };
    for kind in [
        PenaltyKind::Weight,
        PenaltyKind::Distance,
        PenaltyKind::Communicability,
        PenaltyKind::MatchedCommunicability,
    ] {
        let mut penalty = Penalty::<f64>::new(kind, &terms).unwrap();
        errors.push(penalty.value_and_gradient(matrix).err());
    }
    errors
}

#[test]
fn matrices_that_are_not_square_are_refused() {
    for error in errors_of(&Mat::zeros(2, 3)) {
        assert!(matches!(error, Some(NumericsError::NotSquare { rows: 2, columns: 3, .. })), "{error:?}");
    }
}

#[test]
fn the_first_entry_that_is_not_finite_is_named() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut matrix = Mat::<f64>::ones(5, 5);
        (matrix[(3, 0)], matrix[(1, 4)], matrix[(1, 2)]) = (value, value, value);
        let mut errors = errors_of(&matrix);
        errors.push(min_max(matrix.as_ref()).err());
        for error in errors {
            assert!(matches!(error, Some(NumericsError::NotFinite { row: 1, column: 2, .. })), "{error:?}");
        }
    }
    let mut matrix = Mat::<f32>::zeros(2, 2);
    matrix[(1, 0)] = f32::NAN;
    let message = exponential(matrix.as_ref()).unwrap_err().to_string();
    assert_eq!(message, "entry [1, 0] of the matrix to exponentiate is NaN, expected a finite number");
}

#[test]
fn empty_and_single_matrices_are_no_errors() {
    assert!(errors_of(&Mat::zeros(0, 0)).iter().all(Option::is_none));
    assert!(errors_of(&Mat::zeros(1, 1)).iter().all(Option::is_none));
    assert!(errors_of(&Mat::ones(1, 1)).iter().all(Option::is_none));
}

#[test]
fn results_out_of_range_are_refused() {
    let overflow = |result: Option<NumericsError>| matches!(result, Some(NumericsError::Overflow { .. }));
    assert!(overflow(exponential(Mat::<f64>::full(2, 2, 1e3).as_ref()).err()));
    assert!(overflow(Exponential::new(Mat::<f32>::full(2, 2, 100.0).as_ref()).err()));
    assert!(overflow(exponential(Mat::<f64>::full(2, 2, f64::MAX).as_ref()).err()));
    assert!(overflow(
        communicability(Mat::<f64>::full(2, 2, f64::MAX).as_ref(), ZeroStrength::Isolated).err()
    ));
    assert!(exponential(Mat::<f64>::full(1, 1, -1e300).as_ref()).is_ok());
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let shape = |error: NumericsError| matches!(error, NumericsError::Shape { .. });
    let (three, four) = (Mat::<f64>::ones(3, 3), Mat::<f64>::ones(4, 4));
    assert!(shape(Exponential::new(three.as_ref()).unwrap().adjoint(four.as_ref()).unwrap_err()));
    let recorded = Communicability::new(three.as_ref(), ZeroStrength::Isolated).unwrap();
    assert!(shape(recorded.adjoint(four.as_ref()).unwrap_err()));

    let matched = PenaltyKind::MatchedCommunicability;
    let terms = PenaltyTerms { distance: Some(three.as_ref()), empirical: Some(four.as_ref()), ..TERMS };
    assert!(shape(Penalty::<f32>::new(matched, &terms).unwrap_err()));
    let mut penalty = Penalty::<f64>::new(PenaltyKind::Distance, &terms).unwrap();
    assert!(shape(penalty.value(four.as_ref()).unwrap_err()));
    let mut gradient = four.clone();
    assert!(shape(penalty.value_and_gradient_into(three.as_ref(), gradient.as_mut()).unwrap_err()));
    let error = Penalty::<f32>::new(matched, &TERMS).unwrap_err();
    assert_eq!(error.to_string(), "penalty WDC* needs the communicability of the connectome, none was given");

    assert!(matches!(row_major(&[1.0; 5], 2, 3), Err(NumericsError::Length { found: 5, .. })));
    assert!(matches!(row_major(&[1.0; 5], usize::MAX, 2), Err(NumericsError::Length { .. })));
    assert_eq!(to_row_major(row_major(&[1.0, 2.0], 1, 2).unwrap()), [1.0, 2.0]);
}

#[test]
fn settings_out_of_range_are_refused() {
    let ones = Mat::<f64>::ones(2, 2);
    for value in [-1.0, f64::NAN, f64::INFINITY] {
        for form in [ZeroStrength::Added(value), ZeroStrength::Replaced(value)] {
            let error = communicability(ones.as_ref(), form).unwrap_err();
            assert!(matches!(error, NumericsError::Setting { .. }), "{error}");
        }
        let error =
            Penalty::<f64>::new(PenaltyKind::Weight, &PenaltyTerms { lambda: value, ..TERMS }).unwrap_err();
        assert!(matches!(error, NumericsError::Setting { name: "lambda", .. }), "{error}");
    }
    let mut distance = ones.clone();
    distance[(0, 1)] = f64::NAN;
    let terms = PenaltyTerms { distance: Some(distance.as_ref()), ..TERMS };
    let error = Penalty::<f64>::new(PenaltyKind::Distance, &terms).unwrap_err();
    assert!(matches!(
        error,
        NumericsError::NotFinite { matrix: "the distance matrix", row: 0, column: 1, .. }
    ));
}

#[test]
fn synapses_out_of_range_are_named() {
    let error = Connectome::new(3, [(0, 1, 1.0), (0, 3, 1.0)]).unwrap_err();
    assert_eq!(error, NumericsError::NeuronOutOfRange { synapse: 1, pre: 0, post: 3, neurons: 3 });
    for count in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(Connectome::new(2, [(0, 1, count)]), Err(NumericsError::Count { synapse: 0, .. })));
    }
    let connectome = Connectome::new(2, [(0, 1, 1.0), (1, 0, 0.0), (0, 1, 2.0)]).unwrap();
    assert_eq!((connectome.edges(), connectome.strengths()), (1, vec![3.0, 0.0]));
    assert_eq!(Connectome::new(0, []).unwrap().communicability(ZeroStrength::SOUND).unwrap().shape(), (0, 0));
}
