//! `train fit`: one network on the user's own trials.

mod material;
mod options;
mod source;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::Context;
use artifact::{Artifact, Column, Decision, Draft, Kind, Lock, Measures, Recipe, Table, clear_remains_of};
use clap::Args;
use cortex::stream;
use numerics::{Mat, Penalty, PenaltyKind, PenaltyTerms};
use serde_json::json;
use stage::{Console, Stopped, UsageError};

use crate::{
    device,
    network::Weights,
    penalty::PenaltyTerm,
    plan::{self, STAGE_VERSION},
    signal::stop_on_signal,
    store,
    trainer::{Ending, Epoch, Outcome, TrialSets, Watch, train},
};
use material::Material;
use options::TrainingArguments;
use source::Source;

/// Arguments of `fit`.
#[derive(Args, Clone, Debug)]
pub struct FitArguments {
    /// Trials `x` [trials, steps, inputs] and `y`: one-hot [trials, outputs], integer labels [trials], or one or the
    /// other a step, [trials, steps, outputs] or [trials, steps]; then `mask` [trials, steps], if there, says where labels count
    #[arg(long, value_name = "FILE[:PREFIX]")]
    trials: Source,
    /// Trials to judge by after every epoch, without noise
    #[arg(long, value_name = "FILE[:PREFIX]")]
    validation: Option<Source>,
    /// Trials to judge by after the last epoch, without noise
    #[arg(long, value_name = "FILE[:PREFIX]")]
    test: Option<Source>,
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
    #[command(flatten)]
    training: TrainingArguments,
    /// Folder of the result: runs, history and steps.parquet, weights.safetensors
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// Train again even if the result is up to date
    #[arg(long)]
    force: bool,
    /// No progress, only the result and errors
    #[arg(long)]
    quiet: bool,
}

/// Trains one network and writes it as an artifact; what lay at `--output` before is replaced if it was one too, and
/// left alone if it is up to date.
///
/// # Errors
/// Files that cannot be read, tensors that are missing, of a wrong shape or not finite, labels that name no
/// output; each names file and tensor. Options that do not go together. A request to stop.
pub fn fit(arguments: &FitArguments) -> anyhow::Result<()> {
    let (output, console) = (&arguments.output, Console::new(arguments.quiet));
    if output.exists() {
        Artifact::manifest_of(output, Kind::Fit)
            .with_context(|| format!("{} is there and no result of fit", output.display()))?;
    }
    let schedule = arguments.training.schedule();
    if schedule.options.early_stopping_epochs.is_some() && arguments.validation.is_none() {
        return Err(
            UsageError("--early-stopping-epochs needs trials to judge by: --validation".to_owned()).into()
        );
    }
    let material = Material::read(arguments)?;
    let recipe = arguments.recipe(&material)?;
    clear_remains_of(output);
    let _lock = Lock::acquire(output, |holder| {
        console.say(format!("fit: {} is in use by {holder}; waiting", output.display()));
    })?;
    if !arguments.force && recipe.decide(output)? == Decision::UpToDate {
        console.result(format!("{} is up to date", output.display()));
        return Ok(());
    }
    let terms = PenaltyTerms {
        lambda: arguments.training.lambda,
        lambda_emd: arguments.training.lambda_emd,
        distance: material.distance.as_ref().map(Mat::as_ref),
        empirical: material.empirical.as_ref().map(Mat::as_ref),
    };
    let penalty = PenaltyTerm::new(Penalty::new(arguments.penalty, &terms)?);
    let outcome = train(
        &material.initial,
        TrialSets {
            training: &material.trials,
            validation: material.validation.as_ref(),
            test: material.test.as_ref(),
        },
        &penalty,
        schedule,
        stream(arguments.training.seed, &["fit", "input-noise"]),
        &device::open(arguments.training.device)?,
        &Observer { stop: stop_on_signal()?, console, epochs: schedule.epochs },
    )?;
    if outcome.ending == Ending::Interrupted {
        let steps = outcome.losses.len();
        return Err(Stopped(format!("nothing was written after {steps} steps")).into());
    }
    let mut draft = Draft::begin(output)?;
    write(&mut draft, arguments, &material.initial, &outcome)?;
    draft.commit(&recipe)?;
    console.result(match outcome.last_epoch().and_then(|epoch| epoch.measures.train_accuracy) {
        Some(accuracy) => format!("{}: accuracy {accuracy:.3}", output.display()),
        None => format!("{}: diverged after {} steps", output.display(), outcome.losses.len()),
    });
    Ok(())
}

/// Tells every epoch.
struct Observer {
    stop: Arc<AtomicBool>,
    console: Console,
    epochs: u32,
}

impl Watch for Observer {
    fn stops(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn epoch_over(&self, number: u32, epoch: &Epoch) {
        let of = |name, accuracy: Option<f64>| accuracy.map(|accuracy| format!("{name} {accuracy:.3}"));
        let Measures { train_accuracy, validation_accuracy, train_loss, .. } = epoch.measures;
        let shown =
            [of("loss", train_loss), of("accuracy", train_accuracy), of("validation", validation_accuracy)];
        let shown = shown.into_iter().flatten().collect::<Vec<_>>().join(", ");
        self.console.say(format!("fit: epoch {number} of {}: {shown}", self.epochs));
    }
}

fn write(
    draft: &mut Draft,
    arguments: &FitArguments,
    initial: &Weights,
    outcome: &Outcome,
) -> anyhow::Result<()> {
    let last = outcome.last_epoch();
    let runs = Table::new()
        .with("variant", Column::Text(vec![arguments.penalty.to_string()]))
        .with("seed", Column::I64(vec![arguments.training.seed as i64]))
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
    if !outcome.snapshots.is_empty() {
        draft.tensors(store::SNAPSHOTS, &store::snapshots(&outcome.snapshots))?;
    }
    Ok(())
}

impl FitArguments {
    fn recipe(&self, material: &Material) -> anyhow::Result<Recipe> {
        let training = &self.training;
        let mut settings = json!({
            "penalty": self.penalty.to_string(),
            "positive": training.positive,
            "batch": training.batch,
            "epochs": training.epochs,
            "noise": training.noise,
            "learning_rate": training.learning_rate,
            "lambda": training.lambda,
            "lambda_emd": training.lambda_emd,
        });
        plan::add_options(&mut settings, &training.options())?;
        let (kind, inputs) = (Kind::Fit, material.fingerprints());
        Ok(Recipe { kind, stage_version: STAGE_VERSION, seed: training.seed, settings, inputs })
    }
}

fn penalty_kind(text: &str) -> Result<PenaltyKind, String> {
    use PenaltyKind::{Communicability, Distance, MatchedCommunicability, Weight};
    [Weight, Distance, Communicability, MatchedCommunicability]
        .into_iter()
        .find(|kind| kind.to_string() == text)
        .ok_or_else(|| "use W, WD, WDC or WDC*".to_owned())
}
