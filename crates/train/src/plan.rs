//! Which runs a study has, what each depends on, and what trains it.

use std::{collections::BTreeMap, path::PathBuf};

use artifact::{Fingerprint, Kind, Recipe};
use config::{Arm, TrainOptions};
use cortex::{Baseline, Communicability, RunKey, Variant};
use serde_json::{Value, json};
use stage::Session;

use crate::priors::FieldPriors;

/// Rises when equal settings and inputs give other networks than before.
pub(crate) const STAGE_VERSION: u32 = 2;

/// One run of a study.
#[derive(Clone, Debug)]
pub(crate) struct PlannedRun {
    pub(crate) key: RunKey,
    /// Everything that its result is determined by.
    pub(crate) recipe: Recipe,
    /// Its artifact.
    pub(crate) place: PathBuf,
}

/// Lists the runs of one arm of one field, by task, variant and simulation.
pub(crate) fn runs(session: &Session, priors: &FieldPriors, arm: &Arm) -> anyhow::Result<Vec<PlannedRun>> {
    let seed = session.study.seed;
    let folder = session.place(["train", priors.field.as_str(), ".runs"]);
    let mut runs = Vec::new();
    for &task in &arm.train.tasks {
        for &variant in &arm.train.variants {
            for simulation in 0..arm.train.simulations {
                let field = priors.field.clone();
                let key = RunKey { field, arm: arm.name.clone(), task, variant, simulation };
                let recipe = recipe(arm.train.seed(seed, simulation), priors, arm, &key)?;
                let name = format!("{}.{}-{}", arm.name, key.file_stem(), recipe.fingerprint().short());
                runs.push(PlannedRun { place: folder.join(name), key, recipe });
            }
        }
    }
    Ok(runs)
}

/// The recipe of an arm: its settings, and the inputs of all its runs.
pub(crate) fn arm_recipe(seed: u64, arm: &Arm, runs: &[PlannedRun]) -> anyhow::Result<Recipe> {
    let inputs = runs.iter().flat_map(|run| run.recipe.inputs.clone()).collect();
    let settings = json!({
        "arm": arm.name,
        "protocol": arm.protocol,
        "positive": arm.positive,
        "train": serde_json::to_value(&arm.train)?,
    });
    Ok(Recipe { kind: Kind::Arm, stage_version: STAGE_VERSION, seed, settings, inputs })
}

fn recipe(seed: u64, priors: &FieldPriors, arm: &Arm, key: &RunKey) -> anyhow::Result<Recipe> {
    let (train, variant) = (&arm.train, key.variant);
    let mut inputs = inputs(priors, arm, variant, key.simulation)?;
    let reference = matched_to(arm, variant);
    if let Some(reference) = reference {
        let others = self::inputs(priors, arm, reference, key.simulation)?;
        inputs.extend(others.into_iter().map(|(name, fingerprint)| (format!("matched.{name}"), fingerprint)));
    }
    let empirical = variant.communicability == Communicability::Empirical;
    let mut settings = json!({
        "field": key.field,
        "units": priors.units,
        "arm": key.arm,
        "protocol": arm.protocol.name(),
        "task": key.task,
        "variant": variant,
        "simulation": key.simulation,
        "positive": arm.positive,
        "training_trials": train.training_trials,
        "validation_trials": train.validation_trials,
        "test_trials": train.test_trials,
        "epochs": train.epochs,
        "batch": train.batch,
        "learning_rate": train.learning_rate,
        "input_noise": train.input_noise,
        "lambda": strength(arm, variant),
        "lambda_emd": empirical.then_some(train.lambda_emd),
    });
    if let Some(reference) = reference {
        settings["matched"] = json!({ "variant": reference, "lambda_emd": train.lambda_emd });
    }
    add_options(&mut settings, &train.options)?;
    Ok(Recipe { kind: Kind::Run, stage_version: STAGE_VERSION, seed, settings, inputs })
}

/// Adds the options that are on.
pub(crate) fn add_options(settings: &mut Value, options: &TrainOptions) -> anyhow::Result<()> {
    if let (Value::Object(settings), Value::Object(options)) = (settings, serde_json::to_value(options)?) {
        settings.extend(options);
    }
    Ok(())
}

/// The tensors that a variant's runs of one simulation depend on.
fn inputs(
    priors: &FieldPriors,
    arm: &Arm,
    variant: Variant,
    simulation: u32,
) -> anyhow::Result<BTreeMap<String, Fingerprint>> {
    let mut inputs = BTreeMap::new();
    inputs.extend(priors.distance(variant, arm, simulation)?.map(|tensor| tensor.fingerprint()));
    inputs.extend(priors.empirical(variant, arm.protocol)?.map(|tensor| tensor.fingerprint()));
    inputs.extend(priors.initial(variant, arm, simulation).map(|tensor| tensor.fingerprint()));
    Ok(inputs)
}

/// The variant whose initial penalty this one's is matched to; none for that variant itself.
pub(crate) fn matched_to(arm: &Arm, variant: Variant) -> Option<Variant> {
    arm.train.matched.filter(|&reference| reference != variant)
}

/// λ of a variant's penalty under the arm's protocol.
pub(crate) fn strength(arm: &Arm, variant: Variant) -> f64 {
    match arm.protocol.baseline {
        Baseline::One if variant.is_plain() => 1.0,
        Baseline::One | Baseline::Lambda => arm.train.lambda,
    }
}
