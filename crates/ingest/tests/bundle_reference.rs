//! What the reader makes of files that NumPy wrote (`fixtures/make.py`).
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{HandMade, npy, npy_f64, npy_i64};
use cortex::{Event, RootId};

const POSITIONS: [[i64; 3]; 4] =
    [[142_704, 113_472, 18_156], [208_096, 103_216, 17_569], [142_784, 113_552, 18_159], [-3, 0, 7]];

fn positions_of(bundle: &HandMade) -> Vec<[i64; 3]> {
    bundle.read().unwrap().field.neurons.iter().map(|neuron| neuron.position_voxel).collect()
}

#[test]
fn a_whole_field_is_read_as_it_was_written() {
    let clean = HandMade::new().read().unwrap();
    let field = &clean.field;
    assert_eq!(field.neurons[1].root, Some(RootId(864_691_135_619_077_263)));
    assert_eq!((field.neurons[1].unit.0, field.neurons[1].nucleus.0), (12, 22));
    assert_eq!(field.neurons[1].position_um, [208_096.0 * 0.004, 103_216.0 * 0.004, 17_569.0 * 0.04]);
    let connections: Vec<_> = field
        .connections
        .iter()
        .map(|connection| (connection.pre, connection.post, connection.count))
        .collect();
    assert_eq!(connections, [(0, 1, 2), (1, 2, 1), (3, 0, 8)]);
    assert!(field.connections.iter().all(|connection| connection.size.is_none()));
    let event = |neuron, time_s| Event { neuron, time_s };
    let events =
        [event(0, 0.25), event(0, 1.5), event(0, 2.0), event(2, 1.0), event(3, 0.125), event(3, 0.5)];
    assert_eq!(field.events, events);
    assert_eq!(clean.released.f64("correlation", &[4, 4]).unwrap()[..3], [1.0, 0.25, 0.25]);
    assert_eq!(clean.released.f64("sttc", &[4, 4]).unwrap()[..5], [0.5, 0.0, 0.0, 0.0, 0.5]);
    assert_eq!(clean.released.names().collect::<Vec<_>>(), ["correlation", "precision", "sttc"]);
}

#[test]
fn positions_of_every_protocol_order_and_type_are_the_same() {
    let pickled = [
        "positions.npy",
        "positions_protocol_2.npy",
        "positions_protocol_3.npy",
        "positions_big_endian.npy",
        "positions_of_objects.npy",
    ];
    for fixture in pickled {
        let bundle = HandMade::new().copy("positions_1_2_3.npy", fixture);
        assert_eq!(positions_of(&bundle), POSITIONS, "{fixture}");
    }
    let rows: Vec<i64> = POSITIONS.concat();
    let table = HandMade::new().with("positions_1_2_3.npy", &npy_i64("<i8", "(4, 3)", false, &rows));
    assert_eq!(positions_of(&table), POSITIONS);
    let columns: Vec<i64> = (0..12).map(|index| POSITIONS[index % 4][index / 4]).collect();
    let table = HandMade::new().with("positions_1_2_3.npy", &npy_i64(">i8", "(4, 3)", true, &columns));
    assert_eq!(positions_of(&table), POSITIONS);
}

#[test]
fn ids_of_any_integer_type_are_read() {
    for descr in ["<i8", ">i8", "<u2"] {
        let file = npy_i64(descr, "(4,)", false, &[1, 2, 3, 60_000]);
        let clean = HandMade::new().with("unit_ids_1_2_3.npy", &file).read().unwrap();
        assert_eq!(clean.field.neurons[3].unit.0, 60_000, "{descr}");
    }
}

#[test]
fn matrices_in_column_order_or_single_precision_are_brought_to_rows_of_doubles() {
    let by_columns: Vec<u8> = (0..16).flat_map(|value: u16| f32::from(value).to_be_bytes()).collect();
    let file = npy(">f4", "(4, 4)", true, &by_columns);
    let clean = HandMade::new().with("precision_matrix.npy", &file).read().unwrap();
    assert_eq!(clean.released.f64("precision", &[4, 4]).unwrap()[..5], [0.0, 4.0, 8.0, 12.0, 1.0]);
}

#[test]
fn a_connectome_may_be_labelled_by_ids_and_end_its_lines_as_windows_does() {
    let by_unit = b"unit,11,12,13,14\r\n11,0,1,0,0\r\n12,0,0,0,0\r\n13,0,0,0,3.0\r\n14,0,0,0,0\r\n\r\n";
    let field = HandMade::new().with("connectome_1_2_3.csv", by_unit).read().unwrap().field;
    let found: Vec<_> = field.connections.iter().map(|pair| (pair.pre, pair.post, pair.count)).collect();
    assert_eq!(found, [(0, 1, 1), (2, 3, 3)]);
}

#[test]
fn what_a_field_can_do_without_may_be_missing() {
    let bundle = HandMade::new().without("spikes_1_2_3.npy").without("sttc_matrix.npy");
    let clean = bundle.read().unwrap();
    assert!(clean.field.events.is_empty());
    assert_eq!(clean.released.names().collect::<Vec<_>>(), ["correlation", "precision"]);
    let whole = npy_f64("(4, 4)", &[0.0; 16]);
    assert_eq!(bundle.with("sttc_matrix.npy", &whole).read().unwrap().released.names().count(), 3);
}
