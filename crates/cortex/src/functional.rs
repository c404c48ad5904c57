use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A functional measure that multiplies into the functional initial weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FunctionalFactor {
    /// Pearson correlation of binned counts.
    Correlation,
    /// Inverse covariance of binned counts.
    Precision,
    /// Spike time tiling coefficient.
    Sttc,
}

/// A string that names no functional factor.
#[derive(Debug, Error)]
#[error("unknown factor `{0}`: use correlation, precision or sttc")]
pub struct UnknownFactor(String);

impl FunctionalFactor {
    /// Name in configurations and of the matrix in `priors.safetensors`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Correlation => "correlation",
            Self::Precision => "precision",
            Self::Sttc => "sttc",
        }
    }
}

impl fmt::Display for FunctionalFactor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for FunctionalFactor {
    type Err = UnknownFactor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Correlation, Self::Precision, Self::Sttc]
            .into_iter()
            .find(|factor| factor.name() == text)
            .ok_or_else(|| UnknownFactor(text.to_owned()))
    }
}
