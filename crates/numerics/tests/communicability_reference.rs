//! Communicability against SciPy, and against what the study reports of a real field.
//!
//! ```python
//! def communicability(w, epsilon=0.0):
//!     a = np.abs(w)
//!     s = a.sum(1)
//!     s = np.where(s == 0, 1e-10, s) if epsilon == 0.0 else s + epsilon
//!     c = scipy.linalg.expm(a / np.sqrt(np.outer(s, s)))
//!     np.fill_diagonal(c, 0)
//! ```
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{narrow, relative_difference, widen};
use fixtures::{Golden, microns_folder};
use numerics::{Connectome, ZeroStrength, communicability, row_major, to_row_major};

#[test]
fn the_golden_weights_have_scipys_communicability() {
    let golden = Golden::open("penalties");
    let (weights, expected) = (golden.tensor("w"), golden.tensor("communicability"));
    let (weights, expected) =
        (row_major(&weights.values, 24, 24).unwrap(), row_major(&expected.values, 24, 24).unwrap());
    for form in [ZeroStrength::Isolated, ZeroStrength::MATCHED, ZeroStrength::PUBLISHED] {
        let result = communicability(weights, form).unwrap();
        assert!(relative_difference(result.as_ref(), expected) < 1e-10, "{form:?}");
        let single = communicability(narrow::<f32>(weights).as_ref(), form).unwrap();
        assert!(relative_difference(widen(single.as_ref()).as_ref(), expected) < 1e-6, "{form:?} f32");
    }
}

#[test]
fn the_golden_connectome_has_the_published_communicability() {
    let golden = Golden::open("priors");
    let (counts, expected) = (golden.tensor("connectome"), golden.tensor("communicability_empirical"));
    let counts = row_major(&counts.values, 24, 24).unwrap();
    let connectome = Connectome::from_dense(counts).unwrap();
    assert_eq!(connectome.to_dense(), counts);
    assert_eq!(connectome.out_degrees()[3], 0);
    let expected = row_major(&expected.values, 24, 24).unwrap();
    let published = connectome.communicability(ZeroStrength::PUBLISHED).unwrap();
    assert!(relative_difference(published.as_ref(), expected) < 1e-10);
    // Entry by entry: those of zero-strength columns are 1e5 times the others.
    for (&found, &expected) in to_row_major(published.as_ref()).iter().zip(&to_row_major(expected)) {
        assert!((found - expected).abs() < 1e-10 * expected.max(1.0), "{found} {expected}");
    }
    let sound = connectome.communicability(ZeroStrength::SOUND).unwrap();
    assert!((0..24).all(|k| sound[(3, k)] == 0.0 && sound[(k, 3)] == 0.0));
}

#[test]
fn the_canonical_field_has_the_reported_extremes() {
    let Some(folder) = microns_folder() else { return };
    let text = std::fs::read_to_string(folder.join("6_6_2/connectome_6_6_2.csv")).unwrap();
    let rows: Vec<Vec<f64>> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').skip(1).map(|count| count.parse().unwrap()).collect())
        .collect();
    let pairs = rows
        .iter()
        .enumerate()
        .flat_map(|(i, row)| row.iter().enumerate().map(move |(j, &count)| (i, j, count)));
    let connectome = Connectome::new(rows.len(), pairs).unwrap();
    assert_eq!((connectome.neurons(), connectome.edges()), (312, 316));
    assert_eq!(connectome.out_degrees().iter().filter(|&&degree| degree == 0).count(), 166);
    assert_eq!(connectome.in_degrees().iter().sum::<usize>(), 316);
    let largest = |form| connectome.communicability(form).unwrap().norm_max();
    let (published, sound) = (largest(ZeroStrength::PUBLISHED), largest(ZeroStrength::SOUND));
    assert!((published / 1.4e5 - 1.0).abs() < 0.05, "{published}");
    assert!((sound - 1.53).abs() < 0.005, "{sound}");
}
