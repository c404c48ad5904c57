//! Arms that someone else made: what they name stays within their folder.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::{collections::BTreeMap, fs};

use artifact::{Column, Draft, EpochRecord, Kind, Recipe, Table, Tensors, epoch_table};
use common::Study;
use serde_json::json;

const STUDY: &str = r#"
[source]
fields = ["synthetic_12"]
[train]
tasks = ["go-nogo"]
variants = ["WD"]
simulations = 1
[[arm]]
name = "main"
"#;

/// An arm of one run whose weights are said to lie at this path, sealed as it should be.
fn arm_with_weights_at(study: &Study, path: &str) {
    let mut draft = Draft::begin(&study.path("train/synthetic_12/main")).unwrap();
    let text = |word: &str| Column::Text(vec![word.to_owned()]);
    let runs = Table::new()
        .with("field", text("synthetic_12"))
        .with("arm", text("main"))
        .with("task", text("go-nogo"))
        .with("variant", text("WD"))
        .with("simulation", Column::U32(vec![0]))
        .with("protocol", text("published"))
        .with("seed", Column::I64(vec![1]))
        .with("status", text("done"))
        .with("epochs", Column::U32(vec![0]))
        .with_measures(&[artifact::Measures::default()])
        .with("penalty", Column::OptionalF64(vec![None]))
        .with("weights", text(path));
    draft.table("runs.parquet", &runs).unwrap();
    draft.table("history.parquet", &epoch_table(&Vec::<EpochRecord>::new())).unwrap();
    let recipe =
        Recipe { kind: Kind::Arm, stage_version: 1, seed: 1, settings: json!({}), inputs: BTreeMap::new() };
    draft.commit(&recipe).unwrap();
}

#[test]
fn weights_are_read_within_the_arm_alone() {
    let study = Study::new(STUDY, 12);
    let secret = study.folder.path().join("secret.safetensors");
    let mut tensors = Tensors::new();
    tensors.insert_f32("recurrent_kernel", &[12, 12], vec![0.5; 144]);
    fs::write(&secret, tensors.to_safetensors("secret").unwrap()).unwrap();
    for path in ["../../../../secret.safetensors", secret.to_str().unwrap()] {
        arm_with_weights_at(&study, path);
        let refused = study.analyze().unwrap_err().to_string();
        assert!(refused.contains(&format!("it does not list {path}")), "{refused}");
        assert!(!study.path("analyze").exists());
    }
}
