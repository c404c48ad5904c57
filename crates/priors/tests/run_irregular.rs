//! Fields that are odd, which is noted, and fields and settings that cannot be, which are refused in one line.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use artifact::Tensors;
use common::{Study, field};

const ARM: &str = "[[arm]]\nsimulations = 2\n";

fn noted(study: &Study, name: &str, words: &str) {
    let notes = study.manifest(name).notes;
    assert!(notes.iter().any(|note| note.contains(words)), "{words:?} not in {notes:?}");
}

#[test]
fn flat_positions_silent_neurons_and_no_connections_are_noted() {
    let study = Study::new(&["1_1_1"], ARM);
    let mut field = field("1_1_1", 12);
    for neuron in &mut field.neurons {
        (neuron.position_voxel[2], neuron.position_um[2]) = (7, 0.28);
    }
    field.events.retain(|event| event.neuron != 4);
    field.connections.clear();
    study.ingest(&field, None);
    study.run().unwrap();
    noted(&study, "1_1_1", "same z");
    noted(&study, "1_1_1", "1 of 12 neurons have no events");
    noted(&study, "1_1_1", "communicability is 0");
    noted(&study, "1_1_1", "factorised as [3, 2, 2]");
    let priors = study.priors("1_1_1").tensors("priors.safetensors").unwrap();
    for name in ["communicability.published", "communicability.sound"] {
        assert!(priors.f64(name, &[12, 12]).unwrap().iter().all(|&entry| entry == 0.0));
    }
    for name in priors.names() {
        assert!(priors.f64(name, &[12, 12]).unwrap().iter().all(|entry| entry.is_finite()), "{name}");
    }
}

#[test]
fn all_neurons_at_one_point() {
    let study = Study::new(&["1_1_1"], ARM);
    let mut field = field("1_1_1", 4);
    for neuron in &mut field.neurons {
        (neuron.position_voxel, neuron.position_um) = ([1, 2, 3], [0.004, 0.008, 0.12]);
    }
    study.ingest(&field, None);
    study.run().unwrap();
    for axis in ["same x", "same y", "same z"] {
        noted(&study, "1_1_1", axis);
    }
    let priors = study.priors("1_1_1").tensors("priors.safetensors").unwrap();
    assert!(priors.f64("distance.measured", &[4, 4]).unwrap().iter().all(|&entry| entry == 0.0));
}

#[test]
fn a_field_of_one_neuron_has_priors() {
    let study = Study::new(&["1_1_1"], ARM);
    study.ingest(&field("1_1_1", 1), None);
    study.run().unwrap();
    let initial = study.priors("1_1_1").tensors("initial/main.safetensors").unwrap();
    assert!(initial.f32("functional", &[2, 1, 1]).unwrap().iter().all(|weight| (weight - 0.95).abs() < 1e-6));
}

#[test]
fn a_grid_of_another_size_is_refused() {
    let study = Study::new(&["1_1_1"], &format!("priors.grid = {{ 1_1_1 = [12, 13, 2] }}\n{ARM}"));
    study.ingest(&field("1_1_1", 12), None);
    let message = study.failure();
    assert!(message.contains("field 1_1_1: the grid [12, 13, 2] has 312 points for 12 neurons"), "{message}");
    assert!(!study.place("priors", "1_1_1").exists());
}

#[test]
fn a_field_without_any_function_is_refused() {
    let study = Study::new(&["1_1_1"], ARM);
    let mut field = field("1_1_1", 12);
    field.events.clear();
    study.ingest(&field, None);
    assert!(study.failure().contains("neither events nor released measures"));
}

#[test]
fn released_measures_that_are_incomplete_or_not_finite_are_refused() {
    let study = Study::new(&["1_1_1"], ARM);
    let mut field = field("1_1_1", 3);
    field.events.clear();
    let mut released = Tensors::new();
    released.insert_f64("correlation", &[3, 3], vec![1.0; 9]);
    study.ingest(&field, Some(&released));
    assert!(study.failure().contains("tensor sttc: not among correlation"), "{}", study.failure());
    released.insert_f64("sttc", &[2, 2], vec![1.0; 4]);
    study.ingest(&field, Some(&released));
    assert!(study.failure().contains("found shape [2, 2], expected [3, 3]"), "{}", study.failure());
    released.insert_f64("sttc", &[3, 3], [vec![1.0; 5], vec![f64::NAN], vec![1.0; 3]].concat());
    study.ingest(&field, Some(&released));
    assert!(study.failure().contains("entry [1, 2] of the released sttc is NaN"), "{}", study.failure());
}

#[test]
fn unsorted_events_are_refused() {
    let study = Study::new(&["1_1_1"], ARM);
    let mut field = field("1_1_1", 3);
    field.events.reverse();
    study.ingest(&field, None);
    assert!(study.failure().contains("ascending"), "{}", study.failure());
}

#[test]
fn a_bin_longer_than_the_recording_is_refused() {
    let study = Study::new(&["1_1_1"], &format!("priors.bin_seconds = 1e6\n{ARM}"));
    study.ingest(&field("1_1_1", 3), None);
    assert!(study.failure().contains("0 complete bins of 1000000 s"), "{}", study.failure());
}

#[test]
fn a_field_that_was_not_ingested_is_refused_and_only_told_in_a_dry_run() {
    let study = Study::new(&["1_1_1"], ARM);
    assert!(study.failure().contains("make it with `ingest run --field 1_1_1`"), "{}", study.failure());
    let mut arguments = study.arguments();
    arguments.dry_run = true;
    priors::run(arguments).unwrap();
    assert!(!study.folder().join("artifacts/priors").exists());
}

#[test]
fn a_recording_too_short_to_cross_validate_is_refused_with_what_to_set() {
    let study = Study::new(&["1_1_1"], &format!("priors.bin_seconds = 40.0\n{ARM}"));
    study.ingest(&field("1_1_1", 3), None);
    let message = study.failure();
    assert!(message.contains("cannot be cross-validated in 5 folds"), "{message}");
    assert!(
        message.contains("set priors.precision to { graphical-lasso = ALPHA } or \"inverse\""),
        "{message}"
    );
    assert!(!study.place("priors", "1_1_1").exists());
    study.configure(&["1_1_1"], &format!("priors.bin_seconds = 40.0\npriors.precision = \"inverse\"\n{ARM}"));
    study.run().unwrap();
}

#[test]
fn the_chosen_penalty_and_neurons_without_a_say_in_it_are_noted() {
    let study = Study::new(&["1_1_1"], ARM);
    let mut field = field("1_1_1", 12);
    // The second of five folds of 120 s.
    field.events.retain(|event| event.neuron != 4 || (25.0..45.0).contains(&event.time_s));
    study.ingest(&field, None);
    study.run().unwrap();
    noted(&study, "1_1_1", "chosen by cross-validation among 16 penalties");
    noted(&study, "1_1_1", "1 of 12 neurons have constant counts outside of some fold");
}

#[test]
fn a_penalty_under_which_the_sweeps_do_not_converge_is_refused() {
    let study = Study::new(&["1_1_1"], &format!("priors.precision = {{ graphical-lasso = 1e-18 }}\n{ARM}"));
    let mut field = field("1_1_1", 3);
    let first: Vec<f64> =
        field.events.iter().filter(|event| event.neuron == 0).map(|event| event.time_s).collect();
    let second = field.events.iter_mut().filter(|event| event.neuron == 1);
    second.zip(first).for_each(|(event, time_s)| event.time_s = time_s);
    study.ingest(&field, None);
    let message = study.failure();
    assert!(message.contains("did not converge in") && message.contains("at alpha 1e-18"), "{message}");
    assert!(!message.contains('\n'), "{message}");
}
