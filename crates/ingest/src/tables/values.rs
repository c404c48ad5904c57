//! Typed columns, filled from cells of text or from Arrow arrays.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    compute::cast,
    datatypes::{DataType, Float64Type, Int64Type},
};

use super::{cell, position};
use crate::error::Defect;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Integer,
    Float,
    Text,
    Boolean,
    Position,
}

/// A column; `None` where a row has no value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Values {
    Integer(Vec<Option<i64>>),
    Float(Vec<Option<f64>>),
    Text(Vec<Option<String>>),
    Boolean(Vec<Option<bool>>),
    Position(Vec<Option<[f64; 3]>>),
}

impl Values {
    pub(crate) fn new(kind: Type) -> Self {
        match kind {
            Type::Integer => Self::Integer(Vec::new()),
            Type::Float => Self::Float(Vec::new()),
            Type::Text => Self::Text(Vec::new()),
            Type::Boolean => Self::Boolean(Vec::new()),
            Type::Position => Self::Position(Vec::new()),
        }
    }

    /// Appends a cell of a text table.
    pub(crate) fn push_cell(&mut self, text: &[u8]) -> Result<(), Defect> {
        match self {
            Self::Integer(values) => values.push(cell::integer(text)?),
            Self::Float(values) => values.push(cell::float(text)?),
            Self::Text(values) => values.push(cell::text(text)?),
            Self::Boolean(values) => values.push(cell::boolean(text)?),
            Self::Position(values) => values.push(position::parse(text)?),
        }
        Ok(())
    }

    /// Appends an Arrow array of any type that can be taken for this one's.
    pub(crate) fn extend(&mut self, array: &ArrayRef) -> Result<(), Defect> {
        match self {
            Self::Integer(values) => values.extend(integers(array)?),
            Self::Float(values) => values.extend(floats(array)?),
            Self::Text(values) => values.extend(texts(array)?),
            Self::Boolean(values) => values.extend(booleans(array)?),
            Self::Position(values) => values.extend(positions(array)?),
        }
        Ok(())
    }
}

/// Takes an array for integers: of any integer type, floats that are whole, or their text.
pub(super) fn integers(array: &ArrayRef) -> Result<Vec<Option<i64>>, Defect> {
    match array.data_type() {
        DataType::Int64 => Ok(array.as_primitive::<Int64Type>().iter().collect()),
        DataType::UInt64 => {
            let wide = converted(array, &DataType::Int64)?;
            if wide.null_count() > array.null_count() {
                return Err(Defect::new("it holds an integer beyond the range of i64"));
            }
            Ok(wide.as_primitive::<Int64Type>().iter().collect())
        }
        kind if kind.is_integer() => {
            Ok(converted(array, &DataType::Int64)?.as_primitive::<Int64Type>().iter().collect())
        }
        kind if kind.is_floating() => {
            let floats = converted(array, &DataType::Float64)?;
            let whole = |value: Option<f64>| value.map_or(Ok(None), cell::integer_of_float);
            floats.as_primitive::<Float64Type>().iter().map(whole).collect()
        }
        _ => each_text(array, cell::integer),
    }
}

fn floats(array: &ArrayRef) -> Result<Vec<Option<f64>>, Defect> {
    if !array.data_type().is_numeric() {
        return each_text(array, cell::float);
    }
    let floats = converted(array, &DataType::Float64)?;
    let checked = |value: Option<f64>| match value.filter(|value| !value.is_nan()) {
        Some(value) if value.is_infinite() => Err(Defect::new("it holds a number that is not finite")),
        value => Ok(value),
    };
    floats.as_primitive::<Float64Type>().iter().map(checked).collect()
}

fn texts(array: &ArrayRef) -> Result<Vec<Option<String>>, Defect> {
    if array.data_type().is_numeric() || *array.data_type() == DataType::Boolean {
        let texts = converted(array, &DataType::Utf8)?;
        return Ok(texts.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect());
    }
    each_text(array, cell::text)
}

/// Takes an array for booleans.
pub(super) fn booleans(array: &ArrayRef) -> Result<Vec<Option<bool>>, Defect> {
    if *array.data_type() == DataType::Boolean {
        return Ok(array.as_boolean().iter().collect());
    }
    if array.data_type().is_numeric() {
        return Ok(floats(array)?.into_iter().map(|value| value.map(|value| value != 0.0)).collect());
    }
    each_text(array, cell::boolean)
}

/// Takes an array for positions: lists of three numbers, or their text.
fn positions(array: &ArrayRef) -> Result<Vec<Option<[f64; 3]>>, Defect> {
    let rows: Vec<Option<ArrayRef>> = match array.data_type() {
        DataType::List(_) => array.as_list::<i32>().iter().collect(),
        DataType::LargeList(_) => array.as_list::<i64>().iter().collect(),
        DataType::FixedSizeList(_, _) => array.as_fixed_size_list().iter().collect(),
        _ => return each_text(array, position::parse),
    };
    let of_row = |row: Option<ArrayRef>| {
        let Some(row) = row else { return Ok(None) };
        match floats(&row)?[..] {
            [x, y, z] => Ok(x.zip(y).zip(z).map(|((x, y), z)| [x, y, z])),
            [] => Ok(None),
            ref other => Err(Defect::new(format!("it holds a position of {} coordinates", other.len()))),
        }
    };
    rows.into_iter().map(of_row).collect()
}

/// Reads every text of an array, dictionaries included.
fn each_text<T>(
    array: &ArrayRef,
    read: impl Fn(&[u8]) -> Result<Option<T>, Defect>,
) -> Result<Vec<Option<T>>, Defect> {
    let texts = converted(array, &DataType::Utf8)?;
    texts.as_string::<i32>().iter().map(|text| text.map_or(Ok(None), |text| read(text.as_bytes()))).collect()
}

fn converted(array: &ArrayRef, kind: &DataType) -> Result<ArrayRef, Defect> {
    cast(array, kind).map_err(|_| Defect::new(format!("it is of the type {}, not {kind}", array.data_type())))
}
