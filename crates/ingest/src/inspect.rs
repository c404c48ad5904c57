mod tables;

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::bail;
use artifact::Count;
use clap::Args;
use config::{Source, TableSettings};
use cortex::FieldName;
use serde::Serialize;
use stage::UsageError;

use crate::{Bundle, CleanField, IngestError};

/// Arguments of `inspect`.
#[derive(Args, Clone, Debug)]
pub struct InspectArguments {
    /// Folder of a bundle, of one field of it, or of MICrONS tables
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// Write JSON instead of a table
    #[arg(long)]
    pub json: bool,
    /// Read tables as the `[source]` of this configuration says
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What `inspect` tells about one field.
#[derive(Serialize)]
struct Inspected {
    field: FieldName,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    Readable {
        neurons: usize,
        connections: usize,
        synapses: u64,
        events: usize,
        released: Vec<String>,
        files: Vec<String>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        further_columns: Vec<String>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        counts: Vec<Count>,
        notes: Vec<String>,
    },
    Unreadable {
        error: String,
    },
}

/// Reads every field of a source as `run` would, and prints what it holds and what is odd about it.
///
/// # Errors
/// If the source is missing, or any of its fields cannot be used.
pub fn inspect(arguments: &InspectArguments) -> anyhow::Result<()> {
    let settings = settings(arguments)?;
    if settings.is_some() || is_tables(&arguments.path) {
        return tables::inspect(&arguments.path, &settings.unwrap_or_default(), arguments.json);
    }
    let (folder, names) = fields_at(&arguments.path)?;
    let fields: Vec<Inspected> = names.into_iter().map(|name| inspect_field(&folder, name)).collect();
    if arguments.json {
        show(&json(&serde_json::json!({ "path": arguments.path, "fields": fields }))?)?;
    } else {
        show(&table(&fields))?;
    }
    refuse_unusable(&arguments.path, &fields)
}

/// How tables are to be read, where a configuration is named.
fn settings(arguments: &InspectArguments) -> anyhow::Result<Option<TableSettings>> {
    let Some(path) = &arguments.config else { return Ok(None) };
    match config::load(path, &[])?.source {
        Source::Tables { settings, .. } => Ok(Some(*settings)),
        _ => Err(UsageError(format!("{}: its source.kind is not \"tables\"", path.display())).into()),
    }
}

/// Whether a folder is looked at as tables: it holds some, and is no field of a bundle.
fn is_tables(path: &Path) -> bool {
    let holds_tables = || {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        entries.into_iter().any(|entry| {
            let name = entry.file_name().to_string_lossy().to_ascii_lowercase();
            [".csv", ".csv.gz", ".parquet"].iter().any(|ending| name.ends_with(ending))
        })
    };
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    !path.join(format!("positions_{name}.npy")).exists() && holds_tables()
}

fn json(document: &serde_json::Value) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(document)? + "\n")
}

fn show(text: &str) -> io::Result<()> {
    io::stdout().write_all(text.as_bytes())
}

fn refuse_unusable(path: &Path, fields: &[Inspected]) -> anyhow::Result<()> {
    let unusable = fields.iter().filter(|field| matches!(field.outcome, Outcome::Unreadable { .. })).count();
    if unusable > 0 {
        bail!(
            "{}: {unusable} of {} fields cannot be used, for the reasons above",
            path.display(),
            fields.len()
        );
    }
    Ok(())
}

/// The bundle's folder and the fields to look at: all of them, or the one whose folder is named.
fn fields_at(path: &Path) -> Result<(PathBuf, Vec<FieldName>), IngestError> {
    let bundle = Bundle::open(path)?;
    let name = path.file_name().and_then(|name| name.to_str()?.parse::<FieldName>().ok());
    match (path.parent(), name) {
        (Some(parent), Some(name)) if path.join(format!("positions_{name}.npy")).exists() => {
            Ok((parent.to_owned(), vec![name]))
        }
        _ => Ok((path.to_owned(), bundle.fields()?)),
    }
}

fn inspect_field(folder: &Path, name: FieldName) -> Inspected {
    let read = || -> Result<(CleanField, Vec<PathBuf>), IngestError> {
        let field = Bundle::open(folder)?.field(&name)?;
        Ok((field.read()?, field.paths()))
    };
    let outcome = Outcome::of(read());
    Inspected { field: name, outcome }
}

impl Outcome {
    fn of(read: Result<(CleanField, Vec<PathBuf>), IngestError>) -> Self {
        match read {
            Ok((clean, paths)) => Self::Readable {
                neurons: clean.field.neurons.len(),
                connections: clean.field.connections.len(),
                synapses: clean.synapses(),
                events: clean.field.events.len(),
                released: clean.released.names().map(str::to_owned).collect(),
                files: paths.iter().map(|path| path.display().to_string()).collect(),
                further_columns: clean.further.names().map(str::to_owned).collect(),
                counts: clean.counts,
                notes: clean.notes,
            },
            Err(error) => Self::Unreadable { error: error.to_string() },
        }
    }
}

/// Notes that every one of several fields has: they are said once.
fn of_all(fields: &[Inspected]) -> Vec<String> {
    let notes = |field: &Inspected| match &field.outcome {
        Outcome::Readable { notes, .. } => notes.clone(),
        Outcome::Unreadable { .. } => Vec::new(),
    };
    let Some((first, others)) = fields.split_first().filter(|(_, others)| !others.is_empty()) else {
        return Vec::new();
    };
    let others: Vec<Vec<String>> = others.iter().map(notes).collect();
    notes(first).into_iter().filter(|note| others.iter().all(|notes| notes.contains(note))).collect()
}

fn counted(count: &Count) -> String {
    format!("{} rows of {} {}: {}", count.rows, count.table, count.treatment.name(), count.reason)
}

/// Aligned columns, a line a field, and below them what is odd or wrong.
fn table(fields: &[Inspected]) -> String {
    let head =
        ["field", "neurons", "connections", "synapses", "events", "released matrices", "irregularities"];
    let mut rows = vec![head.map(str::to_owned)];
    let shared = of_all(fields);
    let mut remarks: Vec<String> = shared
        .iter()
        .map(|note| {
            format!(
                "all fields: {note}
"
            )
        })
        .collect();
    for Inspected { field, outcome } in fields {
        match outcome {
            Outcome::Readable { neurons, connections, synapses, events, released, notes, counts, .. } => {
                let released = if released.is_empty() { "none".to_owned() } else { released.join(" ") };
                let numbers =
                    [*neurons, *connections, *synapses as usize, *events].map(|count| count.to_string());
                let [neurons, connections, synapses, events] = numbers;
                let notes_count = notes.len().to_string();
                rows.push([field.to_string(), neurons, connections, synapses, events, released, notes_count]);
                let own = notes.iter().filter(|note| !shared.contains(note));
                remarks.extend(own.map(|note| format!("{field}: {note}\n")));
                remarks.extend(counts.iter().map(|count| format!("{field}: {}\n", counted(count))));
            }
            Outcome::Unreadable { error } => {
                let none = || "-".to_owned();
                rows.push([field.to_string(), none(), none(), none(), none(), none(), "unusable".to_owned()]);
                remarks.push(format!("{field}: unusable: {error}\n"));
            }
        }
    }
    let table = aligned(&rows, &[1, 2, 3, 4]);
    if remarks.is_empty() { table } else { format!("{table}\n{}", remarks.concat()) }
}

/// Pads cells to columns of equal width; those of `right` are flush right.
fn aligned<const N: usize>(rows: &[[String; N]], right: &[usize]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| {
            if right.contains(&column) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}
