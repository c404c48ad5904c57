//! What leaves a study: CSV in the released layout, comparisons, weights for PyTorch.

use std::{fs, process::Command};

use artifact::TensorFile;

use crate::study::Study;

#[test]
fn metrics_relate_kernels_to_their_field_and_to_where_they_began() {
    use artifact::{Artifact, Kind};
    let study = Study::finished();
    let analysis = Artifact::open(&study.path("artifacts/analyze"), Kind::Analysis).unwrap();
    let metrics = analysis.table("metrics.parquet").unwrap();
    for name in
        ["distance_correlation", "functional_correlation", "connectome_correlation", "prior_correlation"]
    {
        let values = metrics.optional_f64(name).unwrap();
        assert!(values.iter().all(|value| value.is_some_and(|value| value.abs() <= 1.0)), "{name}");
    }
    // The functional kernels begin from the correlations of activity; orthogonal ones know nothing of them.
    let initial = metrics.optional_f64("initial_functional_correlation").unwrap();
    let mean_of = |start: &str| {
        let own = metrics.text("variant").unwrap().iter().zip(initial);
        let values: Vec<f64> =
            own.filter(|(name, _)| name.starts_with(start)).filter_map(|(_, value)| *value).collect();
        values.iter().sum::<f64>() / values.len() as f64
    };
    assert!(mean_of("W*") > 0.2 && mean_of("WD").abs() < 0.1, "{} {}", mean_of("W*"), mean_of("WD"));
}

#[test]
fn a_study_is_exported_in_the_released_layout() {
    let study = Study::finished();
    let done = study.call("analyze", &["export", "out", "--pytorch"]);
    assert_eq!((done.code, done.out.as_str()), (Some(0), "out/synthetic_16_sttc-corr\n"), "{}", done.err);
    let folder = study.path("out/synthetic_16_sttc-corr");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let columns = "W*D*C,WD*C,WDC,WD*,WD,W,W*D*C*,WD*C*,W*DC*,W!D*C,W!D*C*";
    let raw = read("Task2/accuracy_raw.csv");
    assert_eq!(raw.lines().next(), Some(format!("simulation,{columns}").as_str()));
    assert_eq!(raw.lines().count(), 2);
    let means = read("metrics.csv");
    assert_eq!(means.lines().next(), Some(format!("task,metric,{columns}").as_str()));
    assert_eq!(means.lines().count(), 1 + 3 * 7);
    let accuracies = means.lines().find(|line| line.starts_with("Task2,accuracy,")).unwrap();
    let of_run = raw.lines().nth(1).unwrap().split_once(',').unwrap().1;
    assert_eq!(accuracies, format!("Task2,accuracy,{of_run}"), "the mean of one simulation is its value");
    assert!(
        read("metrics_SD.csv").lines().any(|line| line == "Task3,entropy,,,,,,,,,,,"),
        "one run has no deviation"
    );
    assert!(
        read("config.txt")
            .contains("tasks: Task1=one-choice-inference Task2=go-nogo Task3=perceptual-decision")
    );
    assert!(folder.join("Task1/modularity_raw.csv").exists());
    assert_eq!(fs::read_dir(folder.join("Task3/weights")).unwrap().count(), 11);
    let leaky = ["export", "leaky", "--pytorch", "--set", "train.time_constant_steps=4.0"];
    let done = study.call("analyze", &leaky);
    assert!(done.code == Some(1) && done.err.contains("leave --pytorch out"), "{}", done.err);
    assert!(!study.path("leaky/synthetic_16_sttc-corr/config.txt").exists());
}

/// Steps of the trial that networks are compared on, and its inputs.
const STEPS: usize = 50;

fn input(step: usize, input: usize) -> f64 {
    ((step * 7 + input * 3) as f64 * 0.37).sin()
}

/// The logits of the trial by this project's `relu(x W_in + h W + b)` and `h W_out + b_out`.
fn logits(weights: &TensorFile) -> Vec<f64> {
    let [kernel, recurrent, readout] =
        ["kernel", "recurrent_kernel", "readout_kernel"].map(|name| weights.tensor(name).unwrap());
    let [bias, readout_bias] = ["bias", "readout_bias"].map(|name| weights.tensor(name).unwrap().values);
    let (units, outputs) = (bias.len(), readout_bias.len());
    let mut state = vec![0.0_f64; units];
    for step in 0..STEPS {
        let next = |unit: usize| {
            let driven = (0..kernel.shape[0]).map(|i| input(step, i) * kernel.values[i * units + unit]);
            let recurrent = (0..units).map(|pre| state[pre] * recurrent.values[pre * units + unit]);
            (bias[unit] + driven.sum::<f64>() + recurrent.sum::<f64>()).max(0.0)
        };
        state = (0..units).map(next).collect();
    }
    assert!(state.iter().any(|&state| state > 0.01));
    let logit = |output: usize| {
        let read = (0..units).map(|unit| state[unit] * readout.values[unit * outputs + output]);
        readout_bias[output] + read.sum::<f64>()
    };
    (0..outputs).map(logit).collect()
}

/// Exports a trained network; its weights and those for PyTorch.
fn exported(study: &Study) -> [TensorFile; 2] {
    let weights = "artifacts/train/synthetic_16/main/weights/one-choice-inference.WsDsC.00.safetensors";
    let done = study.call("analyze", &["pytorch", weights, "state.safetensors"]);
    assert_eq!((done.code, done.out.as_str()), (Some(0), "state.safetensors\n"), "{}", done.err);
    [weights, "state.safetensors"].map(|name| TensorFile::open(&study.path(name)).unwrap())
}

/// `h = relu(x W_ihᵀ + b_ih + h W_hhᵀ + b_hh)` and `h Wᵀ + b`, as PyTorch documents `RNN` and `Linear`.
#[test]
fn exported_weights_compute_by_pytorchs_equations_what_they_compute_here() {
    let study = Study::finished();
    let [own, state] = exported(&study);
    let tensor = |name: &str, shape: &[usize]| {
        let tensor = state.tensor(name).unwrap();
        assert_eq!(tensor.shape, shape, "{name}");
        tensor.values
    };
    let (inputs, units, outputs) = (8, 16, 4);
    let w_ih = tensor("rnn.weight_ih_l0", &[units, inputs]);
    let w_hh = tensor("rnn.weight_hh_l0", &[units, units]);
    let [b_ih, b_hh] = ["rnn.bias_ih_l0", "rnn.bias_hh_l0"].map(|name| tensor(name, &[units]));
    let (readout, bias) = (tensor("readout.weight", &[outputs, units]), tensor("readout.bias", &[outputs]));
    let mut h = vec![0.0_f64; units];
    for step in 0..STEPS {
        let next = |unit: usize| {
            let driven = (0..inputs).map(|i| input(step, i) * w_ih[unit * inputs + i]);
            let recurrent = (0..units).map(|pre| h[pre] * w_hh[unit * units + pre]);
            (b_ih[unit] + b_hh[unit] + driven.sum::<f64>() + recurrent.sum::<f64>()).max(0.0)
        };
        h = (0..units).map(next).collect();
    }
    for (output, logit) in logits(&own).into_iter().enumerate() {
        let read = (0..units).map(|unit| h[unit] * readout[output * units + unit]);
        let found = bias[output] + read.sum::<f64>();
        assert!((found - logit).abs() < 1e-6, "{found} {logit}");
    }
    let done = study.call("analyze", &["pytorch", "pipeline.toml", "other"]);
    assert_eq!(done.code, Some(1));
    assert!(done.err.contains("pipeline.toml") && !study.path("other").exists(), "{}", done.err);
}

/// As above by PyTorch itself, where the interpreter that `LAMINA_PYTHON` names (`python3` unless set) has it.
#[test]
fn pytorch_loads_exported_weights_and_computes_what_they_compute_here() {
    let python = std::env::var("LAMINA_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_torch = Command::new(&python).args(["-c", "import torch, safetensors.torch"]).output();
    if !has_torch.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: {python} has no torch and safetensors (LAMINA_PYTHON names another)");
        return;
    }
    let study = Study::finished();
    let [own, _] = exported(&study);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/pipeline/pytorch.py");
    let output = Command::new(&python).arg(script).arg(study.path("state.safetensors")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found = String::from_utf8_lossy(&output.stdout);
    let found: Vec<f64> = found.split_whitespace().map(|logit| logit.parse().unwrap()).collect();
    let expected = logits(&own);
    assert_eq!(found.len(), expected.len());
    for (found, logit) in found.iter().zip(expected) {
        assert!((found - logit).abs() < 1e-6, "{found} {logit}");
    }
}

#[test]
fn figures_stand_beside_published_ones() {
    let study = Study::finished();
    let table = "metric,variant,task,mean,t95_low,t95_high\naccuracy,W*D*C,go-nogo,0.5,-9,9\n\
                 accuracy,WD,go-nogo,0.5,8.5,9\naccuracy,W~orthogonal D*,go-nogo,0.25,0,1\n";
    study.write("published.csv", table);
    let done = study.call("analyze", &["compare", "published.csv", "--csv"]);
    assert_eq!(done.code, Some(0), "{}", done.err);
    let lines: Vec<&str> = done.out.lines().collect();
    assert_eq!(lines.len(), 4, "{}", done.out);
    assert!(
        lines[1].starts_with("synthetic_16,main,go-nogo,W*D*C,accuracy,1,") && lines[1].ends_with(",yes")
    );
    assert!(
        lines[2].contains(",WD*,") && lines[3].contains(",WD,") && lines[3].ends_with(",no"),
        "{}",
        done.out
    );
    let aligned = study.call("analyze", &["compare", "published.csv"]).out;
    assert!(aligned.lines().all(|line| line.contains("  ")) && aligned.contains("published_low"));
    for (broken, words) in [
        (table.replace("0.25", "much"), "line 4: mean is `much`, expected a number"),
        (table.replace("t95_low", "low"), "line 1: has no column t95_low"),
        (table.replace("WD,", "WE,"), "line 3: `WE` is not a variant"),
        (table.replace("accuracy,WD", "accuracies,WD"), "line 3: `accuracies` is no metric"),
        (table.replace(",8.5,9", ",9"), "line 3: has 5 cells, expected 6"),
        (String::new(), "line 1: is empty"),
    ] {
        study.write("broken.csv", broken);
        let done = study.call("analyze", &["compare", "broken.csv"]);
        assert_eq!(done.code, Some(1));
        assert!(done.err.contains("broken.csv") && done.err.contains(words), "{}", done.err);
    }
    let fresh = Study::tiny();
    fresh.write("published.csv", table);
    for arguments in [["compare", "published.csv"], ["export", "out"]] {
        let done = fresh.call("analyze", &arguments);
        assert!(done.code == Some(1) && done.err.contains("`analyze run`"), "{}", done.err);
    }
}
