use std::path::Path;

use artifact::Count;
use config::TableSettings;
use serde_json::{Value, json};
use stage::Console;

use super::{Inspected, Outcome, aligned, counted, refuse_unusable, show, table};
use crate::{
    Tables,
    tables::file::{Form, TableFile},
};

/// Reads every field of a folder of tables, and prints what its tables are and what its fields hold.
pub(super) fn inspect(path: &Path, settings: &TableSettings, as_json: bool) -> anyhow::Result<()> {
    let tables = Tables::open(path, settings)?;
    if !as_json {
        show(&list(&tables))?;
    }
    let names = tables.fields()?;
    let counts = tables.counts()?;
    let read = tables.read(&names, Console::new(as_json))?;
    let mut fields = Vec::new();
    for (name, field) in names.into_iter().zip(read) {
        let paths = tables.paths(&name)?;
        fields.push(Inspected { outcome: Outcome::of(field.map(|field| (field, paths))), field: name });
    }
    if as_json {
        let document =
            json!({ "path": path, "tables": described(&tables), "counts": counts, "fields": fields });
        show(&super::json(&document)?)?;
    } else {
        show(&format!("\n{}{}", table(&fields), whole(&counts)))?;
    }
    refuse_unusable(path, &fields)
}

/// A line a table: its file, what it is, its form, its rows where they are known.
fn list(tables: &Tables) -> String {
    let mut rows = vec![["file", "table", "form", "rows"].map(str::to_owned)];
    for (file, role) in every(tables) {
        let count = file.rows.map_or("-".to_owned(), |rows| rows.to_string());
        let role = role.unwrap_or("not read").to_owned();
        rows.push([file.name(), role, form(file).to_owned(), count]);
    }
    aligned(&rows, &[3])
}

/// What was counted over all rows of the tables, whatever field they are of.
fn whole(counts: &[Count]) -> String {
    let lines: Vec<String> = counts.iter().map(|count| format!("all rows: {}\n", counted(count))).collect();
    if lines.is_empty() { String::new() } else { format!("\n{}", lines.concat()) }
}

fn described(tables: &Tables) -> Vec<Value> {
    let describe = |(file, role): (&TableFile, Option<&str>)| {
        json!({
            "file": file.name(),
            "table": role,
            "form": form(file),
            "rows": file.rows,
            "columns": file.columns,
            "sidecar": file.sidecar,
            "resolution_nm": file.resolution_nm,
        })
    };
    every(tables).map(describe).collect()
}

fn every(tables: &Tables) -> impl Iterator<Item = (&TableFile, Option<&'static str>)> {
    let folder = tables.folder();
    let known = folder.tables.iter().map(|(file, role)| (file, Some(role.name())));
    known.chain(folder.unknown.iter().map(|file| (file, None)))
}

fn form(file: &TableFile) -> &'static str {
    match file.form {
        Form::Parquet => "Parquet",
        Form::Nwb => "NWB",
        Form::Csv { header: true, gzip: true } => "CSV, gzip",
        Form::Csv { header: true, gzip: false } => "CSV",
        Form::Csv { header: false, gzip: true } => "CSV, gzip, headerless",
        Form::Csv { header: false, gzip: false } => "CSV, headerless",
    }
}
