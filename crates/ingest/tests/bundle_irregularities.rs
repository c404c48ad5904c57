//! What is odd but usable is noted, with the neurons that it concerns.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{HandMade, npy_f64, npy_i64};

fn notes(bundle: &HandMade) -> String {
    bundle.read().unwrap().notes.join("\n")
}

#[track_caller]
fn assert_noted(bundle: &HandMade, note: &str) {
    let notes = notes(bundle);
    assert!(notes.contains(note), "`{note}` is not in:\n{notes}");
}

#[test]
fn a_regular_field_is_noted_for_its_triangle_and_missing_synapses_alone() {
    assert_eq!(
        HandMade::new().read().unwrap().notes,
        [
            "1 of 4 neurons have no outgoing synapses within the field",
            "no events: 1 neuron (1)",
            "the released sttc matrix is filled in its lower triangle only"
        ]
    );
}

#[test]
fn a_root_id_of_zero_becomes_unknown_however_often() {
    let roots = npy_i64("<i8", "(4,)", false, &[0, 5, 0, 6]);
    let bundle = HandMade::new().with("root_ids_1_2_3.npy", &roots);
    assert_noted(&bundle, "root_id 0, no segment was found, so that the root_id is null: 2 neurons (0, 2)");
    assert!(!notes(&bundle).contains("share"));
    let known: Vec<bool> =
        bundle.read().unwrap().field.neurons.iter().map(|neuron| neuron.root.is_some()).collect();
    assert_eq!(known, [false, true, false, true]);
}

#[test]
fn repeated_ids_are_named() {
    let twice = npy_i64("<i8", "(4,)", false, &[9, 5, 9, 6]);
    for (file, id) in [("root", "root_id"), ("unit", "unit_id"), ("target", "nucleus_id")] {
        let bundle = HandMade::new().with(&format!("{file}_ids_1_2_3.npy"), &twice);
        assert_noted(&bundle, &format!("{id} that several neurons share: 9 (2 times)"));
    }
}

#[test]
fn a_wrong_count_in_the_bundles_index_is_noted() {
    let bundle = HandMade::new().listing("| 1 | 2 | 3 | 275 | (11, 5, 5) |\n");
    assert_noted(&bundle, "INF.md lists 275 neurons, but the field's files hold 4; the files are followed");
    let bundle = HandMade::new().listing("| 1 | 2 | 3 | 4 | (2, 2, 1) |\n");
    assert!(!notes(&bundle).contains("INF.md"));
}

#[test]
fn missing_events_and_matrices_are_noted() {
    let bundle = HandMade::new().without("spikes_1_2_3.npy").without("corr_matrix.npy");
    assert_noted(&bundle, "spikes_1_2_3.npy is missing: the field has no events");
    assert_noted(&bundle, "the source releases no correlation matrix");
}

#[test]
fn events_out_of_order_are_sorted() {
    let bundle = HandMade::new()
        .with("spikes_1_2_3.npy", &npy_f64("(4, 2)", &[0.5, 0.25, 1.0, 2.0, 3.0, 3.0, 0.0, 1.0]));
    assert_noted(&bundle, "event times were out of order and have been sorted: 1 neuron (0)");
    assert_noted(&bundle, "several events at the same time: 1 neuron (2)");
    let field = bundle.read().unwrap().field;
    assert_eq!(field.event_trains()[0], [0.25, 0.5]);
}

#[test]
fn what_else_is_odd_is_noted() {
    let mut matrix = [0.5; 16];
    matrix[3] = f64::NAN;
    let bundle = HandMade::new()
        .with("corr_matrix.npy", &npy_f64("(4, 4)", &matrix))
        .with("connectome_1_2_3.csv", b",0,1,2,3\n0,3,0,0,0\n1,0,0,1,0\n2,0,0,0,1\n3,1,0,0,0\n")
        .with(
            "positions_1_2_3.npy",
            &npy_f64("(4, 3)", &[1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0]),
        );
    assert_noted(&bundle, "the released correlation matrix has 1 entries that are not finite");
    assert_noted(&bundle, "1 neurons have synapses onto themselves");
    assert_noted(&bundle, "positions between voxels were rounded to whole ones: 1 neuron (2)");
    assert_noted(&bundle, "positions that an earlier neuron has as well: 1 neuron (1)");
}
