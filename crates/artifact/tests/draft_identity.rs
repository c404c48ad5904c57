//! What is drafted is what is opened; what is not committed was never there.
#![allow(missing_docs, clippy::unwrap_used)]

use std::{collections::BTreeMap, fs, os::unix::fs::symlink, path::Path};

use artifact::{
    Artifact, ArtifactError, Column, Decision, Draft, Kind, Lock, Recipe, Table, Tensors, clear_remains,
    clear_remains_of, read_field, write_atomically, write_field,
};
use cortex::{Connection, Event, Field, Neuron, NucleusId, RootId, UnitId};
use serde_json::json;

fn recipe(epochs: u32) -> Recipe {
    let settings = json!({ "epochs": epochs });
    Recipe { kind: Kind::Field, stage_version: 1, seed: 1, settings, inputs: BTreeMap::new() }
}

fn table() -> Table {
    Table::new()
        .with("index", Column::U32(vec![0, 1, u32::MAX]))
        .with("id", Column::I64(vec![i64::MIN, 0, 864_691_134_884_740_346]))
        .with("root", Column::OptionalI64(vec![None, Some(1), Some(-1)]))
        .with("size", Column::F64(vec![0.1, f64::MIN_POSITIVE, -0.0]))
        .with("loss", Column::OptionalF64(vec![None, Some(1.0 / 3.0), None]))
        .with("name", Column::Text(vec![String::new(), "W*D*C".to_owned(), "é".to_owned()]))
        .with("note", Column::OptionalText(vec![None, Some("x".to_owned()), None]))
}

fn tensors() -> Tensors {
    let mut tensors = Tensors::new();
    tensors.insert_f32("single", &[2, 2], vec![1.0, f32::NAN, f32::INFINITY, -0.0]);
    tensors.insert_f64("double", &[0, 3], vec![]);
    tensors
}

fn made(place: &Path, epochs: u32) {
    let mut draft = Draft::begin(place).unwrap();
    draft.table("table.parquet", &table()).unwrap();
    draft.tensors("inner/tensors.safetensors", &tensors()).unwrap();
    draft.note("odd");
    draft.commit(&recipe(epochs)).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn tables_and_tensors_come_back_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("field");
    made(&place, 3);
    let artifact = Artifact::open(&place, Kind::Field).unwrap();
    assert_eq!(artifact.table("table.parquet").unwrap(), table());
    let back = artifact.tensors("inner/tensors.safetensors").unwrap();
    let bits = |tensors: &Tensors| {
        tensors.f32("single", &[2, 2]).unwrap().iter().map(|v| v.to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(bits(&back), bits(&tensors()));
    assert_eq!(back.f64("double", &[0, 3]).unwrap(), [0.0; 0]);
    assert_eq!(artifact.manifest().notes, ["odd"]);
    assert_eq!(artifact.manifest().outputs["table.parquet"].rows, Some(3));
    assert!(back.f64("single", &[2, 2]).is_err() && back.f32("single", &[4]).is_err());
    assert!(table().f64("index").is_err() && table().u32("absent").is_err());
}

#[test]
fn a_field_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("1_2_3");
    let neuron = |id: i64, root| Neuron {
        unit: UnitId(id),
        nucleus: NucleusId(id + 1),
        root,
        position_um: [0.004, 0.008, 0.12],
        position_voxel: [1, 2, 3],
    };
    let field = Field {
        name: "1_2_3".parse().unwrap(),
        neurons: vec![neuron(1, None), neuron(2, Some(RootId(864_691_134_884_740_346)))],
        connections: vec![Connection { pre: 0, post: 1, count: 2, size: None }],
        events: vec![Event { neuron: 1, time_s: 0.1 }, Event { neuron: 1, time_s: 0.25 }],
    };
    let mut draft = Draft::begin(&place).unwrap();
    write_field(&mut draft, &field).unwrap();
    draft.commit(&recipe(1)).unwrap();
    let artifact = Artifact::open(&place, Kind::Field).unwrap();
    assert_eq!(read_field(&artifact, &field.name).unwrap(), field);
}

#[test]
fn a_dropped_draft_leaves_nothing_and_a_crashed_one_is_cleared_away() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("field");
    made(&place, 3);
    let mut draft = Draft::begin(&place).unwrap();
    draft.bytes("half", b"written").unwrap();
    drop(draft);
    assert_eq!(names(folder.path()), ["field"]);
    fs::create_dir(folder.path().join(".field.draft-crashed")).unwrap();
    fs::write(folder.path().join(".field.lock"), "process 1 on a machine that crashed").unwrap();
    fs::create_dir(folder.path().join(".field_2.draft-in-use")).unwrap();
    let other = Lock::acquire(&folder.path().join("field_2"), |_| {}).unwrap();
    clear_remains(folder.path());
    assert_eq!(names(folder.path()), [".field_2.draft-in-use", ".field_2.lock", "field"]);
    drop(other);
    clear_remains_of(&place);
    assert_eq!(names(folder.path()), [".field_2.draft-in-use", "field"]);
    clear_remains(folder.path());
    assert_eq!(names(folder.path()), ["field"]);
    assert_eq!(recipe(3).decide(&place).unwrap(), Decision::UpToDate);
}

#[test]
fn a_new_artifact_replaces_the_old_one_whole() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("field");
    made(&place, 3);
    assert_eq!(recipe(4).decide(&place).unwrap(), Decision::Make("epochs 3 → 4".to_owned()));
    let mut draft = Draft::begin(&place).unwrap();
    draft.bytes("other", b"file").unwrap();
    draft.commit(&recipe(4)).unwrap();
    assert_eq!(names(&place), ["manifest.json", "other"]);
    assert_eq!(names(folder.path()), ["field"]);
    assert_eq!(recipe(4).decide(&place).unwrap(), Decision::UpToDate);
}

#[test]
fn every_way_to_spoil_an_artifact_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("field");
    let spoilt = |spoil: &dyn Fn(&Path)| {
        let _ = fs::remove_dir_all(&place);
        made(&place, 3);
        spoil(&place);
        Artifact::open(&place, Kind::Field).unwrap_err()
    };
    let truncated = spoilt(&|place| fs::write(place.join("table.parquet"), b"PAR1").unwrap());
    assert!(matches!(truncated, ArtifactError::Damaged { .. }), "{truncated}");
    let gone = spoilt(&|place| fs::remove_file(place.join("table.parquet")).unwrap());
    assert!(matches!(gone, ArtifactError::Damaged { .. }), "{gone}");
    let manifest = |change: &dyn Fn(String) -> String| {
        spoilt(&|place| {
            let path = place.join("manifest.json");
            fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
        })
    };
    let foreign = manifest(&|text| text.replace("\"kind\": \"field\"", "\"kind\": \"recipe book\""));
    assert!(matches!(foreign, ArtifactError::Foreign { .. }), "{foreign}");
    let unknown = manifest(&|text| text.replace("\"seed\"", "\"sead\""));
    assert!(unknown.to_string().contains("sead"), "{unknown}");
    let edited = manifest(&|text| text.replace("\"odd\"", "\"sound\""));
    assert!(edited.to_string().contains("sealed"), "{edited}");
    let binary = spoilt(&|place| fs::write(place.join("manifest.json"), [0xff, 0xfe]).unwrap());
    assert!(matches!(binary, ArtifactError::Damaged { .. }), "{binary}");
    let huge = spoilt(&|place| {
        fs::File::create(place.join("manifest.json")).unwrap().set_len(1 << 40).unwrap();
    });
    assert!(huge.to_string().contains("at most"), "{huge}");
    let endless = spoilt(&|place| {
        fs::remove_file(place.join("table.parquet")).unwrap();
        symlink("/dev/zero", place.join("table.parquet")).unwrap();
    });
    assert!(endless.to_string().contains("it is no file"), "{endless}");
    let escaping = manifest(&|text| text.replace("\"table.parquet\"", "\"../../etc/passwd\""));
    assert!(escaping.to_string().contains("../../etc/passwd"), "{escaping}");
    let missing = spoilt(&|place| fs::remove_file(place.join("manifest.json")).unwrap());
    assert!(missing.to_string().contains("ingest run --field field"), "{missing}");
}

#[test]
fn an_artifact_in_the_place_of_another_is_foreign_and_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let (place, other) = (folder.path().join("field"), folder.path().join("other"));
    made(&place, 3);
    fs::rename(&place, &other).unwrap();
    let refused = Artifact::open(&other, Kind::Field).unwrap_err().to_string();
    assert!(refused.contains("field called field") && refused.contains("field called other"), "{refused}");
    let decision = recipe(3).decide(&other).unwrap();
    assert!(matches!(&decision, Decision::Make(reason) if reason.contains("called field")), "{decision:?}");
}

#[test]
fn symbolic_links_are_replaced_and_never_written_through() {
    let folder = tempfile::tempdir().unwrap();
    let (place, outside) = (folder.path().join("field"), folder.path().join("outside"));
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("kept"), "kept").unwrap();
    symlink(&outside, &place).unwrap();
    made(&place, 3);
    assert!(fs::symlink_metadata(&place).unwrap().is_dir());
    fs::remove_dir_all(&place).unwrap();
    symlink(folder.path().join("nowhere"), &place).unwrap();
    made(&place, 3);
    let file = folder.path().join("file");
    symlink(outside.join("kept"), &file).unwrap();
    write_atomically(&file, b"new").unwrap();
    symlink(outside.join("kept"), folder.path().join(".locked.lock")).unwrap();
    assert!(Lock::acquire(&folder.path().join("locked"), |_| {}).is_err());
    assert_eq!(names(&outside), ["kept"]);
    assert_eq!(fs::read_to_string(outside.join("kept")).unwrap(), "kept");
    assert_eq!(names(folder.path()), [".locked.lock", "field", "file", "outside"]);
}

#[test]
fn a_lock_is_given_back_when_it_is_dropped_and_names_its_holder_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("field");
    let lock = Lock::acquire(&target, |_| panic!("nobody holds it")).unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    let waiting = std::thread::spawn({
        let target = target.clone();
        move || Lock::acquire(&target, |holder| tell.send(holder.to_owned()).unwrap()).unwrap()
    });
    let holder = told.recv().unwrap();
    assert!(holder.starts_with(&format!("process {} on ", std::process::id())), "{holder}");
    drop(lock);
    drop(waiting.join().unwrap());
    assert_eq!(names(folder.path()), [""; 0], "a lock leaves no file");
}
