use std::{collections::BTreeMap, path::Path};

use artifact::{Count, Decision, Fingerprint, Kind, Recipe};
use config::{FieldSelection, Source, TableSettings};
use cortex::FieldName;
use serde_json::json;
use stage::{Console, Made, RunArguments, Session, UsageError};

use crate::{
    Bundle, CleanField, IngestError, Tables, synthesize, synthetic::synthetic_neurons, tables::Selection,
};

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
        Source::Tables { path, fields, settings } => from_tables(&mut session, &path, fields, &settings)?,
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

/// Reads all fields that have to be made in one pass over the tables.
fn from_tables(
    session: &mut Session,
    path: &Path,
    fields: FieldSelection,
    settings: &TableSettings,
) -> anyhow::Result<()> {
    let tables = Tables::open(path, settings)?;
    let names = match fields {
        FieldSelection::All => tables.fields()?,
        FieldSelection::Named(names) => names,
    };
    let (mut fingerprints, mut recipes, mut to_make) = (BTreeMap::new(), Vec::new(), Vec::new());
    for name in names {
        Selection::parse(&name).map_err(|error| UsageError(error.to_string()))?;
        tables.paths(&name)?.into_iter().for_each(|path| session.depends_on(path));
        let inputs = tables.fingerprints(&name, &mut fingerprints)?;
        let settings = json!({ "source": "tables", "field": name, "tables": settings });
        let recipe = recipe(0, settings, inputs);
        let place = session.place(["ingest", name.as_str()]);
        if session.decide(&place, &recipe)? != Decision::UpToDate {
            to_make.push(name.clone());
        }
        recipes.push((name, recipe));
    }
    let mut read = BTreeMap::new();
    if !session.dry_run && !to_make.is_empty() {
        let fields = tables.read(&to_make, session.console)?;
        read.extend(to_make.into_iter().zip(fields));
    }
    for (name, recipe) in &recipes {
        let field = read.remove(name);
        produce(session, name, recipe, || match field {
            Some(field) => field,
            None => tables.read(std::slice::from_ref(name), Console::new(true))?.remove(0),
        })?;
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
        for Count { table, treatment, reason, rows } in &manifest.counts {
            session.console.say(format!("{name}: {rows} rows of {table} {}: {reason}", treatment.name()));
        }
    }
    Ok(())
}
