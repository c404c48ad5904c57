//! Which runs a study has, what each depends on, and what trains it.

use std::collections::BTreeMap;

use artifact::{Fingerprint, Kind, Recipe};
use config::{Arm, TrainOptions};
use cortex::{Baseline, Communicability, RunKey, Variant};
use serde_json::{Value, json};

use crate::priors::{FieldPriors, Matrix};

/// Rises when equal settings and inputs give other networks than before.
pub(crate) const STAGE_VERSION: u32 = 2;

/// One run of a study. There may be hundreds of thousands: a run's recipe is made anew when it is trained.
#[derive(Clone, Debug)]
pub(crate) struct PlannedRun {
    pub(crate) key: RunKey,
    /// Fingerprint of everything that its result is determined by.
    pub(crate) recipe: Fingerprint,
}

impl PlannedRun {
    /// Name of the finished run among those of its field: of another recipe, another name.
    pub(crate) fn name(&self) -> String {
        format!("{}-{}", self.stem(), self.recipe.short())
    }

    /// Name of the run whatever its recipe.
    pub(crate) fn stem(&self) -> String {
        format!("{}.{}", self.key.arm, self.key.file_stem())
    }
}

/// The runs of one arm of one field.
#[derive(Debug)]
pub(crate) struct PlannedRuns {
    pub(crate) runs: Vec<PlannedRun>,
    /// The inputs of all of them.
    inputs: BTreeMap<String, Fingerprint>,
}

/// Lists the runs of one arm of one field, by task, variant and simulation.
pub(crate) fn runs(seed: u64, priors: &FieldPriors, arm: &Arm) -> anyhow::Result<PlannedRuns> {
    let (mut runs, mut inputs) = (Vec::new(), BTreeMap::new());
    for &task in &arm.train.tasks {
        for &variant in &arm.train.variants {
            for simulation in 0..arm.train.simulations {
                let field = priors.field.clone();
                let key = RunKey { field, arm: arm.name.clone(), task, variant, simulation };
                let recipe = recipe(seed, priors, arm, &key)?;
                runs.push(PlannedRun { key, recipe: recipe.fingerprint() });
                inputs.extend(recipe.inputs);
            }
        }
    }
    Ok(PlannedRuns { runs, inputs })
}

/// The recipe of an arm: its settings, and the inputs of all its runs.
pub(crate) fn arm_recipe(seed: u64, arm: &Arm, runs: &PlannedRuns) -> anyhow::Result<Recipe> {
    let inputs = runs.inputs.clone();
    let settings = json!({
        "arm": arm.name,
        "protocol": arm.protocol,
        "positive": arm.positive,
        "train": serde_json::to_value(&arm.train)?,
    });
    Ok(Recipe { kind: Kind::Arm, stage_version: STAGE_VERSION, seed, settings, inputs })
}

/// The recipe of a run of a study of this seed.
pub(crate) fn recipe(seed: u64, priors: &FieldPriors, arm: &Arm, key: &RunKey) -> anyhow::Result<Recipe> {
    let (train, variant) = (&arm.train, key.variant);
    let seed = train.seed(seed, key.simulation);
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

/// The matrices that a variant's runs of one simulation depend on.
fn inputs(
    priors: &FieldPriors,
    arm: &Arm,
    variant: Variant,
    simulation: u32,
) -> anyhow::Result<BTreeMap<String, Fingerprint>> {
    let matrices = [
        Matrix::distance(variant, arm, simulation),
        Matrix::empirical(variant, arm.protocol),
        Matrix::initial(variant, arm, simulation),
    ];
    let mut inputs = BTreeMap::new();
    for matrix in matrices.into_iter().flatten() {
        let fingerprint = priors.fingerprint(&matrix)?;
        inputs.insert(matrix.name, fingerprint);
    }
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
