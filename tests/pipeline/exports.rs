//! What leaves a study: CSV in the released layout, comparisons, weights for PyTorch.

use std::fs;

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

/// `h = relu(x W_ihᵀ + b_ih + h W_hhᵀ + b_hh)` and `h Wᵀ + b`, as PyTorch documents `RNN` and `Linear`, against this
/// project's `relu(x W_in + h W + b)` and `h W_out + b_out`.
#[test]
fn exported_weights_compute_in_pytorch_what_they_compute_here() {
    let study = Study::finished();
    let weights = "artifacts/train/synthetic_16/main/weights/one-choice-inference.WsDsC.00.safetensors";
    let done = study.call("analyze", &["pytorch", weights, "state.safetensors"]);
    assert_eq!((done.code, done.out.as_str()), (Some(0), "state.safetensors\n"), "{}", done.err);
    let (own, state) = (
        TensorFile::open(&study.path(weights)).unwrap(),
        TensorFile::open(&study.path("state.safetensors")).unwrap(),
    );
    let ours = |name: &str| own.tensor(name).unwrap();
    let theirs = |name: &str, shape: &[usize]| {
        let tensor = state.tensor(name).unwrap();
        assert_eq!(tensor.shape, shape, "{name}");
        tensor.values
    };
    let (inputs, units, outputs) = (8, 16, 4);
    let (w_ih, w_hh) =
        (theirs("rnn.weight_ih_l0", &[units, inputs]), theirs("rnn.weight_hh_l0", &[units, units]));
    let (b_ih, b_hh) = (theirs("rnn.bias_ih_l0", &[units]), theirs("rnn.bias_hh_l0", &[units]));
    let (readout, readout_bias) =
        (theirs("readout.weight", &[outputs, units]), theirs("readout.bias", &[outputs]));
    let x = |step: usize, input: usize| ((step * 7 + input * 3) as f64 * 0.37).sin();
    let (mut here, mut there) = (vec![0.0_f64; units], vec![0.0_f64; units]);
    for step in 0..50 {
        let (previous, other) = (here.clone(), there.clone());
        for unit in 0..units {
            let mut sum = ours("bias").values[unit];
            let mut foreign = b_ih[unit] + b_hh[unit];
            for input in 0..inputs {
                sum += x(step, input) * ours("kernel").values[input * units + unit];
                foreign += x(step, input) * w_ih[unit * inputs + input];
            }
            for pre in 0..units {
                sum += previous[pre] * ours("recurrent_kernel").values[pre * units + unit];
                foreign += other[pre] * w_hh[unit * units + pre];
            }
            (here[unit], there[unit]) = (sum.max(0.0), foreign.max(0.0));
        }
    }
    assert!(here.iter().any(|&state| state > 0.01));
    for output in 0..outputs {
        let mut sum = ours("readout_bias").values[output];
        let mut foreign = readout_bias[output];
        for unit in 0..units {
            sum += here[unit] * ours("readout_kernel").values[unit * outputs + output];
            foreign += there[unit] * readout[output * units + unit];
        }
        assert!((sum - foreign).abs() < 1e-6, "{sum} {foreign}");
    }
    let done = study.call("analyze", &["pytorch", "pipeline.toml", "other"]);
    assert_eq!(done.code, Some(1));
    assert!(done.err.contains("pipeline.toml") && !study.path("other").exists(), "{}", done.err);
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
