//! What cannot be used is refused in one line that names the file and what was found.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::{fs, path::Path};

use common::{HandMade, fixture_bytes, name, npy, npy_f64, npy_i64, object_npy};
use ingest::{Bundle, IngestError};

#[track_caller]
fn assert_refused(bundle: &HandMade, file: &str, reason: &str) {
    let message = bundle.refusal();
    assert!(message.contains(file) && message.contains(reason), "{message}");
}

/// Reads a bundle whose positions are these bytes.
fn with_positions(bytes: &[u8]) -> HandMade {
    HandMade::new().with("positions_1_2_3.npy", bytes)
}

#[test]
fn a_pickle_that_names_a_foreign_global_is_refused_by_that_name() {
    for fixture in ["foreign_global.npy", "foreign_stack_global.npy"] {
        let bundle = with_positions(&fixture_bytes(fixture));
        assert!(matches!(bundle.read(), Err(IngestError::ForeignGlobal { .. })), "{fixture}");
        assert_refused(&bundle, "positions_1_2_3.npy", "its pickle names `posix.system`");
        assert!(!Path::new("executed").exists());
    }
    assert_refused(&with_positions(&object_npy(b"\x80\x02cos\nsystem\n.")), "positions", "`os.system`");
    assert_refused(
        &with_positions(&object_npy(b"\x80\x04\x8c\x02os\x8c\x06system\x93.")),
        "positions",
        "`os.system`",
    );
    assert_refused(&with_positions(&object_npy(b"\x80\x02(ios\nsystem\n.")), "positions", "`os.system`");
    assert_refused(&with_positions(&object_npy(b"\x80\x02cnumpy\nload\n.")), "positions", "`numpy.load`");
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    for fixture in ["positions.npy", "positions_protocol_2.npy", "positions_protocol_3.npy"] {
        let whole = fixture_bytes(fixture);
        let mut bundle = HandMade::new();
        for length in 0..whole.len() {
            bundle = bundle.with("positions_1_2_3.npy", &whole[..length]);
            assert!(bundle.read().is_err(), "{fixture} cut at {length}");
        }
    }
    let whole = npy_f64("(4, 4)", &[0.0; 16]);
    let cut = HandMade::new().with("corr_matrix.npy", &whole[..whole.len() - 8]);
    assert_refused(&cut, "corr_matrix.npy", "120 bytes of elements");
    let longer = [whole, vec![0]].concat();
    assert_refused(&HandMade::new().with("corr_matrix.npy", &longer), "corr_matrix.npy", "129 bytes");
}

#[test]
fn a_file_with_any_byte_changed_is_read_or_refused_but_never_a_panic() {
    for fixture in ["positions.npy", "positions_protocol_2.npy", "positions_protocol_3.npy"] {
        let whole = fixture_bytes(fixture);
        let mut bundle = HandMade::new();
        for place in 0..whole.len() {
            for change in [0x01, 0x80] {
                let mut damaged = whole.clone();
                damaged[place] ^= change;
                bundle = bundle.with("positions_1_2_3.npy", &damaged);
                let _ = bundle.read();
            }
        }
    }
}

#[test]
fn huge_shapes_and_lengths_are_refused_without_being_allocated() {
    let huge = npy("<f8", "(1000000000, 1000000000)", false, &[0; 64]);
    assert_refused(
        &HandMade::new().with("corr_matrix.npy", &huge),
        "corr_matrix.npy",
        "truncated or damaged",
    );
    let beyond = npy("<i8", "(18446744073709551615, 18446744073709551615)", false, &[0; 64]);
    assert_refused(&HandMade::new().with("root_ids_1_2_3.npy", &beyond), "root_ids", "shape");
    let claimed = b"\x93NUMPY\x02\x00\xff\xff\xff\xff{'descr'";
    assert_refused(&with_positions(claimed), "positions_1_2_3.npy", "header claims");
    let text = b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7f";
    assert_refused(&with_positions(&object_npy(text)), "positions_1_2_3.npy", "ends early");
}

#[test]
fn deep_nesting_is_refused_without_a_stack_overflow() {
    let header = "(".repeat(4000);
    assert_refused(&with_positions(&npy("<i8", &header, false, &[])), "positions_1_2_3.npy", "brackets");
    let mut pickle = b"\x80\x04".to_vec();
    pickle.push(b']');
    pickle.extend(vec![0x85; 2_000_000]);
    pickle.push(b'.');
    assert_refused(&with_positions(&object_npy(&pickle)), "positions_1_2_3.npy", "no array of objects");
}

#[test]
fn an_array_repeated_without_end_is_refused() {
    // A list of 10,000 references to one array of 400 bytes would be 4 MB out of a file of 20 kB.
    let mut pickle = b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x00cnumpy\nndarray\nq\x01K\x00\x85q\x02U\x01bq\x03\x87R".to_vec();
    pickle.extend(b"(K\x01M\x10\x27\x85cnumpy\ndtype\nU\x02O8\x89\x88\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb\x89](");
    pickle.extend(b"h\x00h\x01h\x02h\x03\x87R(K\x01K\x32\x85cnumpy\ndtype\nU\x02f8\x89\x88\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T\x90\x01\x00\x00");
    pickle.extend([0; 400]);
    pickle.extend(b"tbq\x04");
    pickle.extend(b"h\x04".repeat(9_999));
    pickle.extend(b"etb.");
    let bundle = with_positions(&npy("|O", "(10000,)", false, &pickle));
    assert_refused(&bundle, "positions_1_2_3.npy", "repeats its arrays");
}

#[test]
fn files_of_different_counts_are_both_named_with_their_counts() {
    let three = npy_i64("<i8", "(3,)", false, &[1, 2, 3]);
    for file in ["root_ids_1_2_3.npy", "unit_ids_1_2_3.npy", "target_ids_1_2_3.npy"] {
        let bundle = HandMade::new().with(file, &three);
        assert_refused(&bundle, "positions_1_2_3.npy has 4 neurons but ", &format!("{file} has 3;"));
    }
    let bundle = HandMade::new().with("sttc_matrix.npy", &npy_f64("(2, 2)", &[0.0; 4]));
    assert_refused(&bundle, "positions_1_2_3.npy has 4 neurons", "sttc_matrix.npy has 2;");
    let bundle = HandMade::new().with("connectome_1_2_3.csv", b",0,1\n0,0,1\n1,0,0\n");
    assert_refused(&bundle, "positions_1_2_3.npy has 4 neurons", "connectome_1_2_3.csv has 2;");
    let bundle = HandMade::new().with("spikes_1_2_3.npy", &npy_f64("(5, 1)", &[0.0; 5]));
    assert_refused(&bundle, "positions_1_2_3.npy has 4 neurons", "spikes_1_2_3.npy has 5;");
}

#[test]
fn a_matrix_that_is_not_square_is_refused() {
    let bundle = HandMade::new().with("corr_matrix.npy", &npy_f64("(4, 3)", &[0.0; 12]));
    assert_refused(&bundle, "corr_matrix.npy", "its shape is [4, 3], expected a square [N, N]");
    let bundle =
        HandMade::new().with("connectome_1_2_3.csv", b",0,1,2\n0,0,0,0\n1,0,0,0\n2,0,0,0\n3,0,0,0\n");
    assert_refused(&bundle, "connectome_1_2_3.csv", "its table is 4 × 3");
}

#[test]
fn a_connectome_that_is_unclear_is_refused() {
    let cases: [(&[u8], &str); 9] = [
        (b",0,1,2,3\n0,0,0,0,0\n2,0,0,0,0\n1,0,0,0,0\n3,0,0,0,0\n", "row 1 is labelled `2` but column 1 `1`"),
        (b",3,2,1,0\n3,0,0,0,0\n2,0,0,0,0\n1,0,0,0,0\n0,0,0,0,0\n", "labelled neither"),
        (b",0,1,2,3\n0,0,0,0,0\n1,0,-1,0,0\n2,0,0,0,0\n3,0,0,0,0\n", "row 1, column 1 counts -1"),
        (b",0,1,2,3\n0,0,0,0,0\n1,0,0.5,0,0\n2,0,0,0,0\n3,0,0,0,0\n", "row 1, column 1 counts 0.5"),
        (b",0,1,2,3\n0,0,0,0,0\n1,0,nan,0,0\n2,0,0,0,0\n3,0,0,0,0\n", "row 1, column 1 counts NaN"),
        (b",0,1,2,3\n0,0,0,0,0\n1,0,x,0,0\n2,0,0,0,0\n3,0,0,0,0\n", "cannot be read"),
        (b",0,1,2,3\n0,0,0,0,0\n1,0,,0,0\n2,0,0,0,0\n3,0,0,0,0\n", "row 1, column 1 has no count"),
        (b",0,1,2,3\n0,0,0,0,0\n1,0\n2,0,0,0,0\n3,0,0,0,0\n", "row 1, column 1 has no count"),
        (b",0,1,2,3\n0,0,0,0,0,7\n1,0,0,0,0\n2,0,0,0,0\n3,0,0,0,0\n", "cannot be read"),
    ];
    for (table, reason) in cases {
        assert_refused(&HandMade::new().with("connectome_1_2_3.csv", table), "connectome_1_2_3.csv", reason);
    }
    assert_refused(&HandMade::new().with("connectome_1_2_3.csv", b""), "connectome_1_2_3.csv", "no rows");
    assert_refused(&HandMade::new().with("connectome_1_2_3.csv", b"\xff\xfe"), "connectome", "UTF-8");
}

#[test]
fn positions_that_are_no_voxels_are_refused() {
    let bundle = with_positions(&fixture_bytes("positions_nan.npy"));
    assert_refused(&bundle, "positions_1_2_3.npy", "row 2 has the coordinate NaN");
    let bundle = with_positions(&npy_f64("(4, 3)", &[f64::INFINITY; 12]));
    assert_refused(&bundle, "positions_1_2_3.npy", "row 0 has the coordinate inf");
    let bundle = with_positions(&npy_f64("(4, 2)", &[1.0; 8]));
    assert_refused(&bundle, "positions_1_2_3.npy", "row 0 has 2 coordinates");
    assert_refused(&with_positions(&npy_f64("(0, 3)", &[])), "positions_1_2_3.npy", "no neurons");
}

#[test]
fn events_at_impossible_times_are_refused() {
    for (time, shown) in [(f64::NAN, "NaN"), (-0.5, "-0.5"), (f64::INFINITY, "inf")] {
        let file = npy_f64("(4, 1)", &[0.0, 1.0, time, 2.0]);
        let bundle = HandMade::new().with("spikes_1_2_3.npy", &file);
        assert_refused(&bundle, "spikes_1_2_3.npy", &format!("row 2 has an event at {shown} s"));
    }
}

#[test]
fn ids_that_lost_their_precision_are_refused() {
    let bundle = HandMade::new().with("root_ids_1_2_3.npy", &npy_f64("(4,)", &[8.6e17; 4]));
    assert_refused(&bundle, "root_ids_1_2_3.npy", "not integers");
}

#[test]
fn what_is_missing_is_named_with_the_remedy() {
    let bundle = HandMade::new().without("root_ids_1_2_3.npy");
    assert_refused(&bundle, "root_ids_1_2_3.npy", "fetch the field again");
    let path = HandMade::new().path().join("nowhere");
    let message = Bundle::open(&path).unwrap_err().to_string();
    assert!(message.contains("nowhere") && message.contains("data/README.md"), "{message}");
    let bundle = HandMade::new();
    let message = Bundle::open(&bundle.path()).unwrap().field(&name("1_2_4")).unwrap_err().to_string();
    assert!(message.contains("1_2_4") && message.contains("holds 1_2_3"), "{message}");
    let empty = tempfile::tempdir().unwrap();
    let message = Bundle::open(empty.path()).unwrap().fields().unwrap_err().to_string();
    assert!(message.contains("no folder of a field"), "{message}");
}

#[test]
fn a_folder_in_the_place_of_a_file_is_refused() {
    let bundle = HandMade::new().without("corr_matrix.npy");
    fs::create_dir(bundle.path().join("1_2_3/corr_matrix.npy")).unwrap();
    assert_refused(&bundle, "corr_matrix.npy", "no regular file");
}
