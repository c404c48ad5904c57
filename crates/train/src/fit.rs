//! `train fit`: one network on the user's own trials.

mod source;

use std::{collections::BTreeMap, path::PathBuf, sync::atomic::AtomicBool};

use anyhow::Context;
use artifact::{Artifact, Column, Draft, Fingerprint, Kind, Lock, Measures, Recipe, Table};
use candle_core::Device;
use clap::Args;
use cortex::stream;
use numerics::{Mat, Penalty, PenaltyKind, PenaltyTerms};
use serde_json::json;
use stage::Console;
use tasks::Trials;

use crate::{
    network::Weights,
    penalty::PenaltyTerm,
    plan::STAGE_VERSION,
    store,
    trainer::{Outcome, Schedule, TrialSets, train},
};
use source::Source;

/// Arguments of `fit`.
#[derive(Args, Clone, Debug)]
pub struct FitArguments {
    /// Trials `x` [trials, steps, inputs] and `y`, one-hot [trials, outputs] or integer labels [trials]
    #[arg(long, value_name = "FILE[:PREFIX]")]
    trials: Source,
    /// Initial kernel, recurrent_kernel, bias, readout_kernel and readout_bias
    #[arg(long, value_name = "FILE[:PREFIX]")]
    initial: Source,
    /// Penalty on the recurrent kernel: W, WD, WDC or WDC*
    #[arg(long, value_name = "KIND", value_parser = penalty_kind)]
    penalty: PenaltyKind,
    /// Distance [units, units] of the penalty; ones unless given
    #[arg(long, value_name = "FILE:TENSOR")]
    distance: Option<Source>,
    /// Communicability [units, units] that WDC* draws to
    #[arg(long, value_name = "FILE:TENSOR")]
    empirical: Option<Source>,
    /// Clip recurrent weights at zero after every step
    #[arg(long)]
    positive: bool,
    /// Trials in a batch
    #[arg(long, value_name = "N", default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..))]
    batch: u32,
    /// Passes over the trials
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    epochs: u32,
    /// Standard deviation of Gaussian noise added to inputs
    #[arg(long, value_name = "SD", default_value_t = 0.05, value_parser = not_negative)]
    noise: f64,
    /// Adam's learning rate
    #[arg(long, value_name = "RATE", default_value_t = 0.001, value_parser = not_negative)]
    learning_rate: f64,
    /// Strength λ of the penalty
    #[arg(long, value_name = "STRENGTH", default_value_t = 0.3, value_parser = not_negative)]
    lambda: f64,
    /// Strength λ_EMD of the distance between communicabilities, in WDC*
    #[arg(long, value_name = "STRENGTH", default_value_t = 0.1, value_parser = not_negative)]
    lambda_emd: f64,
    /// Seed of the noise
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Folder of the result: runs, history and steps.parquet, weights.safetensors
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
}

/// Trains one network and writes it as an artifact; what lay at `--output` before is replaced if it was one too.
///
/// # Errors
/// Files that cannot be read, tensors that are missing, of a wrong shape or not finite, labels that name no
/// output; each names file and tensor.
pub fn fit(arguments: &FitArguments) -> anyhow::Result<()> {
    if arguments.output.exists() {
        Artifact::manifest_of(&arguments.output, Kind::Fit)
            .with_context(|| format!("{} is there and no result of fit", arguments.output.display()))?;
    }
    let initial = arguments.initial.weights()?;
    let trials = arguments.trials.trials(&initial)?;
    let units = initial.units;
    let matrix = |source: &Option<Source>| source.as_ref().map(|source| source.square(units)).transpose();
    let (distance, empirical) = (matrix(&arguments.distance)?, matrix(&arguments.empirical)?);
    let terms = PenaltyTerms {
        lambda: arguments.lambda,
        lambda_emd: arguments.lambda_emd,
        distance: distance.as_ref().map(Mat::as_ref),
        empirical: empirical.as_ref().map(Mat::as_ref),
    };
    let penalty = PenaltyTerm::new(Penalty::new(arguments.penalty, &terms)?);
    let schedule = Schedule {
        epochs: arguments.epochs,
        batch: arguments.batch as usize,
        learning_rate: arguments.learning_rate,
        input_noise: arguments.noise,
        positive: arguments.positive,
    };
    let outcome = train(
        &initial,
        TrialSets { training: &trials, validation: None, test: None },
        &penalty,
        schedule,
        stream(arguments.seed, &["fit", "input-noise"]),
        &Device::Cpu,
        &AtomicBool::new(false),
    )?;
    let _lock = Lock::acquire(&arguments.output, |_| {})?;
    let mut draft = Draft::begin(&arguments.output)?;
    write(&mut draft, &arguments.penalty.to_string(), &initial, &outcome)?;
    draft.commit(&arguments.recipe(&initial, &trials, distance.as_ref(), empirical.as_ref()))?;
    Console::new(false).result(match outcome.last_epoch().and_then(|epoch| epoch.measures.train_accuracy) {
        Some(accuracy) => format!("{}: accuracy {accuracy:.3}", arguments.output.display()),
        None => format!("{}: diverged after {} steps", arguments.output.display(), outcome.losses.len()),
    });
    Ok(())
}

fn write(draft: &mut Draft, penalty: &str, initial: &Weights, outcome: &Outcome) -> anyhow::Result<()> {
    let last = outcome.last_epoch();
    let runs = Table::new()
        .with("variant", Column::Text(vec![penalty.to_owned()]))
        .with("status", Column::Text(vec![outcome.status().name().to_owned()]))
        .with("epochs", Column::U32(vec![outcome.epochs.len() as u32]))
        .with_measures(&[last.map_or_else(Measures::default, |epoch| epoch.measures)])
        .with("penalty", Column::OptionalF64(vec![last.map(|epoch| epoch.penalty)]))
        .with("weights", Column::Text(vec![store::WEIGHTS.to_owned()]));
    let measures: Vec<Measures> = outcome.epochs.iter().map(|epoch| epoch.measures).collect();
    let history = Table::new()
        .with("epoch", Column::U32((1..=measures.len() as u32).collect()))
        .with_measures(&measures)
        .with(
            "penalty",
            Column::OptionalF64(outcome.epochs.iter().map(|epoch| Some(epoch.penalty)).collect()),
        );
    let finite = |loss: &f64| loss.is_finite().then_some(*loss);
    let steps = Table::new()
        .with("step", Column::U32((0..outcome.losses.len() as u32).collect()))
        .with("loss", Column::OptionalF64(outcome.losses.iter().map(finite).collect()));
    draft.table(store::RUNS, &runs)?;
    draft.table(store::HISTORY, &history)?;
    draft.table("steps.parquet", &steps)?;
    draft.tensors(store::WEIGHTS, &store::tensors(initial, &outcome.weights))?;
    Ok(())
}

impl FitArguments {
    fn recipe(
        &self,
        initial: &Weights,
        trials: &Trials,
        distance: Option<&Mat<f64>>,
        empirical: Option<&Mat<f64>>,
    ) -> Recipe {
        let labels: Vec<f64> = trials.labels.iter().map(|&label| f64::from(label)).collect();
        let values: Vec<f32> = initial.parts().into_iter().flat_map(|(_, values)| values.to_vec()).collect();
        let fingerprint = |matrix: &Mat<f64>| Fingerprint::of_f64(&numerics::to_row_major(matrix.as_ref()));
        let mut inputs = BTreeMap::from([
            ("trials.x".to_owned(), Fingerprint::of_f32(&trials.inputs)),
            ("trials.y".to_owned(), Fingerprint::of_f64(&labels)),
            ("initial".to_owned(), Fingerprint::of_f32(&values)),
        ]);
        inputs.extend(distance.map(|matrix| ("distance".to_owned(), fingerprint(matrix))));
        inputs.extend(empirical.map(|matrix| ("empirical".to_owned(), fingerprint(matrix))));
        let settings = json!({
            "penalty": self.penalty.to_string(),
            "positive": self.positive,
            "batch": self.batch,
            "epochs": self.epochs,
            "noise": self.noise,
            "learning_rate": self.learning_rate,
            "lambda": self.lambda,
            "lambda_emd": self.lambda_emd,
        });
        Recipe { kind: Kind::Fit, stage_version: STAGE_VERSION, seed: self.seed, settings, inputs }
    }
}

fn penalty_kind(text: &str) -> Result<PenaltyKind, String> {
    use PenaltyKind::{Communicability, Distance, MatchedCommunicability, Weight};
    [Weight, Distance, Communicability, MatchedCommunicability]
        .into_iter()
        .find(|kind| kind.to_string() == text)
        .ok_or_else(|| "use W, WD, WDC or WDC*".to_owned())
}

fn not_negative(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        _ => Err("expected a number that is not negative".to_owned()),
    }
}
