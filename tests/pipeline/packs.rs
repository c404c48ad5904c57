//! Finished runs are packed, and their weights are kept or made anew on demand.

use std::{collections::BTreeMap, fs, path::PathBuf};

use artifact::{Artifact, Kind, runs_from_table};

use crate::study::{Study, files};

#[test]
fn finished_runs_lie_in_one_pack_with_a_file_each() {
    let study = Study::finished();
    let pack = study.pack();
    assert_eq!(files(&pack).len(), 33 + 4, "weights, three tables, a manifest");
    let tables = [("runs.parquet", 33), ("history.parquet", 66)];
    let artifact = Artifact::open(&pack, Kind::Pack).unwrap();
    assert!(tables.iter().all(|(name, rows)| artifact.table(name).unwrap().rows() == *rows));
    // What was packed before stays where it is; what is new gets a pack of its own.
    study.edit("simulations = 1", "simulations = 2");
    study.run("priors");
    assert_eq!(study.run("train").trained(), 33);
    let packs = fs::read_dir(pack.parent().unwrap()).unwrap().flatten().filter(|entry| entry.path().is_dir());
    assert_eq!(packs.count(), 2);
    assert!(pack.exists());
}

#[test]
fn an_interrupted_pack_is_completed() {
    let study = Study::finished();
    let (digests, pack) = (study.digests(), study.pack());
    // A run that lies alone as well as in the pack, as after a crash between the two; and one that was being removed.
    let store = pack.parent().unwrap();
    let manifest = fs::read_to_string(pack.join("manifest.json")).unwrap();
    for remains in [".main.go-nogo.W.00-0123456789ab.draft-removed", ".pack-0123456789ab.draft-x"] {
        fs::create_dir(store.join(remains)).unwrap();
    }
    fs::remove_dir_all(study.path("artifacts/train/synthetic_16/main")).unwrap();
    assert_eq!(study.run("train").trained(), 0);
    assert_eq!(study.digests(), digests);
    assert_eq!(fs::read_to_string(study.pack().join("manifest.json")).unwrap(), manifest);
    let folders = fs::read_dir(store).unwrap().flatten().filter(|entry| entry.path().is_dir());
    assert_eq!(folders.count(), 1, "the pack, and no remains");
}

/// Files of weights by their names.
fn weights(study: &Study) -> BTreeMap<String, Vec<u8>> {
    let folder = study.path("artifacts/train/synthetic_16/main/weights");
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    files(&folder).iter().map(|path| (name(path), fs::read(path).unwrap())).collect()
}

#[test]
fn weights_that_were_not_kept_are_made_anew_on_demand() {
    let (all, some) = (Study::tiny(), Study::tiny());
    for study in [&all, &some] {
        study.edit("simulations = 1", "simulations = 2");
        study.edit("[train]", "[train]\ntasks = [\"go-nogo\"]\nvariants = [\"W\", \"W*D*C*\"]");
    }
    all.run_all();
    some.edit("[train]", "[train]\nkeep_weights = 1");
    some.run_all();
    let (every, kept) = (weights(&all), weights(&some));
    assert_eq!((every.len(), kept.len()), (4, 2));
    assert!(kept.iter().all(|(name, bytes)| every[name] == *bytes && name.contains(".00.")));
    let arm = Artifact::open(&some.path("artifacts/train/synthetic_16/main"), Kind::Arm).unwrap();
    let runs = runs_from_table(&arm.table("runs.parquet").unwrap()).unwrap();
    assert!(runs.iter().all(|run| run.weights.is_some() == (run.key.simulation == 0)));
    // Accuracies are known of all runs, graph metrics of those with weights.
    let analysis = Artifact::open(&some.path("artifacts/analyze"), Kind::Analysis).unwrap();
    let metrics = analysis.table("metrics.parquet").unwrap();
    let known = |name: &str| metrics.optional_f64(name).unwrap().iter().flatten().count();
    assert_eq!((known("accuracy"), known("entropy")), (4, 2));
    for (simulation, kept) in [("0", true), ("1", false)] {
        let run = format!("synthetic_16/main/go-nogo/W*D*C*/{simulation}");
        let done = some.call("train", &["weights", "--output", "out", &run]);
        assert_eq!(done.code, Some(0), "{}", done.err);
        assert_eq!(done.err.contains("training it anew"), !kept, "{}", done.err);
        let made =
            fs::read(some.path(&format!("out/synthetic_16.main.go-nogo.WsDsCs.0{simulation}.safetensors")));
        assert_eq!(made.unwrap(), every[&format!("go-nogo.WsDsCs.0{simulation}.safetensors")]);
    }
    let done = some.call("train", &["weights", "--output", "out", "synthetic_16/main/go-nogo/W/7"]);
    assert_eq!(done.code, Some(2), "{}", done.err);
    assert!(done.err.contains("synthetic_16/main/go-nogo/W/7 is no run of this study"), "{}", done.err);
    // Kept after all, they are trained once more.
    some.edit("keep_weights = 1", "keep_weights = \"all\"");
    assert_eq!(some.run_all()["train"].trained(), 2);
    assert_eq!(some.digests(), all.digests());
}
