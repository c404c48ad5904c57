//! The same neurons as tables, in every dialect, and as a bundle: one answer.
#![allow(clippy::unwrap_used, clippy::format_collect, missing_docs)]

mod common;
#[path = "common/tables.rs"]
mod tables;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{
        ArrayRef, BooleanArray, FixedSizeListArray, Float64Array, Int32Array, Int64Array, ListArray,
        StringArray,
    },
    datatypes::{Float64Type, Int64Type},
};
use artifact::Artifact;
use common::name;
use cortex::FieldName;
use ingest::{Bundle, CleanField, Tables};
use stage::Console;
use tables::{ROOT_11, ROOT_12, ROOT_14, TableFolder, UNITS, assert_noted, connections, counted, neurons};

const SIX: [&str; 6] = ["4_7_2", "5_3_4", "5_3_8", "5_6_8", "6_6_2", "9_3_2"];

fn expected() -> Vec<(i64, i64, Option<i64>, [i64; 3])> {
    [1, 3, 2, 0]
        .map(|row| {
            let [_, _, unit, _, nucleus, root, x, y, z] = UNITS[row];
            (unit, nucleus, Some(root).filter(|&root| root != 0), [x, y, z])
        })
        .to_vec()
}

/// Every way to write the coregistration table.
fn dialects() -> Vec<(&'static str, TableFolder)> {
    let column = |place: usize| UNITS.iter().map(|unit| unit[place]).collect::<Vec<i64>>();
    let integers = |place: usize| Arc::new(Int64Array::from(column(place))) as ArrayRef;
    let ids = || {
        vec![
            ("session", integers(0)),
            (
                "scan_idx",
                Arc::new(Float64Array::from(column(1).iter().map(|&id| id as f64).collect::<Vec<_>>()))
                    as ArrayRef,
            ),
            (
                "unit_id",
                Arc::new(Int32Array::from(column(2).iter().map(|&id| id as i32).collect::<Vec<_>>()))
                    as ArrayRef,
            ),
            ("field", integers(3)),
            ("target_id", integers(4)),
            ("pt_root_id", integers(5)),
        ]
    };
    let rows = |write: &dyn Fn(&[i64; 9]) -> String| UNITS.iter().map(write).collect::<String>();
    let split = |unit: &[i64; 9]| {
        let [session, scan, number, field, nucleus, root, x, y, z] = unit;
        format!("{nucleus},{session},{scan}.0,{number}.0,{field},{root},{x},{y},{z}\n")
    };
    let header =
        "target_id,session,scan_idx,unit_id,field,pt_root_id,pt_position_x,pt_position_y,pt_position_z\n";
    let sidecar: String = header.trim().split(',').map(|column| format!("{column},bigint\n")).collect();
    let quoted = rows(&|[session, scan, unit, field, nucleus, root, x, y, z]| {
        format!(
            "{session},{scan},{unit},{field},{nucleus},{root},\"[{x}\n {y}\n {z}]\",\"a, \"\"b\"\"\",t\r\n"
        )
    });
    let quoted =
        format!("session,scan_idx,unit_id,field,target_id,pt_root_id,pt_position,comment,valid\r\n{quoted}");
    let lists = |row: usize| Some(UNITS[row][6..9].iter().map(|&axis| Some(axis)).collect::<Vec<_>>());
    let floats =
        |row: usize| Some(UNITS[row][6..9].iter().map(|&axis| Some(axis as f64)).collect::<Vec<_>>());
    let nanometres = |row: usize| {
        Some(
            UNITS[row][6..9]
                .iter()
                .zip([4.0, 4.0, 40.0])
                .map(|(&axis, edge)| Some(axis as f64 * edge))
                .collect::<Vec<_>>(),
        )
    };
    let texts: Vec<String> =
        UNITS.iter().map(|unit| format!("[{}, {}, {}]", unit[6], unit[7], unit[8])).collect();
    let with = |position: ArrayRef| {
        let mut columns = ids();
        columns.push(("pt_position", position));
        columns
    };
    let integer_lists: ArrayRef =
        Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>((0..6).map(lists)));
    let float_lists: ArrayRef =
        Arc::new(ListArray::from_iter_primitive::<Float64Type, _, _>((0..6).map(floats)));
    let fixed: ArrayRef =
        Arc::new(FixedSizeListArray::from_iter_primitive::<Float64Type, _, _>((0..6).map(nanometres), 3));
    let mut split_parquet = ids();
    split_parquet.extend([
        ("pt_position_x", integers(6)),
        ("pt_position_y", integers(7)),
        ("pt_position_z", integers(8)),
    ]);
    split_parquet.push(("valid", Arc::new(BooleanArray::from(vec![true; 6])) as ArrayRef));
    let one_nm = "{\"attributes\": {\"dataframe_resolution\": [1, 1, 1]}}";
    vec![
        ("client CSV, array strings", TableFolder::empty().text("c.csv", &tables::coregistration())),
        ("the same, gzip", TableFolder::empty().gzip("c.csv.gz", &tables::coregistration())),
        (
            "client CSV, split positions, nullable integers",
            TableFolder::empty().text("c.csv", &format!("\u{feff}{header}{}", rows(&split))),
        ),
        ("client CSV, quoted arrays over lines", TableFolder::empty().text("c.csv", &quoted)),
        (
            "headerless gzip CSV with a sidecar",
            TableFolder::empty().gzip("c.csv.gz", &rows(&split)).text("c_header.csv", &sidecar),
        ),
        (
            "a header although there is a sidecar",
            TableFolder::empty()
                .gzip("c.csv.gz", &format!("{header}{}", rows(&split)))
                .text("c_header.csv", &sidecar),
        ),
        ("Parquet, list<int64>", TableFolder::empty().parquet("c.parquet", with(integer_lists), 2, None)),
        ("Parquet, list<double>", TableFolder::empty().parquet("c.parquet", with(float_lists), 4, None)),
        (
            "Parquet, fixed lists of nanometres",
            TableFolder::empty().parquet("c.parquet", with(fixed), 100, Some(one_nm)),
        ),
        (
            "Parquet, text",
            TableFolder::empty().parquet("c.parquet", with(Arc::new(StringArray::from(texts))), 100, None),
        ),
        ("Parquet, split positions", TableFolder::empty().parquet("c.parquet", split_parquet, 3, None)),
    ]
}

#[test]
fn every_dialect_of_a_coregistration_table_gives_the_same_neurons() {
    let reference = dialects()[0].1.read("1_2_3");
    for (dialect, folder) in dialects() {
        let clean = folder.read("1_2_3");
        assert_eq!(neurons(&clean), expected(), "{dialect}");
        assert_eq!(clean.field, reference.field, "{dialect}");
        assert_eq!(counted(&clean, "root_id 0"), 1, "{dialect}");
        let names: Vec<String> =
            folder.tables().unwrap().fields().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(names, ["1_2_3", "1_2_5", "7_2_3"], "{dialect}");
    }
}

/// A row of a synapse table: id, pre, post, size, whether it is valid.
type Synapse = (i64, i64, i64, i64, bool);

/// One of its ids.
type Pick = fn(&Synapse) -> i64;

fn synapses() -> Vec<Synapse> {
    vec![
        (1, ROOT_11, ROOT_12, 100, true),
        (2, ROOT_14, ROOT_11, 50, true),
        (3, ROOT_11, ROOT_12, 30, true),
        (4, ROOT_12, 5, 10, true),
        (5, ROOT_12, 0, 10, true),
        (6, 0, ROOT_12, 10, true),
        (7, ROOT_12, ROOT_14, 10, false),
        (3, ROOT_11, ROOT_12, 30, true),
        (8, ROOT_14, ROOT_14, 7, true),
        (9, 3, 4, 1, true),
    ]
}

/// Every way to write the synapse table.
fn synapse_dialects() -> Vec<(&'static str, TableFolder, bool)> {
    let new = || TableFolder::empty().text("c.csv", &tables::coregistration());
    let valid: Vec<_> = synapses().into_iter().filter(|row| row.4).collect();
    let three: String = valid.iter().map(|(id, pre, post, ..)| format!("{id},{pre},{post}\n")).collect();
    let full: String = synapses()
        .iter()
        .map(|(id, pre, post, size, valid)| {
            let valid = if *valid { "t" } else { "f" };
            format!("{id},{valid},{size},7,{pre},[1 2 3],8,{post},\"[4\n5 6]\",[nan nan nan]\n")
        })
        .collect();
    let full_header = "id,valid,size,pre_pt_supervoxel_id,pre_pt_root_id,pre_pt_position,post_pt_supervoxel_id,post_pt_root_id,post_pt_position,ctr_pt_position";
    let split: String = synapses()
        .iter()
        .map(|(id, pre, post, size, valid)| {
            format!(
                "{id},{},{size}.0,7,{pre},1,2,3,8,{post},4,5,6,,,\n",
                if *valid { "True" } else { "False" }
            )
        })
        .collect();
    let sidecar = "id,bigint\nvalid,boolean\nsize,double precision\npre_pt_supervoxel_id,bigint\npre_pt_root_id,bigint\npre_pt_position_x,bigint\npre_pt_position_y,bigint\npre_pt_position_z,bigint\npost_pt_supervoxel_id,bigint\npost_pt_root_id,bigint\npost_pt_position_x,bigint\npost_pt_position_y,bigint\npost_pt_position_z,bigint\nctr_pt_position_x,bigint\nctr_pt_position_y,bigint\nctr_pt_position_z,bigint\n";
    let column =
        |pick: Pick| Arc::new(Int64Array::from(synapses().iter().map(pick).collect::<Vec<_>>())) as ArrayRef;
    let nulls = |pick: Pick| {
        let ids = synapses().iter().map(pick).map(|id| Some(id).filter(|&id| id != 0)).collect::<Vec<_>>();
        Arc::new(Int64Array::from(ids)) as ArrayRef
    };
    let parquet = |root: &dyn Fn(Pick) -> ArrayRef| {
        vec![
            ("id", column(|row| row.0)),
            (
                "valid",
                Arc::new(BooleanArray::from(synapses().iter().map(|row| row.4).collect::<Vec<_>>()))
                    as ArrayRef,
            ),
            ("size", column(|row| row.3)),
            ("pre_pt_root_id", root(|row| row.1)),
            ("post_pt_root_id", root(|row| row.2)),
        ]
    };
    vec![
        ("three columns", new().text("s.csv", &format!("id,pre_pt_root_id,post_pt_root_id\n{three}")), false),
        ("all columns, array strings", new().gzip("s.csv.gz", &format!("{full_header}\n{full}")), true),
        ("headerless dump", new().gzip("s.csv.gz", &split).text("s_header.csv", sidecar), true),
        ("Parquet, one row group", new().parquet("s.parquet", parquet(&column), 1000, None), true),
        ("Parquet, row groups of three", new().parquet("s.parquet", parquet(&column), 3, None), true),
        ("Parquet, null for no segment", new().parquet("s.parquet", parquet(&nulls), 4, None), true),
    ]
}

#[test]
fn every_dialect_of_a_synapse_table_gives_the_same_connections_and_counts() {
    for (dialect, folder, with_sizes) in synapse_dialects() {
        let clean = folder.read("1_2_3");
        // Neurons in the order of unit ids: 11, 12, 13, 14.
        assert_eq!(connections(&clean), [(0, 1, 2), (3, 0, 1), (3, 3, 1)], "{dialect}");
        let sizes: Vec<Option<f64>> = clean.field.connections.iter().map(|pair| pair.size).collect();
        let expected = if with_sizes { [Some(130.0), Some(50.0), Some(7.0)] } else { [None; 3] };
        assert_eq!(sizes, expected, "{dialect}");
        assert_eq!(counted(&clean, "a side is unresolved"), 2, "{dialect}");
        assert_eq!(counted(&clean, "no neuron of this field"), 2, "{dialect}");
        assert_eq!(counted(&clean, "repeats an earlier row"), 1, "{dialect}");
        assert_eq!(counted(&clean, "marked as not valid"), u64::from(with_sizes), "{dialect}");
        assert_noted(&clean, "1 neurons have synapses onto themselves");
    }
}

#[test]
fn fields_that_are_read_together_are_as_if_read_alone() {
    let (_, folder, _) = synapse_dialects().remove(3);
    let tables = folder.tables().unwrap();
    let names: Vec<FieldName> = ["1_2_3", "1_2", "1", "7_2_3", "volume"].map(name).to_vec();
    let together = tables.read(&names, Console::new(true)).unwrap();
    for (name, clean) in names.iter().zip(together) {
        let (clean, alone) = (clean.unwrap(), folder.read(name.as_str()));
        assert_eq!(clean.field, alone.field, "{name}");
        assert_eq!((clean.notes, clean.counts), (alone.notes, alone.counts), "{name}");
    }
}

fn shared_tables() -> Option<PathBuf> {
    let folder = fixtures::microns_folder()?.parent()?.join("microns-tables");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no tables at {}", folder.display());
    None
}

/// One dialect of the real coregistration table, with the synapses.
fn copied(source: &Path, coregistration: &[&str]) -> TableFolder {
    let folder = TableFolder::empty();
    for file in coregistration.iter().chain(&["synapses.csv.gz"]) {
        fs::copy(source.join(file), folder.path().join(file)).unwrap();
    }
    folder
}

const ARRAYS: [&str; 1] = ["coregistration_manual_v4.csv.gz"];
const HEADERLESS: [&str; 2] =
    ["coregistration_manual_v4_merged.csv.gz", "coregistration_manual_v4_merged_header.csv"];

fn neurons_file(clean: &CleanField) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("field");
    let mut draft = artifact::Draft::begin(&place).unwrap();
    artifact::write_field_with(&mut draft, &clean.field, &clean.further).unwrap();
    let recipe = artifact::Recipe {
        kind: artifact::Kind::Field,
        stage_version: 0,
        seed: 0,
        settings: serde_json::Value::Null,
        inputs: BTreeMap::new(),
    };
    draft.commit(&recipe).unwrap();
    Artifact::open(&place, artifact::Kind::Field).unwrap();
    fs::read(place.join("neurons.parquet")).unwrap()
}

#[test]
fn both_dialects_of_the_real_tables_give_the_bundles_bytes_in_the_bundles_order() {
    let (Some(source), Some(microns)) = (shared_tables(), fixtures::microns_folder()) else { return };
    let bundle = Bundle::open(&microns).unwrap();
    for dialect in [&ARRAYS[..], &HEADERLESS] {
        let folder =
            copied(&source, dialect).set(|settings| settings.bundle = Some(microns.display().to_string()));
        for field in SIX {
            let (clean, released) = (folder.read(field), bundle.field(&name(field)).unwrap().read().unwrap());
            assert_eq!(neurons_file(&clean), neurons_file(&released), "{field}");
            assert_eq!(clean.field.connections, released.field.connections, "{field}");
            assert!(clean.synapses() > 0, "{field}");
        }
    }
}

#[test]
fn both_dialects_of_the_real_tables_give_equal_bytes_by_unit_id() {
    let (Some(source), Some(microns)) = (shared_tables(), fixtures::microns_folder()) else { return };
    let bundle = Bundle::open(&microns).unwrap();
    let (arrays, headerless) = (copied(&source, &ARRAYS), copied(&source, &HEADERLESS));
    for field in SIX {
        let (first, second) = (arrays.read(field), headerless.read(field));
        assert_eq!(neurons_file(&first), neurons_file(&second), "{field}");
        assert_eq!(first.field, second.field, "{field}");
        assert!(first.field.neurons.is_sorted_by_key(|neuron| neuron.unit), "{field}");
        assert_eq!(
            first.synapses(),
            bundle.field(&name(field)).unwrap().read().unwrap().synapses(),
            "{field}"
        );
    }
}

#[test]
fn all_56_fields_resolve_with_their_neurons_and_the_six_rows_without_segment_are_counted() {
    let (Some(source), Some(microns)) = (shared_tables(), fixtures::microns_folder()) else { return };
    let tables = Tables::open(&source, &config::TableSettings::default()).unwrap();
    let names = tables.fields().unwrap();
    assert_eq!(names.len(), 56);
    let fields = tables.read(&names, Console::new(true)).unwrap();
    let fields: Vec<CleanField> = fields.into_iter().map(Result::unwrap).collect();
    let neurons: BTreeMap<&str, usize> = names
        .iter()
        .map(FieldName::as_str)
        .zip(fields.iter().map(|clean| clean.field.neurons.len()))
        .collect();
    assert_eq!((neurons["5_7_6"], neurons["5_7_8"]), (275, 139));
    assert_eq!(neurons.values().sum::<usize>(), 19_178);
    let listing = fs::read_to_string(microns.join("INF.md")).unwrap();
    for line in listing.lines().filter(|line| line.starts_with("| ") && !line.contains("Session")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let field = format!("{}_{}_{}", cells[1], cells[2], cells[3]);
        // The listing has these two swapped.
        if field != "5_7_6" && field != "5_7_8" {
            assert_eq!(neurons[field.as_str()].to_string(), cells[4], "{field}");
        }
    }
    assert_eq!(fields.iter().map(|clean| counted(clean, "root_id 0")).sum::<u64>(), 6);
    let unresolved =
        fields.iter().flat_map(|clean| &clean.field.neurons).filter(|neuron| neuron.root.is_none());
    assert_eq!(unresolved.count(), 6);
    let volume = copied(&source, &ARRAYS).read("volume");
    assert_eq!(volume.field.neurons.len(), 15_438);
    assert_eq!(counted(&volume, "another unit of its nucleus was taken"), 19_178 - 15_438);
}
