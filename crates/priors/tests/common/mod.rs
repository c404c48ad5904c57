//! A study in a temporary folder, with hand-made fields in place of `ingest`'s.
#![allow(dead_code)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use artifact::{Artifact, Draft, Kind, Manifest, Recipe, Tensors, write_field};
use config::PriorSettings;
use cortex::{Connection, Event, Field, Neuron, NucleusId, RootId, UnitId, stream};
use rand_distr::{Distribution, Open01};
use stage::{RunArguments, StudyArguments};
use tempfile::TempDir;

/// A study that `priors run` can be let loose on.
pub(crate) struct Study {
    folder: TempDir,
}

impl Study {
    /// A study of fields of these names; `settings` follow the header of its configuration.
    pub(crate) fn new(fields: &[&str], settings: &str) -> Self {
        let study = Self { folder: tempfile::tempdir().unwrap() };
        study.configure(fields, settings);
        study
    }

    pub(crate) fn configure(&self, fields: &[&str], settings: &str) {
        let text = format!(
            "artifacts = '{}'\nsource = {{ kind = \"bundle\", path = \"none\", fields = {fields:?} }}\n{settings}",
            self.folder.path().join("artifacts").display()
        );
        fs::write(self.folder.path().join("pipeline.toml"), text).unwrap();
    }

    /// Puts a field where `ingest` would.
    pub(crate) fn ingest(&self, field: &Field, released: Option<&Tensors>) {
        let place = self.place("ingest", field.name.as_str());
        let recipe = Recipe {
            kind: Kind::Field,
            stage_version: 1,
            seed: 1,
            settings: serde_json::Value::Null,
            inputs: BTreeMap::new(),
        };
        let mut draft = Draft::begin(&place).unwrap();
        write_field(&mut draft, field).unwrap();
        if let Some(released) = released {
            draft.tensors("released.safetensors", released).unwrap();
        }
        draft.commit(&recipe).unwrap();
    }

    pub(crate) fn place(&self, stage: &str, field: &str) -> PathBuf {
        self.folder.path().join("artifacts").join(stage).join(field)
    }

    pub(crate) fn arguments(&self) -> RunArguments {
        let study = StudyArguments::of(self.folder.path().join("pipeline.toml"));
        RunArguments { quiet: true, ..study.into() }
    }

    pub(crate) fn run(&self) -> anyhow::Result<()> {
        priors::run(self.arguments())
    }

    /// The one-line message that a run fails with.
    pub(crate) fn failure(&self) -> String {
        format!("{:#}", self.run().unwrap_err())
    }

    pub(crate) fn priors(&self, field: &str) -> Artifact {
        Artifact::open(&self.place("priors", field), Kind::Priors).unwrap()
    }

    pub(crate) fn manifest(&self, field: &str) -> Manifest {
        self.priors(field).manifest().clone()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// Settings of functional measures as the study has them.
pub(crate) fn settings() -> PriorSettings {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipeline.toml");
    config::load(&path, &[]).unwrap().priors
}

/// A field of random positions, events and a chain of connections.
pub(crate) fn field(name: &str, neurons: usize) -> Field {
    let mut random = stream(5, &["field", name]);
    let mut below = move |limit: f64| -> f64 { limit * Distribution::<f64>::sample(&Open01, &mut random) };
    let neuron = |index: usize, below: &mut dyn FnMut(f64) -> f64| {
        let position_voxel = [below(4e4) as i64, below(3e4) as i64, below(2e3) as i64];
        Neuron {
            unit: UnitId(index as i64),
            nucleus: NucleusId(1000 + index as i64),
            root: Some(RootId(5000 + index as i64)),
            position_um: std::array::from_fn(|axis| position_voxel[axis] as f64 * cortex::VOXEL_UM[axis]),
            position_voxel,
        }
    };
    let neurons: Vec<Neuron> = (0..neurons).map(|index| neuron(index, &mut below)).collect();
    let connection =
        |pre| Connection { pre, post: (pre + 1) % neurons.len() as u32, count: 1 + pre % 3, size: None };
    let mut events = Vec::new();
    for neuron in 0..neurons.len() as u32 {
        let mut times: Vec<f64> = (0..60).map(|_| below(120.0)).collect();
        times.sort_by(f64::total_cmp);
        events.extend(times.into_iter().map(|time_s| Event { neuron, time_s }));
    }
    Field {
        name: name.parse().unwrap(),
        connections: (0..neurons.len() as u32 - 1).map(connection).collect(),
        neurons,
        events,
    }
}
