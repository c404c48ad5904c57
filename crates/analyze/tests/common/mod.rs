//! Hand-made studies: arms as `train` leaves them, without training.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use artifact::{
    Artifact, Column, Draft, EpochRecord, Kind, Measures, Recipe, RunRecord, Status, Table, Tensors,
    epoch_table, run_table,
};
use cortex::RunKey;
use serde_json::json;
use stage::{RunArguments, StudyArguments};
use tempfile::TempDir;

/// A folder with a configuration and artifacts.
pub struct Study {
    pub folder: TempDir,
    pub units: usize,
    /// What the manifests of arms note.
    pub notes: Vec<String>,
}

/// Accuracies after every epoch of a run, or how many epochs it had before it diverged.
pub enum Fate {
    Done(Vec<f64>),
    Diverged,
}

pub struct HandMadeRun {
    pub key: RunKey,
    pub fate: Fate,
    pub kernel: Vec<f32>,
    pub initial: Option<Vec<f32>>,
}

/// Uniform numbers of a fixed seed (SplitMix64).
pub struct Uniforms(pub u64);

impl Uniforms {
    pub fn draw(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.draw()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.draw()).cos()
    }
}

impl Study {
    /// A study whose configuration is this text, with networks of so many units.
    pub fn new(configuration: &str, units: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("pipeline.toml"), configuration).unwrap();
        Self { folder, units, notes: Vec::new() }
    }

    pub fn path(&self, place: &str) -> PathBuf {
        self.folder.path().join("artifacts").join(place)
    }

    pub fn arguments(&self) -> RunArguments {
        let study = StudyArguments {
            artifacts: Some(self.folder.path().join("artifacts")),
            ..StudyArguments::of(self.folder.path().join("pipeline.toml"))
        };
        RunArguments { quiet: true, ..study.into() }
    }

    pub fn analyze(&self) -> anyhow::Result<()> {
        analyze::run(self.arguments())
    }

    pub fn report(&self) -> String {
        fs::read_to_string(self.path("analyze/report.html")).unwrap()
    }

    pub fn table(&self, name: &str) -> Table {
        Artifact::open(&self.path("analyze"), Kind::Analysis).unwrap().table(name).unwrap()
    }

    /// A run whose kernel is random; that of a diverged run is not finite.
    pub fn run(
        &self,
        field: &str,
        arm: &str,
        task: &str,
        variant: &str,
        simulation: u32,
        fate: Fate,
    ) -> HandMadeRun {
        let key = RunKey {
            field: field.parse().unwrap(),
            arm: arm.to_owned(),
            task: task.parse().unwrap(),
            variant: variant.parse().unwrap(),
            simulation,
        };
        let mut random = Uniforms(u64::from(simulation) + 1000 * variant.len() as u64 + task.len() as u64);
        let kernel = match fate {
            Fate::Done(_) => (0..self.units * self.units).map(|_| random.normal() as f32).collect(),
            Fate::Diverged => vec![f32::NAN; self.units * self.units],
        };
        HandMadeRun { key, fate, kernel, initial: None }
    }

    /// Writes `train/FIELD/ARM` of these runs.
    pub fn write_arm(&self, field: &str, arm: &str, protocol: &str, runs: &[HandMadeRun]) {
        let mut draft = Draft::begin(&self.path(&format!("train/{field}/{arm}"))).unwrap();
        let (mut records, mut epochs) = (Vec::new(), Vec::new());
        for run in runs {
            let weights = format!("weights/{}.safetensors", run.key.file_stem());
            let mut tensors = Tensors::new();
            tensors.insert_f32("recurrent_kernel", &[self.units, self.units], run.kernel.clone());
            if let Some(initial) = &run.initial {
                tensors.insert_f32("initial_recurrent_kernel", &[self.units, self.units], initial.clone());
            }
            draft.tensors(&weights, &tensors).unwrap();
            let accuracies = match &run.fate {
                Fate::Done(accuracies) => accuracies.as_slice(),
                Fate::Diverged => &[],
            };
            epochs.extend((1..).zip(accuracies).map(|(epoch, &accuracy)| EpochRecord {
                key: run.key.clone(),
                epoch,
                measures: measures(accuracy),
                penalty: Some(1.0),
            }));
            records.push(RunRecord {
                key: run.key.clone(),
                protocol: protocol.to_owned(),
                seed: 1,
                status: if accuracies.is_empty() { Status::Diverged } else { Status::Done },
                epochs: accuracies.len() as u32,
                measures: accuracies.last().map_or_else(Measures::default, |&accuracy| measures(accuracy)),
                penalty: accuracies.last().map(|_| 1.0),
                weights: Some(weights),
            });
        }
        for note in &self.notes {
            draft.note(note);
        }
        draft.table("runs.parquet", &run_table(&records)).unwrap();
        draft.table("history.parquet", &epoch_table(&epochs)).unwrap();
        let recipe = Recipe {
            kind: Kind::Arm,
            stage_version: 1,
            seed: 1,
            settings: json!({}),
            inputs: BTreeMap::new(),
        };
        draft.commit(&recipe).unwrap();
    }
}

/// Measures of a run of this training accuracy; 0.02 less on validation, 0.05 less on test trials.
fn measures(accuracy: f64) -> Measures {
    Measures {
        train_accuracy: Some(accuracy),
        train_loss: Some(0.5),
        validation_accuracy: Some(accuracy - 0.02),
        validation_loss: Some(0.5),
        test_accuracy: Some(accuracy - 0.05),
        test_loss: Some(0.5),
    }
}

pub fn modified(path: &Path) -> std::time::SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

/// Asserts that markup nests: every tag that opens is closed, attributes are quoted, `&` begins an entity.
pub fn assert_well_formed(markup: &str) {
    const VOID: [&str; 2] = ["meta", "!DOCTYPE"];
    let mut open: Vec<&str> = Vec::new();
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        assert!(!rest[..at].contains('>'), "stray > before {:.60}", &rest[at..]);
        for (amp, _) in rest[..at].match_indices('&') {
            let entity = rest[amp..at].split(';').next().unwrap();
            assert!(["&amp", "&lt", "&gt", "&quot"].contains(&entity), "bare & before {:.60}", &rest[at..]);
        }
        let end = at + rest[at..].find('>').expect("a tag ends");
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "closed out of turn");
        } else if !tag.starts_with('?') {
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
            let name = tag.split_whitespace().next().unwrap();
            if !VOID.contains(&name) {
                open.push(name);
            }
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
}

/// Asserts that no number of the analysis is NaN or infinite, in any table, and no word of the report says so.
pub fn assert_finite(study: &Study) {
    for name in ["metrics", "statistics", "contrasts", "omnibus", "claims"] {
        assert_finite_table(&study.table(&format!("{name}.parquet")), name);
    }
    let page = study.report();
    assert_well_formed(&page);
    assert!(!page.contains("NaN") && !page.contains(">inf"));
    assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("<script"));
    assert_figures(study);
}

/// Asserts that every figure is an SVG file that nests, and beside it the table that it is made from, whose numbers are
/// finite.
fn assert_figures(study: &Study) {
    let analysis = Artifact::open(&study.path("analyze"), Kind::Analysis).unwrap();
    let files = analysis.manifest().outputs.keys().filter_map(|name| name.strip_prefix("figures/"));
    let names: BTreeSet<&str> = files.clone().map(|name| name.rsplit_once('.').unwrap().0).collect();
    assert_eq!(files.count(), 2 * names.len());
    for name in names {
        let image = fs::read_to_string(study.path(&format!("analyze/figures/{name}.svg"))).unwrap();
        assert_well_formed(&image);
        assert!(!image.contains("NaN") && !image.contains("var("), "{name}");
        let table = analysis.table(&format!("figures/{name}.parquet")).unwrap();
        assert_eq!(table.names().next(), Some("field"), "{name}");
        assert_finite_table(&table, name);
        assert!(study.report().contains(&format!("figures/{name}.parquet")), "{name}");
    }
}

fn assert_finite_table(table: &Table, name: &str) {
    for column in table.names() {
        let finite = match table.column(column).unwrap() {
            Column::F64(values) => values.iter().all(|value| value.is_finite()),
            Column::OptionalF64(values) => values.iter().flatten().all(|value| value.is_finite()),
            _ => true,
        };
        assert!(finite, "{name}.parquet, column {column}");
    }
}
