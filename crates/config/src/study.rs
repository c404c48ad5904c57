use std::path::PathBuf;

use cortex::{FieldName, FunctionalFactor, Protocol, Task, Variant};
use serde::Serialize;

use crate::{TableSettings, TrainOptions};

/// A checked study.
#[derive(Clone, Debug)]
pub struct Study {
    /// The configuration file that it was read from.
    pub file: PathBuf,
    /// Folder of the artifacts.
    pub artifacts: PathBuf,
    /// Seed of every random stream.
    pub seed: u64,
    /// Where cortex comes from.
    pub source: Source,
    /// Settings of the field's measures.
    pub priors: PriorSettings,
    /// Arms, at least one, of distinct names.
    pub arms: Vec<Arm>,
    /// A file of claims instead of the study's.
    pub claims: Option<ClaimsFile>,
}

/// A file of claims, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimsFile {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// Where cortex comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// The embedded synthetic cortex.
    Synthetic {
        /// Fields `synthetic_N`.
        fields: Vec<FieldName>,
    },
    /// A folder in the layout of the study's released bundle.
    Bundle {
        /// The folder.
        path: PathBuf,
        /// Which of its fields.
        fields: FieldSelection,
    },
    /// A folder of MICrONS tables.
    Tables {
        /// The folder.
        path: PathBuf,
        /// Which of its fields.
        fields: FieldSelection,
        /// How they are read.
        settings: Box<TableSettings>,
    },
}

/// Which fields of a source a study uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldSelection {
    /// Every field that the source holds.
    All,
    /// These.
    Named(Vec<FieldName>),
}

/// Settings of functional measures and distances.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PriorSettings {
    /// Width of the bins that events are counted in, seconds.
    pub bin_seconds: f64,
    /// Half width of the window of the spike time tiling coefficient, seconds.
    pub sttc_window_seconds: f64,
    /// Estimator of the precision matrix.
    pub precision: PrecisionEstimator,
    /// Shapes of the grid control, by field; other fields get one by factorising N.
    pub grid: std::collections::BTreeMap<FieldName, [usize; 3]>,
    /// Neurons of the largest field that gets dense matrices; larger ones get sparse priors alone.
    pub largest_dense: usize,
}

/// Estimator of the precision matrix of binned counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrecisionEstimator {
    /// Inverse of the covariance.
    Inverse,
    /// Graphical lasso with this penalty, positive, events² per bin².
    GraphicalLasso(f64),
    /// Graphical lasso with a penalty chosen by cross-validation.
    GraphicalLassoCv,
}

/// Settings of training.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrainSettings {
    /// Tasks, in order, without repetition.
    pub tasks: Vec<Task>,
    /// Variants, in order, without repetition.
    pub variants: Vec<Variant>,
    /// Simulations of every variant and task.
    pub simulations: u32,
    /// Trials to train on.
    pub training_trials: usize,
    /// Trials to validate on after every epoch.
    pub validation_trials: usize,
    /// Trials to test on.
    pub test_trials: usize,
    /// Passes over the training trials.
    pub epochs: u32,
    /// Trials in a batch; divides the training trials.
    pub batch: usize,
    /// Adam's learning rate.
    pub learning_rate: f64,
    /// Standard deviation of the Gaussian noise added to inputs in training.
    pub input_noise: f64,
    /// Strength λ of the penalties.
    pub lambda: f64,
    /// The variant whose initial penalty, of strength λ, every other variant has too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched: Option<Variant>,
    /// Strength λ_EMD of the distance between communicabilities.
    pub lambda_emd: f64,
    /// What departs from the study's way to train.
    #[serde(flatten)]
    pub options: TrainOptions,
    /// How many simulations of every variant and task keep their weights; all, unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_weights: Option<u32>,
    /// Seed of every simulation's random streams, instead of the study's; none, or one a simulation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seeds: Vec<u64>,
    /// Where tensors live.
    #[serde(skip)]
    pub device: Device,
    /// Runs that train at once; 0 for one a core.
    #[serde(skip)]
    pub concurrent_runs: usize,
    /// Memory that runs at once may take, megabytes; 0 for most of what is free.
    #[serde(skip)]
    pub memory_mb: u64,
}

impl TrainSettings {
    /// The seed of a simulation's random streams, in a study of seed `study`.
    pub fn seed(&self, study: u64, simulation: u32) -> u64 {
        self.seeds.get(simulation as usize).copied().unwrap_or(study)
    }
}

impl TrainSettings {
    /// Whether the networks of a simulation keep their weights.
    pub fn keeps_weights(&self, simulation: u32) -> bool {
        self.keep_weights.is_none_or(|simulations| simulation < simulations)
    }

    /// The variants that need priors: those that are trained, and the one that penalties are matched to.
    pub fn variants_of_priors(&self) -> impl Iterator<Item = Variant> + '_ {
        self.variants.iter().copied().chain(self.matched)
    }
}

/// Where tensors live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// The processor.
    Cpu,
    /// An NVIDIA accelerator, with the cargo feature `cuda`.
    Cuda,
    /// An Apple accelerator, with the cargo feature `metal`.
    Metal,
}

impl std::str::FromStr for Device {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda),
            "metal" => Ok(Self::Metal),
            other => Err(format!("`{other}` is not cpu, cuda or metal")),
        }
    }
}

/// One arm of a study: a way to train all its variants and tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// Name, safe as a folder.
    pub name: String,
    /// The switches in which the study's code and text differ.
    pub protocol: Protocol,
    /// Functional factors of `W*`, at least one.
    pub factors: Vec<FunctionalFactor>,
    /// Whether recurrent weights are clipped at zero after every step.
    pub positive: bool,
    /// Prior settings with the arm's overrides.
    pub priors: PriorSettings,
    /// Training settings with the arm's overrides.
    pub train: TrainSettings,
}
