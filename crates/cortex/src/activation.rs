use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How the rate of a unit follows its drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// `max(z, 0)`, of the study.
    #[default]
    Relu,
    /// `tanh z`.
    Tanh,
}

/// A string that names no activation.
#[derive(Debug, Error)]
#[error("unknown activation `{0}`: use relu or tanh")]
pub struct UnknownActivation(String);

impl Activation {
    /// All activations.
    pub const ALL: [Self; 2] = [Self::Relu, Self::Tanh];

    /// Name in configurations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relu => "relu",
            Self::Tanh => "tanh",
        }
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Activation {
    type Err = UnknownActivation;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|activation| activation.name() == text)
            .ok_or_else(|| UnknownActivation(text.to_owned()))
    }
}
