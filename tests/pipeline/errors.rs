//! Bad input gets one line that names file and reason, and overwrites nothing.

use std::fs;

use crate::study::{Done, Study};

fn assert_refused(done: &Done, code: i32, words: &[&str]) {
    assert_eq!(done.code, Some(code), "{}", done.err);
    assert_eq!(done.err.lines().count(), 1, "{}", done.err);
    for word in words {
        assert!(done.err.contains(word), "`{word}` is not in: {}", done.err);
    }
    assert!(!done.err.contains("panicked"), "{}", done.err);
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_known_one() {
    let study = Study::tiny();
    study.edit("epochs = 2", "epoch = 2");
    assert_refused(
        &study.call("train", &["run"]),
        2,
        &["pipeline.toml:12", "`epoch`", "did you mean `epochs`"],
    );
    study.edit("epoch = 2", "epochs = 2");
    study.edit("name = \"main\"", "name = \"main\"\npositiv = true");
    assert_refused(&study.call("train", &["run"]), 2, &["positiv", "did you mean `positive`"]);
    assert!(!study.path("artifacts").exists());
}

#[test]
fn settings_out_of_range_are_refused() {
    let study = Study::tiny();
    for (set, words) in [
        ("train.batch=60", ["train.batch", "does not divide"]),
        ("train.lambda=-1.0", ["train.lambda", "negative"]),
        ("train.epochs=0", ["train.epochs", "at least 1"]),
        ("train.variants=[\"W**\"]", ["train.variants", "left over"]),
        ("train.tasks=[\"chess\"]", ["train.tasks", "chess"]),
        ("source.fields=[\"../x\"]", ["source.fields", "../x"]),
        ("train.epochs=many", ["--set", "not TOML"]),
        ("train.device=\"abacus\"", ["train.device", "abacus"]),
        ("train.activation=\"step\"", ["unknown variant `step`", "`tanh`"]),
        ("train.time_constant_steps=0.5", ["train.time_constant_steps", "at least 1"]),
        ("train.gradient_clip_norm=-1.0", ["train.gradient_clip_norm", "negative"]),
        ("train.weight_decay=nan", ["train.weight_decay", "not a number"]),
        ("train.learning_rate_schedule={exponential=2.0}", ["train.learning_rate_schedule", "at most 1"]),
        ("train.seeds=[1, 2]", ["train.seeds", "2 seeds for 1 simulations"]),
    ] {
        assert_refused(&study.call("train", &["run", "--set", set]), 2, &words);
    }
    assert_refused(&study.call("train", &["run", "--config", "nowhere.toml"]), 2, &["nowhere.toml"]);
    assert_refused(&study.call("train", &["run", "--field", "9_9_9"]), 2, &["9_9_9", "synthetic_N"]);
}

#[test]
fn a_field_of_sparse_priors_alone_cannot_be_trained_on() {
    let study = Study::tiny();
    study.edit("[train]", "[priors]\nlargest_dense = 10\n[train]");
    study.run("ingest");
    study.run("priors");
    let words = ["field synthetic_16", "priors.largest_dense = 10", "train on a smaller field"];
    assert_refused(&study.call("train", &["run"]), 1, &words);
}

#[test]
fn a_missing_input_is_refused_with_the_command_that_makes_it() {
    let study = Study::tiny();
    assert_refused(
        &study.call("priors", &["run"]),
        1,
        &["ingest/synthetic_16", "`ingest run --field synthetic_16`"],
    );
    assert_refused(
        &study.call("train", &["run"]),
        1,
        &["priors/synthetic_16", "`priors run --field synthetic_16`"],
    );
    study.run("ingest");
    let all = ["run", "--set", "source.fields=\"all\"", "--set", "source.kind=\"bundle\""];
    assert_refused(&study.call("priors", &all), 1, &["artifacts/ingest holds no field", "`ingest run`"]);
    study.run("priors");
    assert_refused(
        &study.call("analyze", &["run"]),
        1,
        &["train/synthetic_16/main", "`train run --field synthetic_16`"],
    );
}

#[test]
fn a_damaged_artifact_is_refused_and_nothing_is_overwritten() {
    let study = Study::finished();
    for (file, reader) in [
        ("ingest/synthetic_16/neurons.parquet", "priors"),
        ("ingest/synthetic_16/neurons.parquet", "ingest"),
        ("priors/synthetic_16/priors.safetensors", "train"),
        ("train/synthetic_16/main/runs.parquet", "analyze"),
        ("train/synthetic_16/main/weights/go-nogo.W.00.safetensors", "analyze"),
    ] {
        let path = study.path("artifacts").join(file);
        let whole = fs::read(&path).unwrap();
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        for damaged in [flipped, whole[..whole.len() - 10].to_vec()] {
            // A new file: the old one may be shared with the store of finished runs.
            fs::remove_file(&path).unwrap();
            fs::write(&path, &damaged).unwrap();
            let before = study.digests();
            let name = file.rsplit('/').next().unwrap();
            assert_refused(&study.call(reader, &["run"]), 1, &[name, "damaged"]);
            assert_eq!(study.digests(), before, "{reader} wrote something");
        }
        fs::remove_file(&path).unwrap();
        fs::write(&path, &whole).unwrap();
    }
}

#[test]
fn an_artifact_of_another_kind_or_version_is_refused() {
    let study = Study::finished();
    let manifest = study.path("artifacts/ingest/synthetic_16/manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("\"format_version\": 1", "\"format_version\": 99")).unwrap();
    let words = ["version 99", "reads field of format version 1", "--force"];
    assert_refused(&study.call("priors", &["run"]), 1, &words);
    fs::write(&manifest, "{").unwrap();
    assert_refused(&study.call("priors", &["run"]), 1, &["manifest.json", "damaged"]);
    let done = study.call("ingest", &["run", "--force"]);
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert!(study.run("priors").err.contains("is up to date"), "the repaired field is the same");
}

#[test]
fn a_damaged_run_in_the_store_is_refused_until_it_is_removed() {
    let study = Study::finished();
    let digests = study.digests();
    let file = study.pack().join("weights").join(study.packed_weights("go-nogo.W.00"));
    fs::remove_file(&file).unwrap();
    fs::write(&file, "short").unwrap();
    fs::remove_dir_all(study.path("artifacts/train/synthetic_16/main")).unwrap();
    assert_refused(&study.call("train", &["run", "--quiet"]), 1, &["go-nogo.W.00", "damaged", "remove"]);
    fs::remove_file(&file).unwrap();
    assert_eq!(study.run("train").trained(), 1);
    assert_eq!(study.digests(), digests);
}
