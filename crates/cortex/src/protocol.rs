use serde::{Deserialize, Serialize};

/// Coordinates that the measured distance `D*` is computed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coordinates {
    /// The N × 3 table flattened row by row into 3 × N, as the released code does.
    Published,
    /// Each axis scaled to \[0, 1\].
    Measured,
}

/// Spacing of the grid control `D`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GridSpacing {
    /// Integer spacing.
    Grid,
    /// The grid scaled per axis to \[0, 1\].
    GridUnit,
}

/// Strength of the penalty of a variant with neither D nor C.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Baseline {
    /// Strength 1: the released code leaves λ out.
    One,
    /// Strength λ, as for every other penalty.
    Lambda,
}

/// What `W!` does to the functional weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relabelling {
    /// Rows and columns are permuted together: the same graph under other names.
    Neurons,
    /// All entries are permuted.
    Entries,
}

/// How the connectome's communicability treats a neuron without outgoing synapses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmpiricalZeroStrength {
    /// Its strength becomes 1e-10.
    Published,
    /// Its row and column are zero.
    Sound,
}

/// Which accuracy a study reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportedAccuracy {
    /// Training accuracy of the last epoch, with input noise.
    Training,
    /// Accuracy on the test set, without input noise.
    Test,
}

/// How reports treat diverged runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DivergedRuns {
    /// They count with the accuracy of chance.
    Chance,
    /// They are counted apart and have no accuracy.
    Apart,
}

/// Which variants enter the analysis of variance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnalysedVariants {
    /// Those with communicability; the released code drops the others.
    WithCommunicability,
    /// All.
    All,
}

/// The switches in which the study's code and its text differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Protocol {
    /// Coordinates of `D*`.
    pub coordinates: Coordinates,
    /// Spacing of `D`.
    pub grid: GridSpacing,
    /// Penalty strength of the variant `W`.
    pub baseline: Baseline,
    /// Meaning of `W!`.
    pub relabelling: Relabelling,
    /// Zero strengths in `C_emp`.
    pub empirical_zero_strength: EmpiricalZeroStrength,
    /// Reported accuracy.
    pub accuracy: ReportedAccuracy,
    /// Diverged runs in reports.
    pub diverged: DivergedRuns,
    /// Variants in the analysis of variance.
    pub statistics: AnalysedVariants,
}

impl Protocol {
    /// What the released code does.
    pub const PUBLISHED: Self = Self {
        coordinates: Coordinates::Published,
        grid: GridSpacing::Grid,
        baseline: Baseline::One,
        relabelling: Relabelling::Neurons,
        empirical_zero_strength: EmpiricalZeroStrength::Published,
        accuracy: ReportedAccuracy::Training,
        diverged: DivergedRuns::Chance,
        statistics: AnalysedVariants::WithCommunicability,
    };

    /// What the study's text says.
    pub const DESCRIBED: Self = Self {
        coordinates: Coordinates::Measured,
        grid: GridSpacing::GridUnit,
        baseline: Baseline::Lambda,
        relabelling: Relabelling::Entries,
        empirical_zero_strength: EmpiricalZeroStrength::Sound,
        accuracy: ReportedAccuracy::Test,
        diverged: DivergedRuns::Apart,
        statistics: AnalysedVariants::All,
    };

    /// Name in tables: `published`, `described`, or `custom`.
    pub fn name(&self) -> &'static str {
        match *self {
            Self::PUBLISHED => "published",
            Self::DESCRIBED => "described",
            _ => "custom",
        }
    }
}

impl Default for Protocol {
    fn default() -> Self {
        Self::PUBLISHED
    }
}
