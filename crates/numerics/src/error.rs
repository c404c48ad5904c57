//! What can be wrong with a matrix.

use crate::penalty::PenaltyKind;

/// Why a computation of this crate has no result.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NumericsError {
    /// A matrix that must be square is not.
    #[error("{matrix} must be square, found {rows} rows and {columns} columns")]
    NotSquare {
        /// The argument.
        matrix: &'static str,
        /// Rows found.
        rows: usize,
        /// Columns found.
        columns: usize,
    },
    /// A matrix has another shape than the ones it goes with.
    #[error("{matrix} must be {} × {}, found {} × {}", expected.0, expected.1, found.0, found.1)]
    Shape {
        /// The argument.
        matrix: &'static str,
        /// Rows and columns needed.
        expected: (usize, usize),
        /// Rows and columns found.
        found: (usize, usize),
    },
    /// A slice is too short or too long for the matrix it is to hold.
    #[error("{rows} × {columns} entries do not fit a slice of {found}")]
    Length {
        /// Rows asked for.
        rows: usize,
        /// Columns asked for.
        columns: usize,
        /// Length of the slice.
        found: usize,
    },
    /// An entry is NaN or infinite; the first in row-major order is named.
    #[error("entry [{row}, {column}] of {matrix} is {value}, expected a finite number")]
    NotFinite {
        /// The argument.
        matrix: &'static str,
        /// Row of the entry.
        row: usize,
        /// Column of the entry.
        column: usize,
        /// The entry, widened to f64.
        value: f64,
    },
    /// An entry is negative where none may be; the first in row-major order is named.
    #[error("entry [{row}, {column}] of {matrix} is {value}, expected a number not below 0")]
    Negative {
        /// The argument.
        matrix: &'static str,
        /// Row of the entry.
        row: usize,
        /// Column of the entry.
        column: usize,
        /// The entry.
        value: f64,
    },
    /// All entries are finite, and the result exceeds the range of the number type.
    #[error("{quantity} exceeds the range of its number type")]
    Overflow {
        /// What overflowed.
        quantity: &'static str,
    },
    /// A number that must be finite, and not negative, is not.
    #[error("{name} must be finite and not negative, found {value}")]
    Setting {
        /// The argument.
        name: &'static str,
        /// Its value.
        value: f64,
    },
    /// A strength is to be added to every neuron's, which a sparse communicability has no form for.
    #[error("a communicability by columns has no added strengths; compute the dense one")]
    AddedStrength,
    /// Distances of mean zero cannot be scaled to another mean.
    #[error("all {neurons} neurons lie at one place, so that distances cannot be scaled to mean {mean}")]
    OnePlace {
        /// Number of neurons.
        neurons: usize,
        /// Mean asked for.
        mean: f64,
    },
    /// A synapse names a neuron that does not exist.
    #[error(
        "synapse {synapse} joins neuron {pre} to {post}, but neurons are numbered 0 to {neurons} exclusive"
    )]
    NeuronOutOfRange {
        /// Position in the list of triplets.
        synapse: usize,
        /// Presynaptic index.
        pre: usize,
        /// Postsynaptic index.
        post: usize,
        /// Number of neurons.
        neurons: usize,
    },
    /// A synapse count is negative, NaN or infinite.
    #[error("synapse {synapse} has count {count}, expected a finite number not below 0")]
    Count {
        /// Position in the list of triplets.
        synapse: usize,
        /// Its count.
        count: f64,
    },
    /// The penalty compares with the connectome's communicability, and none was given.
    #[error("penalty {kind} needs the communicability of the connectome, none was given")]
    NoEmpirical {
        /// The penalty.
        kind: PenaltyKind,
    },
    /// A matrix of this many rows cannot be addressed.
    #[error("{matrix} of {rows} rows is too large")]
    TooLarge {
        /// The matrix.
        matrix: &'static str,
        /// Rows asked for; saturated where the product of a grid shape overflows.
        rows: usize,
    },
    /// The eigenvalue iteration did not converge.
    #[error("the eigenvalues of a {size} × {size} matrix did not converge")]
    Eigenvalues {
        /// Rows of the matrix.
        size: usize,
    },
}
