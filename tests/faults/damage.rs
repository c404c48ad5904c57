//! Artifacts that were damaged, exchanged, or are something else: refused in a line whose advice repairs them.

use std::{
    fs::{self, File},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    bench::{Bench, Ended, STAGES, Study},
    chance::Chance,
};

/// One way to spoil a file; `aside` is another file to spoil it with.
type Spoil = fn(file: &Path, aside: &Path, chance: &mut Chance);

const SPOILS: [(&str, Spoil); 7] = [
    ("truncated", |file, _, _| {
        let bytes = fs::read(file).unwrap();
        fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
    }),
    ("empty", |file, _, _| fs::write(file, "").unwrap()),
    ("bit-flipped", |file, _, chance| {
        let mut bytes = fs::read(file).unwrap();
        let place = chance.below(bytes.len());
        bytes[place] ^= 1 << chance.below(8);
        fs::write(file, bytes).unwrap();
    }),
    ("swapped", |file, aside, _| {
        let [one, other] = [file, aside].map(|path| fs::read(path).unwrap());
        fs::write(file, other).unwrap();
        fs::write(aside, one).unwrap();
    }),
    ("gone", |file, _, _| fs::remove_file(file).unwrap()),
    ("a pipe", |file, _, _| {
        fs::remove_file(file).unwrap();
        assert!(Command::new("mkfifo").arg(file).status().unwrap().success());
    }),
    ("a link to a device", |file, _, _| {
        fs::remove_file(file).unwrap();
        symlink("/dev/zero", file).unwrap();
    }),
];

/// Files that are spoilt, with others of the same kind to exchange them with, and what reads them: all artifacts are there
/// but the ones named last, which have to be made again.
const FILES: [(&str, &str, &[&str]); 13] = [
    ("ingest/synthetic_16/neurons.parquet", "ingest/synthetic_016/neurons.parquet", &[]),
    ("ingest/synthetic_16/synapses.parquet", "ingest/synthetic_16/events.parquet", &[]),
    ("ingest/synthetic_16/manifest.json", "ingest/synthetic_016/manifest.json", &[]),
    ("priors/synthetic_16/priors.safetensors", "priors/synthetic_016/priors.safetensors", &[]),
    ("priors/synthetic_16/initial/main.safetensors", "priors/synthetic_016/initial/main.safetensors", &[]),
    ("priors/synthetic_16/manifest.json", "priors/synthetic_016/manifest.json", &[]),
    ("train/synthetic_16/main/runs.parquet", "train/synthetic_16/positive/runs.parquet", &[]),
    (
        "train/synthetic_16/main/weights/go-nogo.W.00.safetensors",
        "train/synthetic_16/positive/weights/go-nogo.W.00.safetensors",
        &[],
    ),
    ("train/synthetic_16/main/manifest.json", "train/synthetic_016/main/manifest.json", &[]),
    ("analyze/metrics.parquet", "analyze/statistics.parquet", &[]),
    ("analyze/report.html", "analyze/claims.parquet", &[]),
    ("analyze/manifest.json", "train/synthetic_16/main/manifest.json", &[]),
    (
        "nulls/published-N16-1000-seed1/nulls.parquet",
        "nulls/edge-count-N16-50-seed1/nulls.parquet",
        &["analyze"],
    ),
];

/// Artifacts that lie in each other's place, whole.
const FOLDERS: [(&str, &str, &[&str]); 6] = [
    ("ingest/synthetic_16", "ingest/synthetic_016", &[]),
    ("priors/synthetic_16", "priors/synthetic_016", &[]),
    ("train/synthetic_16/main", "train/synthetic_016/main", &[]),
    ("train/synthetic_16/main", "train/synthetic_16/positive", &[]),
    ("priors/synthetic_16", "ingest/synthetic_16", &[]),
    ("nulls/published-N16-1000-seed1", "nulls/edge-count-N16-50-seed1", &["analyze"]),
];

/// Manifests that are something else.
const MANIFESTS: [(&str, fn(String) -> String); 7] = [
    ("of another kind", |text| text.replacen("\"kind\": \"", "\"kind\": \"other ", 1)),
    ("of a later format", |text| text.replacen("\"format_version\": ", "\"format_version\": 9", 1)),
    ("no JSON", |_| "<html>captive portal</html>".to_owned()),
    ("deeply nested", |_| "[".repeat(1 << 20)),
    ("leading out", |text| {
        text.replacen(
            "\"outputs\": {",
            "\"outputs\": {\n    \"../../../secret\": {\"blake3\": \"\", \"bytes\": 0},",
            1,
        )
    }),
    ("changed by hand", |text| {
        text.replacen("\"notes\": [", "\"notes\": [\n    \"all is well\",", 1).replace(",\n  ]", "]")
    }),
    ("with another digest", |text| {
        let place = text.find("\"blake3\": \"").unwrap() + "\"blake3\": \"".len();
        let digit = if text.as_bytes()[place] == b'0' { "1" } else { "0" };
        format!("{}{digit}{}", &text[..place], &text[place + 1..])
    }),
];

pub(crate) fn spoil(bench: &Bench, share: usize, of: usize) {
    let mut chance = bench.chance("damage");
    let mut cases: Vec<(String, &[&str], Box<dyn Fn(&Study, &mut Chance)>)> = Vec::new();
    for (file, aside, gone) in FILES {
        for (name, spoil) in SPOILS {
            let change = move |study: &Study, chance: &mut Chance| {
                spoil(&study.path(file), &study.path(aside), chance);
            };
            cases.push((format!("{file} {name}"), gone, Box::new(change)));
        }
        if file.ends_with("manifest.json") {
            for (name, change) in MANIFESTS {
                let change = move |study: &Study, _: &mut Chance| {
                    let text = fs::read_to_string(study.path(file)).unwrap();
                    let changed = change(text.clone());
                    assert_ne!(changed, text, "{name}");
                    fs::write(study.path(file), changed).unwrap();
                };
                cases.push((format!("{file} {name}"), gone, Box::new(change)));
            }
            let change = move |study: &Study, _: &mut Chance| {
                File::create(study.path(file)).unwrap().set_len(1 << 40).unwrap();
            };
            cases.push((format!("{file} of a terabyte"), gone, Box::new(change)));
        }
    }
    for (one, other, gone) in FOLDERS {
        let change = move |study: &Study, _: &mut Chance| exchange(&study.path(one), &study.path(other));
        cases.push((format!("{one} in place of {other}"), gone, Box::new(change)));
    }
    for (name, spoil) in SPOILS {
        let change = move |study: &Study, chance: &mut Chance| {
            let [weights, other] = finished_runs(study);
            spoil(&weights, &other, chance);
        };
        let gone = &["train/synthetic_16/main", "analyze"];
        cases.push((format!("weights of a finished run {name}"), gone, Box::new(change)));
        let change = move |study: &Study, chance: &mut Chance| {
            let pack = pack(study);
            spoil(&pack.join("runs.parquet"), &pack.join("history.parquet"), chance);
        };
        cases.push((format!("table of finished runs {name}"), gone, Box::new(change)));
        let change = move |study: &Study, chance: &mut Chance| {
            let aside = study.path("ingest/synthetic_16/manifest.json");
            spoil(&pack(study).join("manifest.json"), &aside, chance);
        };
        cases.push((format!("manifest of finished runs {name}"), gone, Box::new(change)));
    }
    for (place, (name, gone, change)) in cases.into_iter().enumerate() {
        if place % of == share {
            spoil_once(bench, &name, gone, &mut chance, &change);
        }
    }
}

/// Spoils, runs all readers, follows the advice of each that refuses, and compares.
fn spoil_once(
    bench: &Bench,
    name: &str,
    gone: &[&str],
    chance: &mut Chance,
    change: &dyn Fn(&Study, &mut Chance),
) {
    let study = bench.study_after("analyze");
    for folder in gone {
        fs::remove_dir_all(study.path(folder)).unwrap();
    }
    change(&study, chance);
    // Later stages first: each reads what lies there, whatever made it.
    let mut refusals = 0;
    for stage in STAGES.iter().rev() {
        refusals += usize::from(check(&study, name, &study.run(stage)).is_some());
    }
    refusals += usize::from(gone.is_empty() && check(&study, name, &export(&study)).is_some());
    for stage in STAGES {
        for attempt in 0.. {
            let ended = study.run(stage);
            let Some(advice) = check(&study, name, &ended) else { break };
            assert!(attempt < 4, "{name}: {stage} goes on refusing: {}", ended.err);
            follow(&study, name, &advice);
        }
    }
    bench.assert_equal(&study, name);
    bench.tally.count("refusals of damaged artifacts", refusals);
    bench.tally.survived("damaged, exchanged or foreign artifact");
}

fn export(study: &Study) -> Ended {
    let mut command = study.program("analyze");
    command.arg("export").arg(study.folder().join("export")).arg("--pytorch").arg("--artifacts");
    Ended::from(command.arg(study.artifacts()).output().unwrap())
}

/// Checks how a program ended; the line it refused with, if it did.
fn check(study: &Study, name: &str, ended: &Ended) -> Option<String> {
    if ended.code == Some(0) {
        return None;
    }
    ended.assert_refused(1, name);
    let line = ended.last_line();
    assert!(line.contains(&*study.artifacts().to_string_lossy()), "{name}: where? {line}");
    assert!(line.contains('`'), "{name}: no advice in: {line}");
    Some(line.to_owned())
}

/// Does what a line advises: "remove PATH and run `COMMAND`", or "… with `COMMAND`".
fn follow(study: &Study, name: &str, line: &str) {
    if let Some((_, rest)) = line.split_once("; remove ") {
        let (path, _) = rest.split_once(" and run `").unwrap_or_else(|| panic!("{name}: {line}"));
        assert!(Path::new(path).starts_with(study.artifacts()), "{name}: {line}");
        let path = PathBuf::from(path);
        let _ = fs::remove_dir_all(&path).or_else(|_| fs::remove_file(&path));
        assert!(fs::symlink_metadata(&path).is_err(), "{name}: {line}");
    }
    let command = line.rsplit('`').nth(1).unwrap();
    let mut words = command.split(' ');
    let mut program = study.program(words.next().unwrap());
    program.args(words).arg("--quiet").arg("--artifacts").arg(study.artifacts());
    // What it says of other damage is heard when the stage runs again.
    program.output().unwrap();
}

/// Puts two folders in each other's place.
fn exchange(one: &Path, other: &Path) {
    let aside = one.with_file_name("aside");
    fs::rename(one, &aside).unwrap();
    fs::rename(other, one).unwrap();
    fs::rename(&aside, other).unwrap();
}

/// The pack of all finished runs of a field.
fn pack(study: &Study) -> PathBuf {
    let runs = study.path("train/synthetic_16/.runs");
    let mut packs = fs::read_dir(runs).unwrap().map(|entry| entry.unwrap().path());
    packs.find(|path| path.join("weights").exists()).unwrap()
}

/// Files with the weights of two finished runs of the first arm.
fn finished_runs(study: &Study) -> [PathBuf; 2] {
    let weights = fs::read_dir(pack(study).join("weights")).unwrap();
    let mut files: Vec<PathBuf> = weights.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.file_name().unwrap().as_encoded_bytes().starts_with(b"main."));
    files.sort();
    [files[0].clone(), files[1].clone()]
}
