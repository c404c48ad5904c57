//! Sheets as Arrow record batches.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, BooleanArray, Float64Array, Int64Array, ListArray, RecordBatch},
    buffer::OffsetBuffer,
    datatypes::{DataType, Field, Schema},
    error::ArrowError,
};

use super::{
    dialect::{Layout, Positions},
    sheet::{Cells, Sheet},
};

/// Converts a sheet.
///
/// # Errors
/// If its columns differ in length.
pub(super) fn batch(sheet: &Sheet, layout: Layout) -> Result<RecordBatch, ArrowError> {
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    let mut add = |name: String, array: ArrayRef| {
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    };
    for (name, cells) in &sheet.columns {
        match cells {
            Cells::Booleans(cells) => add(name.clone(), Arc::new(BooleanArray::from(cells.clone()))),
            Cells::Integers(cells) => add(name.clone(), Arc::new(Int64Array::from(cells.clone()))),
            Cells::Floats(cells) => add(name.clone(), Arc::new(Float64Array::from(cells.clone()))),
            Cells::Positions(cells) if layout.positions == Positions::List => {
                add(name.clone(), Arc::new(lists(cells)?));
            }
            Cells::Positions(cells) => {
                for (axis, letter) in ["x", "y", "z"].into_iter().enumerate() {
                    let coordinates =
                        Int64Array::from_iter_values(cells.iter().map(|position| position[axis]));
                    add(format!("{name}_{letter}"), Arc::new(coordinates));
                }
            }
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
}

fn lists(positions: &[[i64; 3]]) -> Result<ListArray, ArrowError> {
    let item = Arc::new(Field::new("item", DataType::Int64, true));
    let offsets = OffsetBuffer::from_repeated_length(3, positions.len());
    let coordinates = Int64Array::from(positions.as_flattened().to_vec());
    ListArray::try_new(item, offsets, Arc::new(coordinates), None)
}
