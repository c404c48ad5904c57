//! Bins at the edges of f64, from NumPy 2:
//!
//! ```python
//! edges = np.arange(int((max(times) + 0.1) / width) + 1) * width
//! np.flatnonzero(np.histogram(times, bins=edges)[0]), np.histogram(times, bins=edges)[0].sum(), len(edges) - 1
//! ```
#![allow(clippy::unwrap_used, missing_docs)]

use priors::{EventTrains, PriorsError, counts};

/// (occupied bins, all counted events, number of bins).
fn bins(times: &[f64], width: f64) -> (Vec<u64>, u32, u64) {
    let counts = counts(&EventTrains::new(vec![times.to_vec()]).unwrap(), width).unwrap();
    let occupied = counts.occupied(0);
    (occupied.iter().map(|&(bin, _)| bin).collect(), occupied.iter().map(|&(_, n)| n).sum(), counts.bins())
}

#[test]
fn times_on_computed_edges() {
    assert_eq!(
        bins(&[0.0, 0.2, 0.4, 0.6, 0.600_000_000_000_000_1, 0.8, 1.0], 0.2),
        (vec![0, 1, 2, 3, 4], 7, 5)
    );
    assert_eq!(bins(&[0.3, 0.6, 0.7, 0.9, 1.2, 1.4], 0.1), (vec![2, 5, 6, 9, 11, 13], 6, 15));
    assert_eq!(bins(&[0.5, 0.9], 0.5), (vec![1], 2, 2));
    assert_eq!(bins(&[0.4, 0.9, 0.95], 0.5), (vec![0, 1], 3, 2));
    assert_eq!(bins(&[0.2, 0.5], 0.2), (vec![1], 1, 2));
    assert_eq!(bins(&[1.1, 2.2, 3.3, 3.300_000_000_000_000_3], 1.1), (vec![1, 2], 4, 3));
}

#[test]
fn widths_that_do_not_fit_are_refused() {
    let events = EventTrains::new(vec![vec![0.3]]).unwrap();
    for width in [0.5, f64::INFINITY, 1e-300] {
        let error = counts(&events, width).unwrap_err();
        assert!(matches!(error, PriorsError::Bins { .. }), "{error}");
    }
    assert_eq!(counts(&events, 1e-12).unwrap().bins(), 400_000_000_000);
}
