use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::bail;
use clap::Args;
use cortex::FieldName;
use serde::Serialize;

use crate::{Bundle, CleanField, IngestError};

/// Arguments of `inspect`.
#[derive(Args, Clone, Debug)]
pub struct InspectArguments {
    /// Folder of a bundle, or of one field of it
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// Write JSON instead of a table
    #[arg(long)]
    pub json: bool,
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
        notes: Vec<String>,
    },
    Unreadable {
        error: String,
    },
}

/// Reads every field of a bundle as `run` would, and prints what it holds and what is odd about it.
///
/// # Errors
/// If the bundle is missing, or any of its fields cannot be used.
pub fn inspect(arguments: &InspectArguments) -> anyhow::Result<()> {
    let (folder, names) = fields_at(&arguments.path)?;
    let fields: Vec<Inspected> = names.into_iter().map(|name| inspect_field(&folder, name)).collect();
    let text = if arguments.json {
        let document = serde_json::json!({ "path": arguments.path, "fields": fields });
        serde_json::to_string_pretty(&document)? + "\n"
    } else {
        table(&fields)
    };
    io::stdout().write_all(text.as_bytes())?;
    let unreadable =
        fields.iter().filter(|field| matches!(field.outcome, Outcome::Unreadable { .. })).count();
    if unreadable > 0 {
        let path = arguments.path.display();
        bail!("{path}: {unreadable} of {} fields cannot be used, for the reasons above", fields.len());
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
    let outcome = match read() {
        Ok((clean, paths)) => Outcome::Readable {
            neurons: clean.field.neurons.len(),
            connections: clean.field.connections.len(),
            synapses: clean.synapses(),
            events: clean.field.events.len(),
            released: clean.released.names().map(str::to_owned).collect(),
            files: paths.iter().map(|path| path.display().to_string()).collect(),
            notes: clean.notes,
        },
        Err(error) => Outcome::Unreadable { error: error.to_string() },
    };
    Inspected { field: name, outcome }
}

/// Aligned columns, a line a field, and below them what is odd or wrong.
fn table(fields: &[Inspected]) -> String {
    let head =
        ["field", "neurons", "connections", "synapses", "events", "released matrices", "irregularities"];
    let mut rows = vec![head.map(str::to_owned)];
    let mut remarks = Vec::new();
    for Inspected { field, outcome } in fields {
        match outcome {
            Outcome::Readable { neurons, connections, synapses, events, released, notes, .. } => {
                let released = if released.is_empty() { "none".to_owned() } else { released.join(" ") };
                let counts =
                    [*neurons, *connections, *synapses as usize, *events].map(|count| count.to_string());
                let [neurons, connections, synapses, events] = counts;
                let notes_count = notes.len().to_string();
                rows.push([field.to_string(), neurons, connections, synapses, events, released, notes_count]);
                remarks.extend(notes.iter().map(|note| format!("{field}: {note}\n")));
            }
            Outcome::Unreadable { error } => {
                let none = || "-".to_owned();
                rows.push([field.to_string(), none(), none(), none(), none(), none(), "unusable".to_owned()]);
                remarks.push(format!("{field}: unusable: {error}\n"));
            }
        }
    }
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
    let widths: [usize; 7] = std::array::from_fn(width);
    let line = |row: &[String; 7]| {
        let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| match column {
            1..=4 => format!("{cell:>width$}"),
            _ => format!("{cell:<width$}"),
        });
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    let table: String = rows.iter().map(line).collect();
    if remarks.is_empty() { table } else { format!("{table}\n{}", remarks.concat()) }
}
