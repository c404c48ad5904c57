use thiserror::Error;

/// Why an analysis could not be made.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum StatisticsError {
    /// A factor does not have one level for every observation.
    #[error("factor {factor} has {found} levels for {expected} observations, expected one each")]
    Length {
        /// The factor.
        factor: String,
        /// Levels given.
        found: usize,
        /// Observations given.
        expected: usize,
    },
    /// More factors than all interactions are formed of.
    #[error("{found} factors, expected at most {maximum}: all their interactions are formed")]
    TooManyFactors {
        /// Factors given.
        found: usize,
        /// Factors supported.
        maximum: usize,
    },
}
