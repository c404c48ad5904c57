//! `train fit` from the golden file's tensors, by the program itself, against TensorFlow.
#![allow(missing_docs, clippy::unwrap_used)]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use artifact::{Artifact, Kind, Tensors};
use fixtures::{Golden, golden_folder, golden_json, largest_difference};

fn fit(trials: &str, initial: &str, output: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_train"));
    command.args(["fit", "--trials", trials, "--initial", initial, "--output"]).arg(output).args(more);
    command.output().unwrap()
}

fn golden(file: &str, name: &str) -> String {
    format!("{}:{name}", golden_folder().join(file).display())
}

fn golden_options<'a>(penalty: &'a str, distance: &'a str, empirical: &'a str) -> Vec<&'a str> {
    let mut options = vec!["--penalty", penalty, "--batch", "16", "--epochs", "10", "--noise", "0"];
    options.extend(["--distance", distance, "--empirical", empirical]);
    options
}

#[test]
fn every_golden_trace_is_met_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let distance = golden("priors.safetensors", "distance_measured");
    let empirical = golden("priors.safetensors", "communicability_empirical");
    for (trace, penalty) in [("W", "W"), ("WD", "WD"), ("WDC", "WDC"), ("WDC_EMD", "WDC*")] {
        for (suffix, positive) in [("", false), ("_nonnegative", true)] {
            let name = format!("{trace}{suffix}");
            let output = folder.path().join(&name);
            let mut options = golden_options(penalty, &distance, &empirical);
            if positive {
                options.push("--positive");
            }
            let initial = golden("training.safetensors", &format!("{name}.init"));
            let done = fit(&golden("training.safetensors", "trials"), &initial, &output, &options);
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            let artifact = Artifact::open(&output, Kind::Fit).unwrap();
            let steps = artifact.table("steps.parquet").unwrap();
            let losses = &golden_json()["training"]["losses"][&name];
            for (step, expected) in losses.as_array().unwrap().iter().enumerate() {
                let expected = expected.as_f64().unwrap();
                let found = steps.optional_f64("loss").unwrap()[step].unwrap();
                assert!(
                    (found - expected).abs() < 1e-4 * expected,
                    "{name}, step {step}: {found}, {expected}"
                );
            }
            assert_eq!(steps.rows(), 40);
            let expected = Golden::open("training").tensor(&format!("{name}.final.recurrent_kernel"));
            let weights = artifact.tensors("weights.safetensors").unwrap();
            let found = weights.f32("recurrent_kernel", &[24, 24]).unwrap();
            let found: Vec<f64> = found.iter().map(|&value| f64::from(value)).collect();
            assert!(largest_difference(&found, &expected.values) < 1e-4, "{name}");
            assert_eq!(artifact.table("history.parquet").unwrap().rows(), 10);
            assert_eq!(artifact.table("runs.parquet").unwrap().rows(), 1);
        }
    }
}

#[test]
fn odd_trials_are_refused_in_one_line_that_names_file_and_tensor() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, x: (&[usize], Vec<f32>), y: (&[usize], Vec<f32>)| {
        let mut tensors = Tensors::new();
        tensors.insert_f32("x", x.0, x.1);
        tensors.insert_f32("y", y.0, y.1);
        let path = folder.path().join(name);
        fs::write(&path, tensors.to_safetensors(name).unwrap()).unwrap();
        path.display().to_string()
    };
    let ones = |count: usize| vec![1.0; count];
    let cases = [
        (write("flat", (&[4, 15], ones(60)), (&[4], vec![0.0; 4])), "x has the shape [4, 15]"),
        (
            write("wide", (&[2, 3, 7], ones(42)), (&[2], vec![0.0; 2])),
            "x has 7 inputs, the initial kernel has 5",
        ),
        (write("label", (&[2, 3, 5], ones(30)), (&[2], vec![0.0, 3.0])), "label of trial 1"),
        (write("half", (&[2, 3, 5], ones(30)), (&[2], vec![0.5, 1.0])), "label of trial 0"),
        (write("soft", (&[1, 3, 5], ones(15)), (&[1, 3], vec![0.5, 0.5, 0.0])), "label of trial 0"),
        (write("few", (&[2, 3, 5], ones(30)), (&[1], vec![0.0])), "y has the shape [1]"),
        (write("nan", (&[1, 1, 5], vec![f32::NAN; 5]), (&[1], vec![0.0])), "element 0 is NaN"),
        (write("none", (&[0, 3, 5], vec![]), (&[0], vec![])), "nothing to learn"),
    ];
    let output = folder.path().join("result");
    let initial = golden("training.safetensors", "W.init");
    for (trials, words) in &cases {
        let done = fit(trials, &initial, &output, &["--penalty", "W"]);
        let message = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(1), "{message}");
        assert!(message.contains(trials) && message.contains(words), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(!output.exists());
    }
    let trials = golden("training.safetensors", "trials");
    let distance = golden("graphs.safetensors", "noise_60");
    let done = fit(&trials, &initial, &output, &["--penalty", "WD", "--distance", &distance]);
    assert!(String::from_utf8_lossy(&done.stderr).contains("the network has 24 units"));
    assert_eq!(fit(&trials, &initial, &output, &["--penalty", "WX"]).status.code(), Some(2));
    // What lies at the output and is no result of fit stays.
    fs::create_dir(&output).unwrap();
    fs::write(output.join("precious"), "data").unwrap();
    assert_eq!(fit(&trials, &initial, &output, &["--penalty", "W"]).status.code(), Some(1));
    assert!(output.join("precious").exists());
}
