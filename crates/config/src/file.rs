//! The file as it is written: every key with its default.

use std::collections::BTreeMap;

use cortex::{Activation, FunctionalFactor, Protocol};
use serde::{Deserialize, Serialize};

use crate::LearningRateSchedule;

/// A whole `pipeline.toml`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct File {
    pub(crate) artifacts: String,
    pub(crate) seed: u64,
    pub(crate) source: Source,
    pub(crate) priors: Priors,
    pub(crate) train: Train,
    pub(crate) analyze: Analyze,
    pub(crate) arm: Vec<toml::Table>,
}

impl Default for File {
    fn default() -> Self {
        Self {
            artifacts: "artifacts".to_owned(),
            seed: 1,
            source: Source::default(),
            priors: Priors::default(),
            train: Train::default(),
            analyze: Analyze::default(),
            arm: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Source {
    pub(crate) kind: SourceKind,
    pub(crate) path: String,
    pub(crate) fields: OneOrMany,
    // The rest is for tables alone.
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) bundle: Option<String>,
    pub(crate) resolution_nm: Option<[f64; 3]>,
    pub(crate) angles: Option<String>,
    pub(crate) unit_of_nucleus: Option<String>,
    pub(crate) wiring: Option<String>,
    pub(crate) excitatory: bool,
    pub(crate) minimum_cc_abs: Option<f64>,
    pub(crate) areas: Vec<String>,
    pub(crate) layers: Vec<String>,
    pub(crate) proofread_axon: bool,
    pub(crate) activity: Activity,
}

/// How traces of deconvolved amplitudes become events.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Activity {
    pub(crate) events: String,
    pub(crate) threshold: f64,
    pub(crate) threshold_in: String,
    pub(crate) frame_rate: Option<f64>,
    pub(crate) delays: bool,
}

impl Default for Activity {
    fn default() -> Self {
        Self {
            events: "peaks".to_owned(),
            threshold: 1.0,
            threshold_in: "standard-deviations".to_owned(),
            frame_rate: None,
            delays: true,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SourceKind {
    Synthetic,
    Bundle,
    Tables,
}

impl Default for Source {
    fn default() -> Self {
        Self {
            kind: SourceKind::Synthetic,
            path: "data".to_owned(),
            fields: OneOrMany::Many(vec!["synthetic_64".to_owned()]),
            files: BTreeMap::new(),
            bundle: None,
            resolution_nm: None,
            angles: None,
            unit_of_nucleus: None,
            wiring: None,
            excitatory: false,
            minimum_cc_abs: None,
            areas: Vec::new(),
            layers: Vec::new(),
            proofread_axon: false,
            activity: Activity::default(),
        }
    }
}

/// A word such as `"all"`, or a list of names.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a name or a list of names")]
pub(crate) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// The word `"all"`, or a number.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected \"all\" or a number")]
pub(crate) enum WordOrCount {
    Word(String),
    Count(u32),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Priors {
    pub(crate) bin_seconds: f64,
    pub(crate) sttc_window_seconds: f64,
    pub(crate) precision: Precision,
    pub(crate) grid: BTreeMap<String, [usize; 3]>,
    pub(crate) largest_dense: usize,
}

impl Default for Priors {
    fn default() -> Self {
        Self {
            bin_seconds: 0.2,
            sttc_window_seconds: 0.1,
            precision: Precision::Name("graphical-lasso-cv".to_owned()),
            grid: BTreeMap::new(),
            largest_dense: 5000,
        }
    }
}

/// `"graphical-lasso-cv"`, `{ graphical-lasso = ALPHA }` or `"inverse"`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected \"graphical-lasso-cv\", { graphical-lasso = ALPHA } or \"inverse\"")]
pub(crate) enum Precision {
    Name(String),
    Penalised(Penalised),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Penalised {
    pub(crate) graphical_lasso: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Train {
    pub(crate) tasks: Vec<String>,
    pub(crate) variants: OneOrMany,
    pub(crate) simulations: u32,
    pub(crate) training_trials: usize,
    pub(crate) validation_trials: usize,
    pub(crate) test_trials: usize,
    pub(crate) epochs: u32,
    pub(crate) batch: usize,
    pub(crate) learning_rate: f64,
    pub(crate) input_noise: f64,
    pub(crate) lambda: Lambda,
    pub(crate) lambda_emd: f64,
    pub(crate) activation: Activation,
    pub(crate) time_constant_steps: f64,
    pub(crate) gradient_clip_norm: f64,
    pub(crate) learning_rate_schedule: LearningRateSchedule,
    pub(crate) weight_decay: f64,
    pub(crate) early_stopping_epochs: u32,
    pub(crate) snapshots: bool,
    pub(crate) keep_weights: WordOrCount,
    pub(crate) seeds: Vec<u64>,
    pub(crate) device: String,
    pub(crate) concurrent_runs: usize,
    pub(crate) memory_mb: u64,
}

impl Default for Train {
    fn default() -> Self {
        Self {
            tasks: cortex::Task::ALL.iter().map(|task| task.name().to_owned()).collect(),
            variants: OneOrMany::One("published".to_owned()),
            simulations: 20,
            training_trials: 5120,
            validation_trials: 2560,
            test_trials: 2560,
            epochs: 10,
            batch: 128,
            learning_rate: 0.001,
            input_noise: 0.05,
            lambda: Lambda::Strength(DEFAULT_LAMBDA),
            lambda_emd: 0.1,
            activation: Activation::Relu,
            time_constant_steps: 1.0,
            gradient_clip_norm: 0.0,
            learning_rate_schedule: LearningRateSchedule::Constant,
            weight_decay: 0.0,
            early_stopping_epochs: 0,
            snapshots: false,
            keep_weights: WordOrCount::Word("all".to_owned()),
            seeds: Vec::new(),
            device: "cpu".to_owned(),
            concurrent_runs: 0,
            memory_mb: 0,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Analyze {
    pub(crate) claims: Option<String>,
}

/// λ unless it is set.
const DEFAULT_LAMBDA: f64 = 0.3;

/// A number, or `{ matched = "VARIANT", strength = λ }`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a number or { matched = \"VARIANT\", strength = NUMBER }")]
pub(crate) enum Lambda {
    Strength(f64),
    Matched(Matched),
}

/// The variant whose initial penalty all have, and its λ.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Matched {
    pub(crate) matched: String,
    #[serde(default = "default_lambda")]
    pub(crate) strength: f64,
}

fn default_lambda() -> f64 {
    DEFAULT_LAMBDA
}

/// The keys that belong to an arm itself; its other keys override `[priors]` and `[train]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Arm {
    pub(crate) name: String,
    pub(crate) protocol: NamedOrCustomProtocol,
    pub(crate) factors: Vec<FunctionalFactor>,
    pub(crate) positive: bool,
}

impl Default for Arm {
    fn default() -> Self {
        Self {
            name: "main".to_owned(),
            protocol: NamedOrCustomProtocol::Named("published".to_owned()),
            factors: vec![FunctionalFactor::Correlation, FunctionalFactor::Sttc],
            positive: false,
        }
    }
}

/// `"published"`, `"described"`, or a table of switches (those left out are as published).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected \"published\", \"described\" or a table of protocol switches")]
pub(crate) enum NamedOrCustomProtocol {
    Named(String),
    Custom(Protocol),
}
