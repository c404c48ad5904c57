//! Rows of a table as typed columns, batch by batch, whatever its dialect.

use arrow::array::{ArrayRef, RecordBatch};
use stage::Console;

use crate::{
    IngestError,
    error::Defect,
    tables::{
        file::{Form, TableFile},
        scan_csv, scan_parquet,
        values::{Type, Values},
    },
};

/// Cells of a batch of a text table.
const BATCH_CELLS: usize = 1 << 20;

/// Most rows of such a batch.
const BATCH_ROWS: usize = 1 << 16;

/// Reads columns by their place and type; `each` gets the row that a batch begins with, from 1, and its columns.
///
/// # Errors
/// [`IngestError::Content`] names the file, and the row or column that cannot be read or that `each` refuses.
pub(super) fn read(
    file: &TableFile,
    wanted: &[(usize, Type)],
    console: Console,
    mut each: impl FnMut(u64, &[Values]) -> Result<(), Defect>,
) -> Result<(), IngestError> {
    let empty = || wanted.iter().map(|&(_, kind)| Values::new(kind)).collect::<Vec<_>>();
    let places: Vec<usize> = wanted.iter().map(|&(place, _)| place).collect();
    let rows = (BATCH_CELLS / wanted.len().max(1)).clamp(1, BATCH_ROWS);
    match file.form {
        Form::Csv { .. } => {
            let progress = console.bytes(file.bytes(), &file.name());
            let (mut columns, mut first, mut pending) = (empty(), 1, 0);
            scan_csv::scan(file, &places, &|bytes| progress.advance(bytes), |cells| {
                for ((cell, values), &place) in cells.iter().zip(&mut columns).zip(&places) {
                    values.push_cell(cell).map_err(|defect| in_column(file, place, &defect))?;
                }
                pending += 1;
                if pending == rows {
                    each(first, &columns)?;
                    columns = empty();
                    first += std::mem::take(&mut pending) as u64;
                }
                Ok(())
            })?;
            progress.finish();
            if pending > 0 {
                each(first, &columns).map_err(Defect::at(&file.path))?;
            }
            Ok(())
        }
        Form::Parquet => records(file, &places, rows, |first, batch| {
            let mut columns = empty();
            for (values, &place) in columns.iter_mut().zip(&places) {
                let array = column(file, batch, place)?;
                values.extend(array).map_err(|defect| in_column(file, place, &defect))?;
            }
            each(first, &columns)
        }),
        Form::Nwb => Ok(()),
    }
}

/// Reads columns of a Parquet table by their place, `rows` at a time; `each` gets the row that a batch begins with,
/// from 1, and the batch.
///
/// # Errors
/// As [`read`].
pub(super) fn records(
    file: &TableFile,
    places: &[usize],
    rows: usize,
    mut each: impl FnMut(u64, &RecordBatch) -> Result<(), Defect>,
) -> Result<(), IngestError> {
    let mut first = 1;
    scan_parquet::scan(file, places, rows, |batch| {
        each(first, batch)?;
        first += batch.num_rows() as u64;
        Ok(())
    })
}

/// The column of a batch that lies at `place` in its table.
pub(super) fn column<'a>(
    file: &TableFile,
    batch: &'a RecordBatch,
    place: usize,
) -> Result<&'a ArrayRef, Defect> {
    let name = file.columns.get(place).map_or("", String::as_str);
    let column = batch.column_by_name(name);
    column.ok_or_else(|| Defect::new(format!("its column {name} is not where its schema says")))
}

pub(super) fn in_column(file: &TableFile, place: usize, defect: &Defect) -> Defect {
    let name = file.columns.get(place).map_or("", String::as_str);
    Defect::new(format!("column {name}: {}", defect.reason()))
}

/// The integers of a column that must have one in every row.
pub(super) fn integers(columns: &[Values], column: usize) -> &[Option<i64>] {
    match columns.get(column) {
        Some(Values::Integer(values)) => values,
        _ => &[],
    }
}

/// The floats of a column.
pub(super) fn floats(columns: &[Values], column: usize) -> &[Option<f64>] {
    match columns.get(column) {
        Some(Values::Float(values)) => values,
        _ => &[],
    }
}
