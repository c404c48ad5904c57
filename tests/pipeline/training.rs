//! How runs train: options, stopping, memory.

use std::{
    fs,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use artifact::{Artifact, Kind, RunRecord, runs_from_table};

use crate::study::Study;

/// The tiny study with two variants of one task.
fn small() -> Study {
    let study = Study::tiny();
    study.edit("[train]", "[train]\ntasks = [\"go-nogo\"]\nvariants = [\"W\", \"WDC\"]");
    for stage in ["ingest", "priors"] {
        study.run(stage);
    }
    study
}

fn arm(study: &Study) -> Artifact {
    Artifact::open(&study.path("artifacts/train/synthetic_16/main"), Kind::Arm).unwrap()
}

fn runs(study: &Study) -> Vec<RunRecord> {
    runs_from_table(&arm(study).table("runs.parquet").unwrap()).unwrap()
}

#[test]
fn options_that_are_off_leave_finished_runs_current() {
    let study = small();
    study.run("train");
    study.edit(
        "[train]",
        "[train]\nactivation = \"relu\"\ntime_constant_steps = 1.0\ngradient_clip_norm = 0.0\nlearning_rate_schedule = \"constant\"\nweight_decay = 0.0\nearly_stopping_epochs = 0\nsnapshots = false\nseeds = []",
    );
    assert!(study.run("train").err.contains("is up to date"));
}

#[test]
fn every_option_that_is_on_trains_anew_and_tells_so_and_changes_the_result() {
    let study = small();
    study.run("train");
    let mut results = vec![runs(&study)];
    for (set, told) in [
        ("train.activation=\"tanh\"", "train.activation null → \"tanh\""),
        ("train.time_constant_steps=4.0", "train.time_constant_steps null → 4.0"),
        ("train.gradient_clip_norm=0.1", "train.gradient_clip_norm null → 0.1"),
        ("train.learning_rate_schedule=\"cosine\"", "train.learning_rate_schedule null → \"cosine\""),
        ("train.learning_rate_schedule={exponential=0.5}", "{\"exponential\":0.5}"),
        ("train.weight_decay=0.5", "train.weight_decay null → 0.5"),
    ] {
        let done = study.call("train", &["run", "--dry-run", "--set", set]);
        assert!(done.out.contains(told) && done.out.contains("2 runs"), "{set}: {}", done.out);
        let done = study.call("train", &["run", "--set", set]);
        assert_eq!((done.code, done.trained()), (Some(0), 2), "{set}: {}", done.err);
        let now = runs(&study);
        assert!(results.iter().all(|before| before[0].penalty != now[0].penalty), "{set} changes nothing");
        results.push(now);
        // Back to the settings before: those runs are still there.
        assert_eq!(study.run("train").trained(), 0);
    }
    // Early stopping alters nothing before it stops, and there are too few epochs for it here.
    let done = study.call("train", &["run", "--set", "train.early_stopping_epochs=5"]);
    assert_eq!((done.code, done.trained()), (Some(0), 2), "{}", done.err);
    assert_eq!(runs(&study), results[0]);
}

#[test]
fn an_arm_may_have_options_of_its_own() {
    let study = small();
    study.edit("name = \"main\"", "name = \"main\"\n[[arm]]\nname = \"tanh\"\nactivation = \"tanh\"\nlearning_rate_schedule = { exponential = 0.9 }");
    study.run("priors");
    assert_eq!(study.run("train").trained(), 4);
    let manifest = fs::read_to_string(study.path("artifacts/train/synthetic_16/tanh/manifest.json")).unwrap();
    assert!(manifest.contains("\"activation\": \"tanh\"") && manifest.contains("\"exponential\": 0.9"));
    let manifest = fs::read_to_string(study.path("artifacts/train/synthetic_16/main/manifest.json")).unwrap();
    assert!(!manifest.contains("activation"));
}

#[test]
fn snapshots_hold_the_weights_from_the_beginning_to_the_end() {
    let study = small();
    study.edit("[train]", "[train]\nsnapshots = true");
    study.run("train");
    let arm = arm(&study);
    for stem in ["go-nogo.W.00", "go-nogo.WDC.00"] {
        let snapshots = arm.tensors(&format!("snapshots/{stem}.safetensors")).unwrap();
        let weights = arm.tensors(&format!("weights/{stem}.safetensors")).unwrap();
        assert_eq!(snapshots.names().count(), 15, "five parameters at the beginning and after two epochs");
        let kernel = |epoch: u32| snapshots.get(&format!("epoch_{epoch:02}.recurrent_kernel")).unwrap();
        assert_eq!(kernel(0), weights.get("initial_recurrent_kernel").unwrap());
        assert_eq!(kernel(2), weights.get("recurrent_kernel").unwrap());
        assert!(kernel(1) != kernel(0) && kernel(1) != kernel(2));
    }
}

#[test]
fn listed_seeds_take_the_place_of_the_studys() {
    let study = small();
    study.run("train");
    let first = runs(&study);
    assert!(first.iter().all(|run| run.seed == 1));
    // The study's own seed, listed: the same runs.
    assert_eq!(study.call("train", &["run", "--set", "train.seeds=[1]"]).trained(), 0);
    assert_eq!(runs(&study), first);
    assert_eq!(study.call("train", &["run", "--set", "train.seeds=[7]"]).trained(), 2);
    let listed = runs(&study);
    assert!(listed.iter().all(|run| run.seed == 7));
    assert!(listed.iter().zip(&first).all(|(listed, first)| listed.penalty != first.penalty));
    // One seed a simulation: the first keeps its runs, the second gets its own.
    let two = ["run", "--set", "train.simulations=2", "--set", "train.seeds=[7, 8]"];
    study.call("priors", &two[..3]);
    let done = study.call("train", &two);
    assert_eq!((done.code, done.trained()), (Some(0), 2), "{}", done.err);
    let seeds: Vec<_> = runs(&study).iter().map(|run| (run.key.simulation, run.seed)).collect();
    assert_eq!(seeds, [(0, 7), (1, 8), (0, 7), (1, 8)]);
}

#[test]
fn little_memory_makes_runs_wait_and_changes_no_byte() {
    let (free, tight) = (small(), small());
    free.run("train");
    let done = tight.call("train", &["run", "--set", "train.memory_mb=1"]);
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert!(done.err.contains("runs wait for memory (train.memory_mb)"), "{}", done.err);
    assert_eq!(tight.digests(), free.digests());
}

#[test]
fn longest_runs_come_first_and_every_line_tells_the_time_left() {
    let study = Study::tiny();
    study.edit("[train]", "[train]\nconcurrent_runs = 1\nvariants = [\"W\", \"WDC\", \"WC*\"]");
    for stage in ["ingest", "priors"] {
        study.run(stage);
    }
    let done = study.run("train");
    let lines: Vec<&str> = done.err.lines().filter(|line| line.starts_with("train [")).collect();
    let named = |line: &str| line.split('/').skip(3).take(2).collect::<Vec<_>>().join("/");
    let order: Vec<String> = lines.iter().map(|line| named(line)).collect();
    // Tasks of 50, 41 and 40 time steps with 8, 3 and 3 inputs, the second with trials to evaluate.
    let expected = [
        "one-choice-inference/WC*",
        "one-choice-inference/WDC",
        "one-choice-inference/W",
        "perceptual-decision/WC*",
        "perceptual-decision/WDC",
        "perceptual-decision/W",
        "go-nogo/WC*",
        "go-nogo/WDC",
        "go-nogo/W",
    ];
    assert_eq!(order, expected, "{}", done.err);
    let (last, before) = lines.split_last().unwrap();
    assert!(before.iter().all(|line| line.ends_with(" left")) && !last.ends_with(" left"), "{}", done.err);
    assert!(lines.iter().all(|line| line.contains("accuracy 0.") || line.contains("accuracy 1.")));
}

#[test]
fn a_signal_stops_cleanly_and_the_same_command_goes_on() {
    for signal in ["-INT", "-TERM"] {
        stopped_training_goes_on(signal);
    }
}

fn stopped_training_goes_on(signal: &str) {
    let [undisturbed, disturbed] = [(); 2].map(|()| {
        let study = small();
        study.edit("training_trials = 128", "training_trials = 12800");
        study.edit("simulations = 1", "simulations = 3");
        study.run("priors");
        study
    });
    undisturbed.run("train");
    let folder = disturbed.path("artifacts/train/synthetic_16/.runs");
    let entries = || fs::read_dir(&folder).into_iter().flatten().flatten();
    let hidden = |entry: &fs::DirEntry| entry.file_name().as_encoded_bytes().starts_with(b".");
    let finished = || entries().filter(|entry| !hidden(entry)).count();
    let mut command = disturbed.command("train", &["run"]);
    let child = command.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let patience = Instant::now();
    while finished() < 1 && patience.elapsed() < Duration::from_mins(1) {
        sleep(Duration::from_millis(2));
    }
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    let asked = Instant::now();
    let output = child.wait_with_output().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(5), "it ends at once");
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(75), "{message}");
    assert!(message.contains("stopped on request; finished runs are kept"), "{message}");
    // They are packed by then, unless there is but one.
    let plan = disturbed.call("train", &["plan"]);
    let kept = plan.out.lines().filter(|line| line.ends_with("done")).count();
    assert!((1..6).contains(&kept), "{kept} runs were finished");
    let drafts = entries().filter(|entry| hidden(entry) && entry.path().is_dir()).count();
    assert_eq!(drafts, 0, "nothing half-written is left");
    assert!(!disturbed.path("artifacts/train/synthetic_16/main").exists());
    assert_eq!(disturbed.run("train").trained(), 6 - kept);
    assert_eq!(disturbed.digests(), undisturbed.digests());
}
