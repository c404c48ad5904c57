use artifact::{Artifact, Kind, Recipe};
use config::{Arm, PriorSettings, Study};
use cortex::FieldName;
use serde_json::{Map, Value, json};

/// Version of this program's results: it rises when equal inputs give other outputs.
pub const STAGE_VERSION: u32 = 1;

/// Everything that the priors of a field are determined by.
pub(crate) fn recipe(study: &Study, field: &FieldName, ingested: &Artifact) -> Recipe {
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
        }),
        inputs: ingested.fingerprints(&format!("ingest/{field}")),
    }
}

fn arm_settings(arm: &Arm) -> Value {
    json!({
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
