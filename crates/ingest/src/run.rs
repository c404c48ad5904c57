use std::{collections::BTreeMap, path::Path};

use artifact::{Fingerprint, Kind, Recipe};
use config::{FieldSelection, Source};
use cortex::FieldName;
use serde_json::json;
use stage::{Made, RunArguments, Session, UsageError};

use crate::{Bundle, CleanField, IngestError, synthesize, synthetic::synthetic_neurons};

/// Version of this stage's results; rises when equal sources give other artifacts.
const STAGE_VERSION: u32 = 1;

/// Ingests the fields of the study: `ingest/FIELD` for each.
///
/// # Errors
/// What the configuration, the source or the disk refuses, in one line.
pub fn run(arguments: RunArguments) -> anyhow::Result<()> {
    let mut session = Session::open("ingest", arguments)?;
    match session.study.source.clone() {
        Source::Synthetic { fields } => from_synthesis(&mut session, fields)?,
        Source::Bundle { path, fields } => from_bundle(&mut session, &path, fields)?,
        Source::Tables { .. } => {
            let message = "source.kind = \"tables\" is not available; use \"bundle\" or \"synthetic\"";
            return Err(UsageError(format!("{}: {message}", session.study.file.display())).into());
        }
    }
    session.finish()
}

fn from_synthesis(session: &mut Session, fields: Vec<FieldName>) -> anyhow::Result<()> {
    let seed = session.study.seed;
    for name in fields {
        synthetic_neurons(&name).map_err(|error| UsageError(error.to_string()))?;
        let settings = json!({ "source": "synthetic", "field": name });
        let recipe = recipe(seed, settings, BTreeMap::new());
        produce(session, &name, &recipe, || Ok(synthesize(&name, seed)?.into()))?;
    }
    Ok(())
}

fn from_bundle(session: &mut Session, path: &Path, fields: FieldSelection) -> anyhow::Result<()> {
    let bundle = Bundle::open(path)?;
    let fields = match fields {
        FieldSelection::All => bundle.fields()?,
        FieldSelection::Named(fields) => fields,
    };
    for name in fields {
        let source = bundle.field(&name)?;
        source.paths().into_iter().for_each(|path| session.depends_on(path));
        let settings = json!({ "source": "bundle", "field": name });
        let recipe = recipe(0, settings, source.fingerprints()?);
        produce(session, &name, &recipe, || source.read())?;
    }
    Ok(())
}

fn recipe(seed: u64, settings: serde_json::Value, inputs: BTreeMap<String, Fingerprint>) -> Recipe {
    Recipe { kind: Kind::Field, stage_version: STAGE_VERSION, seed, settings, inputs }
}

/// Makes the artifact of one field where it is not up to date, and says what is in it.
fn produce(
    session: &mut Session,
    name: &FieldName,
    recipe: &Recipe,
    read: impl FnOnce() -> Result<CleanField, IngestError>,
) -> anyhow::Result<()> {
    let place = session.place(["ingest", name.as_str()]);
    let mut summary = String::new();
    let made = session.produce(&place, recipe, |draft| {
        let clean = read()?;
        summary = clean.summary();
        Ok(clean.write(draft)?)
    })?;
    if let Made::New(manifest) = made {
        session.console.result(summary);
        for note in &manifest.notes {
            session.console.say(format!("{name}: note: {note}"));
        }
    }
    Ok(())
}
