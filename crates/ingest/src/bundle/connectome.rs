use std::io::Cursor;

use cortex::Connection;
use polars::prelude::{CsvReadOptions, DataFrame, DataType, Field, Schema, SerReader};

use crate::error::Defect;

/// The synapse counts of a field, as `connectome_F.csv` holds them.
#[derive(Debug)]
pub(super) struct Connectome {
    /// Names of rows and columns, the same for both.
    pub(super) labels: Vec<String>,
    /// Pairs with at least one synapse, sorted by (pre, post); the table does not tell sizes.
    pub(super) connections: Vec<Connection>,
}

/// Reads a table of N × N synapse counts with a header and an index column; row = presynaptic.
///
/// # Errors
/// If it is not square, rows and columns are labelled differently, or a count is missing or not a
/// whole number.
pub(super) fn read(bytes: &[u8]) -> Result<Connectome, Defect> {
    let text = std::str::from_utf8(bytes).map_err(|_| Defect::new("it is no text in UTF-8"))?.trim_end();
    let (header, body) = text.split_once('\n').ok_or_else(|| Defect::new("it has no rows"))?;
    let labels: Vec<String> = header.split(',').skip(1).map(label).collect();
    let table = table(body, labels.len())?;
    if table.height() != labels.len() {
        return Err(Defect::new(format!(
            "its table is {} × {}; a connectome has as many rows as columns",
            table.height(),
            labels.len()
        )));
    }
    check_rows(&table, &labels)?;
    Ok(Connectome { connections: connections(&table)?, labels })
}

fn label(cell: &str) -> String {
    cell.trim().trim_matches('"').to_owned()
}

/// Parses the rows below the header: one text column, then `counts` numbers.
fn table(body: &str, counts: usize) -> Result<DataFrame, Defect> {
    let index = Field::new("".into(), DataType::String);
    let columns = (0..counts).map(|column| Field::new(column.to_string().into(), DataType::Float64));
    let schema: Schema = std::iter::once(index).chain(columns).collect();
    let options = CsvReadOptions::default()
        .with_has_header(false)
        .with_schema(Some(schema.into()))
        .with_rechunk(true)
        .map_parse_options(|options| options.with_quote_char(None));
    options.into_reader_with_file_handle(Cursor::new(body.as_bytes())).finish().map_err(|error| {
        let message = error.to_string();
        Defect::new(format!("its table cannot be read: {}", message.lines().next().unwrap_or_default()))
    })
}

fn check_rows(table: &DataFrame, labels: &[String]) -> Result<(), Defect> {
    let unusable = |_| Defect::new("it has no index column");
    let index = table.columns().first().ok_or_else(|| Defect::new("it has no columns"))?;
    for (row, (found, column)) in index.str().map_err(unusable)?.iter().zip(labels).enumerate() {
        let found = label(found.unwrap_or_default());
        if found != *column {
            return Err(Defect::new(format!(
                "row {row} is labelled `{found}` but column {row} `{column}`; rows and columns must be the \
                 same neurons in the same order"
            )));
        }
    }
    Ok(())
}

fn connections(table: &DataFrame) -> Result<Vec<Connection>, Defect> {
    let mut connections = Vec::new();
    for (post, column) in table.columns().iter().skip(1).enumerate() {
        let counts = column.f64().map_err(|_| Defect::new(format!("column {post} holds no numbers")))?;
        for (pre, count) in counts.iter().enumerate() {
            let count = count.ok_or_else(|| {
                Defect::new(format!(
                    "row {pre}, column {post} has no count; write 0 where there are no synapses"
                ))
            })?;
            if count < 0.0 || count.fract() != 0.0 || count > f64::from(u32::MAX) {
                return Err(Defect::new(format!("row {pre}, column {post} counts {count} synapses")));
            }
            if count > 0.0 {
                let (pre, post) = (pre as u32, post as u32);
                connections.push(Connection { pre, post, count: count as u32, size: None });
            }
        }
    }
    connections.sort_by_key(|connection| (connection.pre, connection.post));
    Ok(connections)
}
