use artifact::{Artifact, Kind, Recipe};
use config::{Arm, PriorSettings, Study};
use cortex::{DistanceMatrix, FieldName, Initialiser};
use serde_json::{Map, Value, json};

use crate::initial::arm_initialisers;

/// Version of this program's results: it rises when equal inputs give other outputs.
pub const STAGE_VERSION: u32 = 3;

/// Everything that the priors of a field are determined by.
pub(crate) fn recipe(study: &Study, field: &FieldName, ingested: &Artifact) -> Recipe {
    if is_sparse(study, ingested) {
        return Recipe {
            kind: Kind::Priors,
            stage_version: STAGE_VERSION,
            seed: study.seed,
            settings: json!({ "form": "sparse" }),
            inputs: ingested.fingerprints(&format!("ingest/{field}")),
        };
    }
    let arms: Map<String, Value> =
        study.arms.iter().map(|arm| (arm.name.clone(), arm_settings(arm))).collect();
    Recipe {
        kind: Kind::Priors,
        stage_version: STAGE_VERSION,
        seed: study.seed,
        settings: json!({
            "measures": measure_settings(&study.priors),
            "grid": study.priors.grid.get(field),
            "arms": arms,
            "control_distances": control_distances(study),
        }),
        inputs: ingested.fingerprints(&format!("ingest/{field}")),
    }
}

/// Whether a field has more neurons than the study makes dense matrices for.
pub(crate) fn is_sparse(study: &Study, ingested: &Artifact) -> bool {
    let neurons = ingested.manifest().outputs.get("neurons.parquet").and_then(|output| output.rows);
    neurons.is_some_and(|neurons| neurons > study.priors.largest_dense)
}

/// The control distances that some variant asks for, with the simulations that need them.
fn control_distances(study: &Study) -> Value {
    let controls =
        [DistanceMatrix::Permuted, DistanceMatrix::MeasuredEqualMean, DistanceMatrix::GridUnitEqualMean];
    let asked = controls.into_iter().filter_map(|matrix| {
        let simulations = simulations_of(study, matrix)?;
        // Only permuted positions differ between simulations.
        let needed = if matrix == DistanceMatrix::Permuted { simulations } else { 1 };
        Some((matrix.name().to_owned(), json!(needed)))
    });
    Value::Object(asked.collect())
}

/// The most simulations of an arm whose variants have this distance; `None` if there is none.
pub(crate) fn simulations_of(study: &Study, matrix: DistanceMatrix) -> Option<u32> {
    let asks = |arm: &&Arm| {
        arm.train.variants_of_priors().any(|variant| variant.distance.under(arm.protocol) == Some(matrix))
    };
    study.arms.iter().filter(asks).map(|arm| arm.train.simulations).max()
}

fn arm_settings(arm: &Arm) -> Value {
    let initialisers: Vec<&str> = arm_initialisers(arm).into_iter().map(Initialiser::name).collect();
    json!({
        "initialisers": initialisers,
        "factors": arm.factors,
        "simulations": arm.train.simulations,
        "measures": measure_settings(&arm.priors),
    })
}

fn measure_settings(priors: &PriorSettings) -> Value {
    json!({
        "bin_seconds": priors.bin_seconds,
        "sttc_window_seconds": priors.sttc_window_seconds,
        "precision": priors.precision,
    })
}
