use artifact::ArtifactError;
use cortex::Initialiser;
use graph::GraphError;
use numerics::NumericsError;
use thiserror::Error;

/// Why a field has no priors. Every message is one line.
#[derive(Debug, Error)]
pub enum PriorsError {
    /// An event time is NaN, infinite, negative, or earlier than the one before it.
    #[error(
        "event {event} of neuron {neuron} is at {time_s} s, after one at {previous_s} s; times must be finite, \
         not negative and ascending"
    )]
    EventTime {
        /// Index of the neuron.
        neuron: usize,
        /// Place in its train, from 0.
        event: usize,
        /// Its time, seconds.
        time_s: f64,
        /// The time before it, 0 for the first event.
        previous_s: f64,
    },
    /// Nothing was recorded.
    #[error("no neuron has an event")]
    NoEvents,
    /// The recording is cut into no bins, or into more than can be numbered.
    #[error(
        "a recording of {end_s} s has {bins} complete bins of {bin_seconds} s; between 1 and 2^53 are possible, \
         correct priors.bin_seconds"
    )]
    Bins {
        /// Length of the recording, seconds.
        end_s: f64,
        /// Width of a bin, seconds.
        bin_seconds: f64,
        /// Number of complete bins.
        bins: f64,
    },
    /// There is nothing to take functional measures from.
    #[error(
        "there are neither events nor released measures to make W* from; ingest the field from a source that has \
         one of them"
    )]
    NoFunction,
    /// The released measures lack one, or have it in another shape.
    #[error("released.safetensors: {0}; a field without events needs all three released measures")]
    Tensors(#[from] ArtifactError),
    /// A released matrix has an entry that is NaN or infinite.
    #[error("entry [{row}, {column}] of the released {measure} is {value}, expected a finite number")]
    Released {
        /// The measure.
        measure: &'static str,
        /// Row of the entry.
        row: usize,
        /// Column of the entry.
        column: usize,
        /// The entry.
        value: f64,
    },
    /// The grid of a field does not have as many points as the field has neurons.
    #[error("the grid {shape:?} has {points} points for {neurons} neurons; correct priors.grid")]
    Grid {
        /// Neurons of the field.
        neurons: usize,
        /// Shape that was asked for.
        shape: [usize; 3],
        /// Product of the shape.
        points: u128,
    },
    /// Functional weights cannot be scaled.
    #[error(
        "the product of the log-normal draw and the factors has {quantity} {value}, expected a positive number; \
         choose other factors for the arm"
    )]
    Vanishing {
        /// The mean or the spectral radius.
        quantity: &'static str,
        /// What it is.
        value: f64,
    },
    /// Weights cannot be scaled to a spectral radius.
    #[error(
        "{initialiser} has spectral radius 0 and cannot be scaled to {radius}; leave it out of the variants of this field",
        radius = crate::SPECTRAL_RADIUS
    )]
    NoRadius {
        /// The initialiser.
        initialiser: Initialiser,
    },
    /// A connectome cannot be scaled to a spectral radius.
    #[error(
        "{initialiser}: the connectome's {connections} connections form no directed cycle, so that it has spectral radius 0 and cannot be scaled to {radius}; leave it out of the variants of this field",
        radius = crate::SPECTRAL_RADIUS
    )]
    NoCycle {
        /// The initialiser.
        initialiser: Initialiser,
        /// Connected ordered pairs of neurons.
        connections: usize,
    },
    /// There are no event trains to rotate.
    #[error(
        "W~shifted rotates event trains, and this field has no event times; leave it out of the variants of this field"
    )]
    NothingToShift,
    /// A connectome cannot be rewired.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A covariance has a variance that is zero or negative.
    #[error(
        "neuron {neuron} has variance {value} in the covariance of a graphical lasso, expected a positive number"
    )]
    Variance {
        /// Index of the neuron.
        neuron: usize,
        /// Its variance.
        value: f64,
    },
    /// The penalty of a graphical lasso is not positive.
    #[error(
        "the penalty of the graphical lasso is {alpha}, expected a positive number; for none use \"inverse\""
    )]
    Penalty {
        /// The penalty.
        alpha: f64,
    },
    /// The sweeps of a graphical lasso did not converge.
    #[error(
        "the graphical lasso of {neurons} neurons did not converge in {sweeps} sweeps at alpha {alpha:e}: the penalty is \
         too small for a covariance this close to singular; set priors.precision to {{ graphical-lasso = ALPHA }} \
         with a larger one, or to \"inverse\""
    )]
    Unconverged {
        /// Neurons whose counts vary.
        neurons: usize,
        /// The penalty.
        alpha: f64,
        /// Sweeps made.
        sweeps: usize,
    },
    /// The recording is too short to be cut into folds.
    #[error(
        "{bins} bins of {neurons} neurons cannot be cross-validated in {folds} folds: two neurons must vary, together, \
         outside of each; set priors.precision to {{ graphical-lasso = ALPHA }} or \"inverse\""
    )]
    Folds {
        /// Neurons whose counts vary outside of every fold.
        neurons: usize,
        /// Number of bins.
        bins: u64,
        /// Number of folds.
        folds: usize,
    },
    /// No penalty of a cross-validation has a likelihood.
    #[error(
        "the graphical lasso of {neurons} neurons over {bins} bins did not converge in every fold at any penalty; set \
         priors.precision to {{ graphical-lasso = ALPHA }} or \"inverse\""
    )]
    Likelihood {
        /// Neurons whose counts vary outside of every fold.
        neurons: usize,
        /// Number of bins.
        bins: u64,
    },
    /// The eigenvalues of a covariance did not converge.
    #[error("the eigenvalues of the covariance of {neurons} neurons did not converge")]
    Eigenvalues {
        /// Rows of the covariance.
        neurons: usize,
    },
    /// A matrix is not what a computation needs.
    #[error(transparent)]
    Numerics(#[from] NumericsError),
}
