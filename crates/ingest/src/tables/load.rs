//! Tables that fit in memory, whatever their dialect, as polars data frames.

use polars::prelude::{Column, DataFrame, NamedFrom, PolarsError, Series};

use super::{
    file::{Form, TableFile},
    scan_csv, scan_parquet,
    values::{Type, Values},
};
use crate::{IngestError, error::Defect};

/// A column to read: what to call it, what the sources call it, and what it holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) name: &'static str,
    pub(super) sources: &'static [&'static str],
    pub(super) kind: Type,
}

/// Where a wanted column lies in a table.
enum Place {
    One(usize),
    /// A position in three columns.
    Three([usize; 3]),
}

/// Reads the columns of `wanted` that the table has.
///
/// A position becomes the three columns `NAME_x`, `NAME_y` and `NAME_z`, floats. Column `row` counts the rows from 1.
///
/// # Errors
/// [`IngestError::Content`] names the file, the row or column, and what is wrong with it.
pub(super) fn load(file: &TableFile, wanted: &[Wanted]) -> Result<DataFrame, IngestError> {
    let found: Vec<(&Wanted, Place)> =
        wanted.iter().filter_map(|wanted| Some((wanted, place(file, wanted)?))).collect();
    let parts: Vec<(usize, Type)> = found.iter().flat_map(|(wanted, place)| parts(wanted, place)).collect();
    let mut values: Vec<Values> = parts.iter().map(|&(_, kind)| Values::new(kind)).collect();
    let places: Vec<usize> = parts.iter().map(|&(place, _)| place).collect();
    read(file, &places, &mut values)?;
    let mut values = values.into_iter();
    let mut columns = Vec::new();
    for (wanted, place) in &found {
        match place {
            Place::One(_) => columns.extend(values.next().map(|values| (wanted.name, values))),
            Place::Three(_) => {
                let axes = [values.next(), values.next(), values.next()];
                columns.push((wanted.name, Values::Position(zipped(axes))));
            }
        }
    }
    frame(columns).map_err(|error| unusable(file, &error))
}

/// What polars could not do with a table.
pub(super) fn unusable(file: &TableFile, error: &PolarsError) -> IngestError {
    let message = error.to_string();
    Defect::at(&file.path)(Defect::new(message.lines().next().unwrap_or_default().to_owned()))
}

fn place(file: &TableFile, wanted: &Wanted) -> Option<Place> {
    if let Some(place) = file.place(wanted.sources) {
        return Some(Place::One(place));
    }
    if wanted.kind != Type::Position {
        return None;
    }
    wanted.sources.iter().find_map(|source| {
        let axis = |axis: &str| file.place(&[&format!("{source}_{axis}")]);
        Some(Place::Three([axis("x")?, axis("y")?, axis("z")?]))
    })
}

fn parts(wanted: &Wanted, place: &Place) -> Vec<(usize, Type)> {
    match place {
        Place::One(place) => vec![(*place, wanted.kind)],
        Place::Three(places) => places.iter().map(|&place| (place, Type::Float)).collect(),
    }
}

fn read(file: &TableFile, places: &[usize], values: &mut [Values]) -> Result<(), IngestError> {
    match file.form {
        Form::Csv { .. } => {
            scan_csv::scan(file, places, &|_| (), |cells| {
                for ((cell, values), &place) in cells.iter().zip(values.iter_mut()).zip(places) {
                    values.push_cell(cell).map_err(|defect| in_column(file, place, &defect))?;
                }
                Ok(())
            })?;
        }
        Form::Parquet => scan_parquet::scan(file, places, scan_parquet::BATCH, |batch| {
            for (values, &place) in values.iter_mut().zip(places) {
                let name = &file.columns[place];
                let array = batch
                    .column_by_name(name)
                    .ok_or_else(|| Defect::new(format!("its column {name} is not where its schema says")))?;
                values.extend(array).map_err(|defect| in_column(file, place, &defect))?;
            }
            Ok(())
        })?,
        Form::Nwb => {}
    }
    Ok(())
}

fn in_column(file: &TableFile, place: usize, defect: &Defect) -> Defect {
    Defect::new(format!("column {}: {}", file.columns[place], defect.reason()))
}

fn zipped(axes: [Option<Values>; 3]) -> Vec<Option<[f64; 3]>> {
    let [Some(Values::Float(x)), Some(Values::Float(y)), Some(Values::Float(z))] = axes else {
        return Vec::new();
    };
    x.into_iter().zip(y).zip(z).map(|((x, y), z)| x.zip(y).zip(z).map(|((x, y), z)| [x, y, z])).collect()
}

fn frame(columns: Vec<(&'static str, Values)>) -> Result<DataFrame, PolarsError> {
    let mut series = Vec::new();
    for (name, values) in columns {
        match values {
            Values::Integer(values) => series.push(Series::new(name.into(), values)),
            Values::Float(values) => series.push(Series::new(name.into(), values)),
            Values::Text(values) => series.push(Series::new(name.into(), values)),
            Values::Boolean(values) => series.push(Series::new(name.into(), values)),
            Values::Position(values) => {
                for (axis, letter) in ["x", "y", "z"].into_iter().enumerate() {
                    let coordinates: Vec<Option<f64>> =
                        values.iter().map(|position| position.map(|position| position[axis])).collect();
                    series.push(Series::new(format!("{name}_{letter}").into(), coordinates));
                }
            }
        }
    }
    let rows = series.first().map_or(0, |column| column.len()) as i64;
    series.push(Series::new("row".into(), (1..=rows).collect::<Vec<i64>>()));
    DataFrame::new_infer_height(series.into_iter().map(Column::from).collect())
}
