//! The switches of the protocol reach the runs they are meant for.

use std::fs;

use serde_json::json;

use crate::study::Study;

#[test]
fn published_and_described_differ_in_just_what_the_switches_say() {
    let study = Study::tiny();
    study.edit("name = \"main\"", "name = \"main\"\n[[arm]]\nname = \"text\"\nprotocol = \"described\"");
    study.edit(
        "[train]",
        "[train]\ntasks = [\"go-nogo\"]\nvariants = [\"W\", \"WD\", \"WD*\", \"W!\", \"WC*\"]",
    );
    study.run_all();
    let recipes = study.recipes();
    let recipe = |arm: &str, variant: &str| &recipes[&format!("{arm}.go-nogo.{variant}.00")];
    let input = |arm: &str, variant: &str, name: &str| !recipe(arm, variant)["inputs"][name].is_null();
    let setting = |arm: &str, variant: &str, key: &str| recipe(arm, variant)["settings"][key].clone();
    assert_eq!((setting("main", "W", "lambda"), setting("text", "W", "lambda")), (json!(1.0), json!(0.3)));
    assert_eq!((setting("main", "WD", "lambda"), setting("text", "WD", "lambda")), (json!(0.3), json!(0.3)));
    assert!(input("main", "WD", "distance.grid") && input("text", "WD", "distance.grid-unit"));
    assert!(input("main", "WDs", "distance.published") && input("text", "WDs", "distance.measured"));
    assert!(
        input("main", "WCs", "communicability.published") && input("text", "WCs", "communicability.sound")
    );
    assert!(input("main", "Wx", "relabelled.0") && input("text", "Wx", "shuffled.0"));
}

#[test]
fn a_positive_arm_ends_with_weights_that_are_not_negative() {
    use artifact::{Artifact, Kind};
    let study = Study::tiny();
    study.edit("name = \"main\"", "name = \"positive\"\npositive = true");
    study.edit("[train]", "[train]\ntasks = [\"go-nogo\"]\nvariants = [\"W*D*C\", \"WD\"]");
    study.run_all();
    let arm = Artifact::open(&study.path("artifacts/train/synthetic_16/positive"), Kind::Arm).unwrap();
    for stem in ["WsDsC", "WD"] {
        let weights = arm.tensors(&format!("weights/go-nogo.{stem}.00.safetensors")).unwrap();
        let values = weights.f32("recurrent_kernel", &[16, 16]).unwrap();
        assert!(values.iter().all(|&value| value >= 0.0), "{stem}");
    }
}

#[test]
fn a_diverged_run_is_recorded_without_numbers_and_the_study_goes_on() {
    use artifact::{Artifact, Kind, Status, runs_from_table};
    let study = Study::tiny();
    study.edit("[train]", "[train]\ntasks = [\"go-nogo\"]\nvariants = [\"W\", \"W*\"]\nlearning_rate = 1e30");
    study.run_all();
    let arm = Artifact::open(&study.path("artifacts/train/synthetic_16/main"), Kind::Arm).unwrap();
    let runs = runs_from_table(&arm.table("runs.parquet").unwrap()).unwrap();
    assert_eq!(runs.len(), 2);
    let mut epochs = 0;
    for run in runs {
        assert_eq!(run.status, Status::Diverged);
        assert_eq!((run.measures, run.penalty), (artifact::Measures::default(), None));
        assert!(run.epochs < 2, "nothing is computed after divergence");
        epochs += run.epochs;
    }
    assert_eq!(arm.table("history.parquet").unwrap().rows(), epochs as usize);
    let plan = study.call("train", &["plan"]);
    assert_eq!(plan.out.lines().filter(|line| line.ends_with("diverged")).count(), 2, "{}", plan.out);
    assert!(plan.err.contains("2 runs: 0 done, 2 diverged, 0 stale, 0 to do"), "{}", plan.err);
    let report = fs::read_to_string(study.path("artifacts/analyze/report.html")).unwrap();
    assert!(report.contains("diverged") && !report.contains("NaN"));
}
