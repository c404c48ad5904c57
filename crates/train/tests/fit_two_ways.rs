//! `train fit` told the same thing in two ways, and what its options leave behind.
#![allow(missing_docs, clippy::unwrap_used)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use artifact::{Artifact, Kind, Tensors};
use fixtures::{Golden, golden_folder};
use tempfile::TempDir;

const TRIALS: usize = 64;
const STEPS: usize = 20;
const OUTPUTS: usize = 3;

fn golden(name: &str) -> String {
    format!("{}:{name}", golden_folder().join("training.safetensors").display())
}

/// A folder with the golden trials told in several ways.
struct Told(TempDir);

impl Told {
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes trials with these labels, and a mask where there is one; returns their path.
    fn trials(&self, name: &str, y: (&[usize], Vec<f32>), mask: Option<Vec<f32>>) -> String {
        let x = Golden::open("training").tensor("trials.x");
        assert_eq!(x.shape[..2], [TRIALS, STEPS]);
        let mut tensors = Tensors::new();
        tensors.insert_f32("x", &x.shape, x.to_f32());
        tensors.insert_f32("y", y.0, y.1);
        if let Some(mask) = mask {
            tensors.insert_f32("mask", &[TRIALS, STEPS], mask);
        }
        let path = self.path(name);
        fs::write(&path, tensors.to_safetensors(name).unwrap()).unwrap();
        path.display().to_string()
    }

    fn fit(&self, trials: &str, output: &str, more: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_train"));
        command.args(["fit", "--trials", trials, "--initial", &golden("WD.init"), "--penalty", "WD"]);
        command.args(["--batch", "16", "--output"]).arg(self.path(output)).args(more);
        if !more.contains(&"--epochs") {
            command.args(["--epochs", "3"]);
        }
        command.output().unwrap()
    }

    fn fitted(&self, trials: &str, output: &str, more: &[&str]) -> Artifact {
        let done = self.fit(trials, output, more);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        Artifact::open(&self.path(output), Kind::Fit).unwrap()
    }
}

fn told() -> Told {
    Told(tempfile::tempdir().unwrap())
}

/// The golden labels, one a trial.
fn labels() -> Vec<usize> {
    let y = Golden::open("training").tensor("trials.y");
    assert_eq!(y.shape, [TRIALS, OUTPUTS]);
    y.values.chunks_exact(OUTPUTS).map(|row| row.iter().position(|&v| v > 0.5).unwrap()).collect()
}

/// A label a step, wrong ones but at the steps that `right` names.
fn labels_of_steps(right: impl Fn(usize, usize) -> bool) -> Vec<f32> {
    let of = |(trial, label): (usize, usize)| {
        let right = &right;
        (0..STEPS).map(move |step| if right(trial, step) { label } else { (label + 1) % OUTPUTS } as f32)
    };
    labels().into_iter().enumerate().flat_map(of).collect()
}

fn mask(asked: impl Fn(usize, usize) -> bool) -> Vec<f32> {
    (0..TRIALS * STEPS).map(|place| f32::from(u8::from(asked(place / STEPS, place % STEPS)))).collect()
}

fn one_hot(labels: &[f32]) -> Vec<f32> {
    labels
        .iter()
        .flat_map(|&label| (0..OUTPUTS).map(move |output| f32::from(u8::from(output as f32 == label))))
        .collect()
}

fn bytes(output: &Artifact) -> Vec<Vec<u8>> {
    let read = |path: &Path| fs::read(path).unwrap();
    ["steps.parquet", "history.parquet", "weights.safetensors"]
        .map(|name| read(&output.folder().join(name)))
        .into()
}

#[test]
fn labels_of_the_last_step_alone_are_labels_of_the_trial() {
    let told = told();
    let last = |_: usize, step: usize| step == STEPS - 1;
    let each: Vec<f32> = labels().into_iter().map(|label| label as f32).collect();
    let steps = labels_of_steps(last);
    let trials = told.trials("each", (&[TRIALS], each.clone()), None);
    let expected = bytes(&told.fitted(&trials, "of each", &[]));
    for (name, y, mask) in [
        ("one hot", (&[TRIALS, OUTPUTS][..], one_hot(&each)), None),
        ("masked", (&[TRIALS, STEPS][..], steps.clone()), Some(mask(last))),
        ("masked one hot", (&[TRIALS, STEPS, OUTPUTS][..], one_hot(&steps)), Some(mask(last))),
    ] {
        let trials = told.trials(name, y, mask);
        assert_eq!(bytes(&told.fitted(&trials, &format!("of {name}"), &[])), expected, "{name}");
    }
    // No mask asks for every step, which is another lesson.
    let trials = told.trials("all steps", (&[TRIALS, STEPS], steps), None);
    assert_ne!(bytes(&told.fitted(&trials, "of all steps", &[])), expected);
}

#[test]
fn labels_that_the_mask_leaves_out_do_not_matter() {
    let told = told();
    let asked = |trial: usize, step: usize| step > 5 && (trial + step).is_multiple_of(3);
    let right = labels_of_steps(|_, _| true);
    let odd: Vec<f32> = labels_of_steps(asked)
        .into_iter()
        .enumerate()
        .map(|(place, label)| if asked(place / STEPS, place % STEPS) { label } else { 99.0 })
        .collect();
    let [right, odd] = [("right", right), ("odd", odd)].map(|(name, labels)| {
        let trials = told.trials(name, (&[TRIALS, STEPS], labels), Some(mask(asked)));
        bytes(&told.fitted(&trials, &format!("of {name}"), &[]))
    });
    assert_eq!(right, odd);
}

#[test]
fn the_training_trials_as_validation_and_test_are_judged_alike() {
    let told = told();
    let trials = golden("trials");
    let all = ["--validation", &trials, "--test", &trials, "--noise", "0"];
    let output = told.fitted(&trials, "judged", &all);
    let runs = output.table("runs.parquet").unwrap();
    let cell = |name: &str| runs.optional_f64(name).unwrap()[0].unwrap();
    assert_eq!(cell("validation_accuracy"), cell("test_accuracy"));
    assert_eq!(cell("validation_loss"), cell("test_loss"));
    let history = output.table("history.parquet").unwrap();
    let validation = history.optional_f64("validation_loss").unwrap();
    assert_eq!(validation.iter().flatten().count(), 3);
    assert_eq!(validation[2], Some(cell("validation_loss")));
    let tests: Vec<bool> = history.optional_f64("test_loss").unwrap().iter().map(Option::is_some).collect();
    assert_eq!(tests, [false, false, true]);
}

#[test]
fn every_option_changes_what_is_learnt_and_stands_in_the_manifest() {
    let told = told();
    let trials = golden("trials");
    let plain = told.fitted(&trials, "plain", &[]);
    for option in ["activation", "time_constant_steps", "snapshots"] {
        assert!(plain.manifest().settings[option].is_null(), "{option} is off and leaves no trace");
    }
    let mut seen = vec![bytes(&plain)];
    for (flag, value, key) in [
        ("--activation", "tanh", "activation"),
        ("--time-constant-steps", "3", "time_constant_steps"),
        ("--gradient-clip-norm", "0.1", "gradient_clip_norm"),
        ("--learning-rate-schedule", "linear", "learning_rate_schedule"),
        ("--learning-rate-schedule", "exponential=0.5", "learning_rate_schedule"),
        ("--weight-decay", "0.5", "weight_decay"),
        ("--learning-rate", "0.01", "learning_rate"),
        ("--lambda", "0.2", "lambda"),
        ("--noise", "0.2", "noise"),
    ] {
        let output = told.fitted(&trials, "optional", &[flag, value]);
        assert!(!output.manifest().settings[key].is_null(), "{flag}");
        let bytes = bytes(&output);
        assert!(!seen.contains(&bytes), "{flag} {value} changes nothing");
        seen.push(bytes);
    }
    let stopped =
        ["--early-stopping-epochs", "1", "--validation", &trials, "--learning-rate", "5", "--epochs", "20"];
    let history = told.fitted(&trials, "stopped", &stopped).table("history.parquet").unwrap();
    assert!(history.rows() < 20);
    let snapshots =
        told.fitted(&trials, "snapshots", &["--snapshots"]).tensors("snapshots.safetensors").unwrap();
    assert_eq!(snapshots.names().count(), 20, "five parameters at the beginning and after three epochs");
}

#[test]
fn a_result_that_is_up_to_date_is_left_alone() {
    let told = told();
    let trials = golden("trials");
    let finished = || told.fitted(&trials, "result", &[]).manifest().times.clone();
    let first = finished();
    assert_eq!(finished(), first);
    assert_ne!(told.fitted(&trials, "result", &["--force"]).manifest().times.seconds, first.seconds);
    assert_eq!(told.fitted(&trials, "result", &["--seed", "2"]).manifest().seed, 2);
}

#[test]
fn odd_masks_and_options_are_refused_in_one_line() {
    let told = told();
    let steps = || labels_of_steps(|_, _| true);
    let half = mask(|_, step| step > 5).into_iter().map(|value| value / 2.0).collect();
    let silent = mask(|trial, _| trial != 7);
    let mut wrong = steps();
    wrong[2 * STEPS + 5] = 3.0;
    for (name, y, mask, words) in [
        (
            "half",
            (&[TRIALS, STEPS][..], steps()),
            Some(half),
            "the mask of trial 0, step 6 is 0.5, expected 0 or 1",
        ),
        ("silent", (&[TRIALS, STEPS][..], steps()), Some(silent), "the mask of trial 7 asks for no answer"),
        ("wrong", (&[TRIALS, STEPS][..], wrong), None, "the label of trial 2, step 5 in y"),
        ("useless", (&[TRIALS][..], vec![0.0; TRIALS]), Some(mask(|_, _| true)), "y has one label a trial"),
        (
            "short",
            (&[TRIALS, 7][..], vec![0.0; TRIALS * 7]),
            None,
            "y has the shape [64, 7], expected [64, 3] one-hot",
        ),
    ] {
        let trials = told.trials(name, y, mask);
        let done = told.fit(&trials, "refused", &[]);
        let message = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(1), "{message}");
        assert!(message.contains(words) && message.contains(name), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
    let trials = golden("trials");
    for (options, words) in [
        (&["--early-stopping-epochs", "2"][..], "--validation"),
        (&["--activation", "step"], "relu or tanh"),
        (&["--device", "abacus"], "cpu, cuda or metal"),
        (&["--time-constant-steps", "0.5"], "at least 1"),
        (&["--learning-rate-schedule", "exponential=2"], "at most 1"),
    ] {
        let done = told.fit(&trials, "refused", options);
        let message = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(2), "{message}");
        assert!(message.contains(words), "{message}");
    }
    for device in ["cuda", "metal"] {
        let done = told.fit(&trials, "refused", &["--device", device]);
        let message = String::from_utf8(done.stderr).unwrap();
        assert_eq!((done.status.code(), message.lines().count()), (Some(1), 1), "{message}");
        assert!(
            message.contains("built without it") && message.contains(&format!("`make {device}`")),
            "{message}"
        );
    }
    for (name, recurrent, words) in [
        (
            "narrow",
            (&[24, 23][..], vec![0.0; 24 * 23]),
            "recurrent_kernel has the shape [24, 23], expected [24, 24]",
        ),
        (
            "endless",
            (&[24, 24][..], vec![f32::INFINITY; 24 * 24]),
            "tensor `recurrent_kernel`: element 0 is inf",
        ),
    ] {
        let golden = Golden::open("training");
        let mut tensors = Tensors::new();
        for part in ["kernel", "bias", "readout_kernel", "readout_bias"] {
            let tensor = golden.tensor(&format!("WD.init.{part}"));
            tensors.insert_f32(part, &tensor.shape, tensor.to_f32());
        }
        tensors.insert_f32("recurrent_kernel", recurrent.0, recurrent.1);
        let path = told.path(name);
        fs::write(&path, tensors.to_safetensors(name).unwrap()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_train"));
        command.args(["fit", "--trials", &trials, "--penalty", "W", "--initial"]).arg(&path);
        let done = command.arg("--output").arg(told.path("refused")).output().unwrap();
        let message = String::from_utf8(done.stderr).unwrap();
        assert_eq!((done.status.code(), message.lines().count()), (Some(1), 1), "{message}");
        assert!(message.contains(words) && message.contains(name), "{message}");
    }
    let other = told.trials("few", (&[TRIALS], vec![0.0; TRIALS]), None);
    assert!(told.fit(&other, "fine", &["--validation", "nowhere.safetensors"]).status.code() == Some(1));
    assert!(!told.path("refused").exists() && !told.path("fine").exists());
}
