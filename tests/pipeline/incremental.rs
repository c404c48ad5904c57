//! Only what changed is made again.

use std::fs;

use crate::{
    programs,
    study::{STAGES, Study},
};

#[test]
fn a_second_run_of_every_stage_makes_nothing_and_leaves_times_alone() {
    let study = Study::finished();
    let times = study.times();
    for (stage, done) in study.run_all() {
        assert!(done.err.contains("is up to date"), "{stage}: {}", done.err);
    }
    assert_eq!(study.times(), times);
}

#[test]
fn a_study_ends_at_a_report_with_every_run_in_its_tables() {
    use artifact::{Artifact, Kind, runs_from_table};
    let study = Study::finished();
    let arm = Artifact::open(&study.path("artifacts/train/synthetic_16/main"), Kind::Arm).unwrap();
    let runs = runs_from_table(&arm.table("runs.parquet").unwrap()).unwrap();
    assert_eq!(runs.len(), 33);
    assert!(runs.iter().all(|run| run.weights.as_ref().is_some_and(|file| arm.has(file))));
    assert_eq!(arm.table("history.parquet").unwrap().rows(), 66);
    let analysis = Artifact::open(&study.path("artifacts/analyze"), Kind::Analysis).unwrap();
    assert_eq!(analysis.table("metrics.parquet").unwrap().rows(), 33);
    assert!(analysis.has("statistics.parquet"));
    let report = fs::read_to_string(study.path("artifacts/analyze/report.html")).unwrap();
    assert!(report.contains("W*D*C*") && report.contains("perceptual-decision") && !report.contains("NaN"));
}

#[test]
fn editing_train_reruns_train_and_analyze_only() {
    let study = Study::finished();
    study.edit("epochs = 2", "epochs = 3");
    let done = study.run_all();
    for stage in ["ingest", "priors"] {
        assert!(done[stage].err.contains("is up to date"), "{stage}: {}", done[stage].err);
    }
    assert!(done["train"].err.contains("train.epochs 2 → 3"), "{}", done["train"].err);
    assert_eq!(done["train"].trained(), 33);
    assert!(done["analyze"].err.contains("making artifacts/analyze"), "{}", done["analyze"].err);
}

#[test]
fn adding_a_simulation_trains_only_the_new_runs() {
    let study = Study::finished();
    let first: Vec<_> = study.digests().into_iter().filter(|(path, _)| path.ends_with("weights")).collect();
    study.edit("simulations = 1", "simulations = 2");
    assert_eq!(study.run_all()["train"].trained(), 33);
    let both = study.digests();
    assert!(first.iter().all(|(path, digest)| both[path] == *digest));
    study.edit("simulations = 2", "simulations = 1");
    assert_eq!(study.run_all()["train"].trained(), 0, "finished runs are kept");
}

#[test]
fn adding_a_task_or_a_variant_trains_only_the_new_runs() {
    let study = Study::tiny();
    study.edit("[train]", "[train]\ntasks = [\"go-nogo\"]\nvariants = [\"W\", \"W*D*C\"]");
    assert_eq!(study.run_all()["train"].trained(), 2);
    study.edit("[\"W\", \"W*D*C\"]", "[\"W\", \"W*D*C\", \"W~functional D C*\"]");
    assert_eq!(study.run_all()["train"].trained(), 1);
    study.edit("[\"go-nogo\"]", "[\"go-nogo\", \"one-choice-inference\"]");
    assert_eq!(study.run_all()["train"].trained(), 3);
}

#[test]
fn a_dry_run_says_what_would_run_and_why_and_makes_nothing() {
    let study = Study::tiny();
    for (stage, reason) in STAGES.into_iter().zip(["not made yet", "ingest run", "priors run", "train run"]) {
        let done = study.call(stage, &["run", "--dry-run"]);
        assert_eq!(done.code, Some(0), "{stage}: {}", done.err);
        assert!(done.out.contains("would make") && done.out.contains(reason), "{stage}: {}", done.out);
    }
    assert!(!study.path("artifacts").exists());
    study.run_all();
    let digests = study.digests();
    study.edit("epochs = 2", "epochs = 3");
    let done = study.call("train", &["run", "--dry-run"]);
    assert!(done.out.contains("train.epochs 2 → 3") && done.out.contains("33 runs"), "{}", done.out);
    assert_eq!(study.digests(), digests);
}

#[test]
fn train_plan_shows_the_state_of_every_run() {
    let study = Study::tiny();
    for stage in ["ingest", "priors"] {
        study.run(stage);
    }
    let states = |word: &str| {
        let done = study.call("train", &["plan"]);
        assert_eq!(done.code, Some(0), "{}", done.err);
        done.out.lines().filter(|line| line.ends_with(word)).count()
    };
    assert_eq!(states("to do"), 33);
    study.run("train");
    assert_eq!(states("done"), 33);
    study.edit("epochs = 2", "epochs = 3");
    assert_eq!(states("stale"), 33);
}

#[test]
fn force_makes_everything_anew_with_equal_bytes() {
    let study = Study::finished();
    let digests = study.digests();
    for stage in STAGES {
        let done = study.call(stage, &["run", "--force"]);
        assert_eq!(done.code, Some(0), "{stage}: {}", done.err);
        assert!(!done.err.contains("is up to date"), "{stage}: {}", done.err);
    }
    assert_eq!(study.digests(), digests);
}

#[test]
fn make_starts_no_stage_when_nothing_changed() {
    let study = Study::tiny();
    let make = || {
        let output = programs::make(&study.path("pipeline.toml"), &study.path("artifacts")).output().unwrap();
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{text}");
        text
    };
    let text = make();
    assert!(STAGES.iter().all(|stage| text.contains(&format!("{stage}: "))), "{text}");
    let text = make();
    assert!(text.contains("report.html is up to date"), "{text}");
    assert!(STAGES.iter().all(|stage| !text.contains(&format!("{stage}: "))), "{text}");
    study.edit("epochs = 2", "epochs = 2");
    assert!(!make().contains("ingest: "), "a configuration that says the same starts nothing");
    study.edit("epochs = 2", "epochs = 3");
    let text = make();
    assert!(text.contains("train: making") && text.contains("analyze: making"), "{text}");
    assert!(!text.contains("ingest: making") && !text.contains("priors: making"), "{text}");
    fs::remove_dir_all(study.path("artifacts/ingest/synthetic_16")).unwrap();
    let text = make();
    assert!(text.contains("ingest: making") && !text.contains("train: making"), "{text}");
}
