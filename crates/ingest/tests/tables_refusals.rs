//! What the tables reader refuses, in one line that names the file, the row and the remedy.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
#[path = "common/tables.rs"]
mod tables;

use std::{fs, sync::Arc};

use arrow::array::{ArrayRef, Float64Array, Int64Array};
use tables::{ROOT_11, ROOT_12, TableFolder, assert_noted, coregistration};

#[track_caller]
fn assert_refused(folder: &TableFolder, words: &[&str]) {
    let message = folder.refusal("1_2_3");
    for words in words {
        assert!(message.contains(words), "`{words}` is not in: {message}");
    }
}

#[test]
fn segments_that_no_other_table_knows_are_another_materialisation_version() {
    let synapses = "id,pre_pt_root_id,post_pt_root_id\n1,864691135000000001,864691135000000002\n";
    let folder = TableFolder::new().text("synapses.csv", synapses);
    assert_refused(
        &folder,
        &["1_2_3: synapses.csv knows no segment of any unit", "materialisation version", "source.wiring"],
    );
    let known_elsewhere = format!("{synapses}2,{},{}\n", tables::UNITS[5][5], 3);
    let clean = TableFolder::new().text("synapses.csv", &known_elsewhere).read("1_2_3");
    assert_noted(&clean, "3 of 3 neurons occur nowhere in synapses.csv");
    let empty = TableFolder::new().text("synapses.csv", "id,pre_pt_root_id,post_pt_root_id\n").read("1_2_3");
    assert!(empty.field.connections.is_empty());
}

#[test]
fn a_unit_that_stands_twice_differently_is_refused_and_one_that_repeats_is_counted() {
    let again = |root: i64| format!("{}9,1,2,11,3,21,{root},[208096 103216  17569]\n", coregistration());
    let folder = TableFolder::new().text("coregistration.csv", &again(5));
    assert_refused(
        &folder,
        &["coregistration.csv: session 1, scan 2, unit 11 stands in rows 2 and 7", "must be unique"],
    );
    let clean = TableFolder::new().text("coregistration.csv", &again(ROOT_11)).read("1_2_3");
    assert_eq!(tables::counted(&clean, "an earlier row says the same"), 1);
    let nuclei = "id,pt_root_id,pt_position\n21,1,[0 0 0]\n21,2,[0 0 0]\n";
    assert_refused(
        &TableFolder::new().text("nuclei.csv", nuclei),
        &["nuclei.csv: nucleus 21 stands in rows 1 and 2"],
    );
}

#[test]
fn ids_that_went_through_floating_point_are_refused() {
    let lossy = coregistration().replace(&ROOT_11.to_string(), "8.646911356190773e+17");
    let folder = TableFolder::new().text("coregistration.csv", &lossy);
    assert_refused(&folder, &["coregistration.csv: row 2: column pt_root_id", "lost digits", "integer ids"]);
    let doubles = Arc::new(Float64Array::from(vec![ROOT_11 as f64])) as ArrayRef;
    let whole = Arc::new(Int64Array::from(vec![ROOT_12])) as ArrayRef;
    let columns = vec![("pre_pt_root_id", doubles), ("post_pt_root_id", whole)];
    let folder = TableFolder::new().without("synapses.csv").parquet("synapses.parquet", columns, 10, None);
    assert_refused(&folder, &["synapses.parquet: column pre_pt_root_id", "lost digits"]);
}

#[test]
fn headers_and_sidecars_must_fit() {
    let (_, body) =
        coregistration().split_once('\n').map(|(head, body)| (head.to_owned(), body.to_owned())).unwrap();
    let headerless = || TableFolder::new().text("coregistration.csv", &body);
    assert_refused(&headerless(), &["coregistration.csv: it has no header", "NAME_header.csv"]);
    let short = headerless().text("coregistration_header.csv", "session,bigint\n");
    assert_refused(&short, &["coregistration_header.csv: it names 1 columns, but the table has 8"]);
    let twice = headerless().text("coregistration_header.csv", &"session,bigint\n".repeat(8));
    assert_refused(&twice, &["coregistration_header.csv: it names the column `session` twice"]);
    let none = headerless().text("coregistration_header.csv", "\n");
    assert_refused(&none, &["coregistration_header.csv: it names no column"]);
    let no_nucleus = coregistration().replace("target_id", "id");
    assert_refused(
        &TableFolder::new().text("coregistration.csv", &no_nucleus),
        &["it has no column target_id"],
    );
}

#[test]
fn damaged_rows_are_named() {
    let spoilt = |from: &str, to: &str| {
        TableFolder::new().text("coregistration.csv", &coregistration().replacen(from, to, 1))
    };
    assert_refused(
        &spoilt("[208096 103216  17569]", "[208096 103216]"),
        &["row 2: column pt_position", "2 coordinates"],
    );
    assert_refused(
        &spoilt("[208096 103216  17569]", "\"[208096 103216"),
        &["row 2: a quote is opened and never closed"],
    );
    assert_refused(&spoilt("1,2,11,3,", "1,2,11,"), &["row 2: it has 7 cells, the header 8"]);
    assert_refused(&spoilt("1,2,11,3,", "1,2,eleven,3,"), &["row 2: column unit_id: `eleven` is no integer"]);
    let synapses = format!("id,pre_pt_root_id,post_pt_root_id\n1,{ROOT_11},x\n");
    assert_refused(
        &TableFolder::new().text("synapses.csv", &synapses),
        &["synapses.csv: row 1: column post_pt_root_id"],
    );
    let counts = format!("pre_pt_root_id,post_pt_root_id,n_syn\n{ROOT_11},{ROOT_12},0\n");
    let folder = TableFolder::new().without("synapses.csv").text("connections.csv", &counts);
    assert_refused(&folder, &["connections.csv: row 1: a connection has 0 synapses"]);
}

#[test]
fn damaged_files_are_named() {
    let folder = TableFolder::new()
        .gzip("more_synapses.csv.gz", "id,pre_pt_root_id,post_pt_root_id\n1,2,3\n")
        .without("synapses.csv");
    let path = folder.path().join("more_synapses.csv.gz");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 9]).unwrap();
    assert_refused(
        &folder,
        &["more_synapses.csv.gz: its gzip data are cut off or damaged", "obtain the file again"],
    );
    let folder = TableFolder::new();
    fs::write(folder.path().join("x.parquet"), b"PAR1 and nothing else").unwrap();
    assert_refused(&folder, &["x.parquet: it is no readable Parquet file"]);
}

#[test]
fn tables_that_could_each_serve_have_to_be_named() {
    let two = TableFolder::new().text("other_synapses.csv", "id,pre_pt_root_id,post_pt_root_id\n");
    assert_refused(
        &two,
        &["other_synapses.csv and synapses.csv could each be the table of synapses", "source.files"],
    );
    let named = two.set(|settings| {
        settings.files.insert("synapses".to_owned(), "synapses.csv".to_owned());
    });
    assert_eq!(tables::connections(&named.read("1_2_3")).len(), 2);
    let name = |role: &str, file: &str| {
        TableFolder::new().set(|settings| {
            settings.files.insert(role.to_owned(), file.to_owned());
        })
    };
    assert_refused(&name("synapse", "synapses.csv"), &["names the table `synapse`; tables are", "synapses"]);
    assert_refused(
        &name("nuclei", "synapses.csv"),
        &["names synapses.csv as nuclei, but its columns are those of synapses"],
    );
    assert_refused(&name("nuclei", "nuclei.csv"), &["there is no such table"]);
    let differing = coregistration().replace("208096", "208097");
    let folder = TableFolder::new().text("coregistration_v3.csv", &differing);
    assert_refused(
        &folder,
        &["coregistration.csv and coregistration_v3.csv could each be the table of coregistration"],
    );
    let same = TableFolder::new().gzip("same.csv.gz", &coregistration()).read("1_2_3");
    assert_noted(&same, "same.csv.gz says the same as coregistration.csv, which was read");
}

#[test]
fn folders_and_fields_that_are_not_there_are_named() {
    let empty = TableFolder::empty();
    assert_refused(&empty, &["it holds no table that is known by its columns"]);
    let no_units = TableFolder::new().without("coregistration.csv");
    assert_refused(&no_units, &["it holds no coregistration table"]);
    let message = TableFolder::new().refusal("3_3_3");
    assert!(
        message
            .contains("3_3_3: no unit of coregistration.csv is of this field; it holds the scans 1_2, 7_2"),
        "{message}"
    );
    let message = TableFolder::new().refusal("synthetic_8");
    assert!(message.contains("session_scan_field (6_6_2)"), "{message}");
    let header = coregistration().lines().next().unwrap().to_owned() + "\n";
    let message = TableFolder::new().text("coregistration.csv", &header).refusal("1_2_3");
    assert!(message.contains("coregistration.csv holds no unit that can be used"), "{message}");
}
