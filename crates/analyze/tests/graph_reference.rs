//! `analyze graph` on the golden graphs (NetworkX, bctpy, SciPy), and on what is no weight matrix.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use artifact::Tensors;
use serde_json::Value;

fn graph(file: &Path, tensor: &str, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_analyze"));
    command.arg("graph").arg(file).args(["--tensor", tensor]).args(more).output().unwrap()
}

fn golden_graphs() -> PathBuf {
    fixtures::golden_folder().join("graphs.safetensors")
}

#[test]
fn metrics_of_the_golden_graphs() {
    let golden = fixtures::golden_json();
    for (name, known) in golden["graphs"].as_object().unwrap() {
        let output = graph(&golden_graphs(), name, &["--nulls", "200"]);
        assert!(output.status.success(), "{name}");
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        for (key, tolerance) in [
            ("modularity", 1e-12),
            ("assortativity", 1e-12),
            ("clustering", 1e-12),
            ("efficiency", 1e-12),
            ("entropy", 1e-9),
        ] {
            let (found, expected) = (found[key].as_f64().unwrap(), known[key].as_f64().unwrap());
            assert!(
                (found - expected).abs() <= tolerance,
                "{name} {key}: found {found}, expected {expected}"
            );
        }
        assert_eq!(found["edges"], known["edges"], "{name}");
        assert_eq!(found["communities"], known["communities"].as_array().unwrap().len(), "{name}");
        let nulls = &golden["nulls"][name.split_once('_').unwrap().1];
        let [clustering, efficiency] =
            ["clustering", "efficiency"].map(|key| nulls[key][0].as_f64().unwrap());
        let expected = known["clustering"].as_f64().unwrap()
            / clustering
            / (efficiency / known["efficiency"].as_f64().unwrap());
        // Both means are over 200 null graphs; four standard errors of their ratio.
        let relative = ["clustering", "efficiency"]
            .map(|key| nulls[key][1].as_f64().unwrap() / nulls[key][0].as_f64().unwrap());
        let tolerance = 4.0 * (relative[0] + relative[1]) * (2.0_f64 / 200.0).sqrt() * expected;
        let found = found["small_worldness"].as_f64().unwrap();
        assert!((found - expected).abs() <= tolerance, "{name}: found {found}, expected {expected}");
    }
}

#[test]
fn the_object_has_the_columns_of_the_metrics_table_in_order() {
    let output = graph(&golden_graphs(), "noise_24", &["--nulls", "10"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let keys: Vec<&str> = text.lines().filter_map(|line| line.split('"').nth(1)).collect();
    let expected: Vec<&str> = analyze::Measure::ALL
        .iter()
        .map(|measure| measure.name())
        .filter(|name| !name.ends_with("_correlation"))
        .collect();
    assert_eq!(keys, expected);
    assert!(text.starts_with("{\n  \"modularity\": 0."), "{text}");
    let found: Value = serde_json::from_str(&text).unwrap();
    assert!(found["communities"].is_u64() && found["spectral_radius"].is_f64());
    assert!((0.5..2.0).contains(&found["small_worldness_rewired"].as_f64().unwrap()));
}

#[test]
fn single_precision_is_read_beside_tensors_of_other_types() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("weights.safetensors");
    let values: Vec<f32> = (0..64).map(|index| (index as f32 * 0.7).sin()).collect();
    let mut tensors = Tensors::new();
    tensors.insert_f32("single", &[8, 8], values.clone());
    tensors.insert_f64("double", &[8, 8], values.iter().copied().map(f64::from).collect());
    fs::write(&file, tensors.to_safetensors("weights").unwrap()).unwrap();
    let [single, double] = ["single", "double"].map(|name| graph(&file, name, &[]).stdout);
    assert!(!single.is_empty());
    assert_eq!(single, double);
}

#[test]
fn what_is_no_weight_matrix_is_refused_in_one_line_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("odd.safetensors");
    let mut tensors = Tensors::new();
    tensors.insert_f32("flat", &[2, 3], vec![0.0; 6]);
    tensors.insert_f32("infinite", &[2, 2], vec![0.0, f32::INFINITY, 0.0, 0.0]);
    tensors.insert_f64("single", &[1, 1], vec![1.0]);
    tensors.insert_f64("empty", &[0, 0], vec![]);
    tensors.insert_f64("constant", &[3, 3], vec![1.0; 9]);
    fs::write(&file, tensors.to_safetensors("odd").unwrap()).unwrap();
    fs::write(folder.path().join("text"), "no tensors").unwrap();
    let text = folder.path().join("text");
    let missing = folder.path().join("missing");
    for (file, tensor, words) in [
        (&file, "flat", ["flat", "[2, 3], expected a square matrix"]),
        (&file, "infinite", ["infinite", "weight [0, 1] is inf"]),
        (&file, "absent", ["absent", "constant, empty, flat, infinite, single"]),
        (&text, "any", ["text", "not a safetensors file"]),
        (&missing, "any", ["missing", "cannot read"]),
    ] {
        let output = graph(file, tensor, &[]);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    }
    for tensor in ["single", "empty", "constant"] {
        let output = graph(&file, tensor, &[]);
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&found["edges"], &found["modularity"]), (&0.into(), &Value::Null), "{tensor}");
    }
    assert_eq!(graph(&golden_graphs(), "noise_24", &["--nulls", "0"]).status.code(), Some(2));
}
