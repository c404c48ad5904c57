//! Columns of polars data frames as plain vectors, and the one join that is needed.

use polars::prelude::{
    Column, DataFrame, DataFrameJoinOps, DataType, JoinArgs, JoinType, MaintainOrderJoin, NamedFrom,
    PolarsError, PolarsResult, Series,
};

use super::values::Values;

/// An integer column; all null where there is none of that name.
pub(super) fn integers(frame: &DataFrame, name: &str) -> PolarsResult<Vec<Option<i64>>> {
    match frame.column(name) {
        Ok(column) => Ok(column.i64()?.iter().collect()),
        Err(_) => Ok(vec![None; frame.height()]),
    }
}

/// A column of floats; all null where there is none of that name.
pub(super) fn floats(frame: &DataFrame, name: &str) -> PolarsResult<Vec<Option<f64>>> {
    match frame.column(name) {
        Ok(column) => Ok(column.f64()?.iter().collect()),
        Err(_) => Ok(vec![None; frame.height()]),
    }
}

/// A column of booleans; all null where there is none of that name.
pub(super) fn booleans(frame: &DataFrame, name: &str) -> PolarsResult<Vec<Option<bool>>> {
    match frame.column(name) {
        Ok(column) => Ok(column.bool()?.iter().collect()),
        Err(_) => Ok(vec![None; frame.height()]),
    }
}

/// Positions from the columns `NAME_x`, `NAME_y` and `NAME_z`; `None` unless all three are known.
pub(super) fn positions(frame: &DataFrame, name: &str) -> PolarsResult<Vec<Option<[f64; 3]>>> {
    let axis = |axis: &str| floats(frame, &format!("{name}_{axis}"));
    let (x, y, z) = (axis("x")?, axis("y")?, axis("z")?);
    Ok(x.into_iter().zip(y).zip(z).map(|((x, y), z)| x.zip(y).zip(z).map(|((x, y), z)| [x, y, z])).collect())
}

/// A column of floats, integers or text, for rows that may be none.
pub(super) fn gathered(frame: &DataFrame, name: &str, rows: &[Option<usize>]) -> PolarsResult<Values> {
    fn gather<T: Clone>(values: &[Option<T>], rows: &[Option<usize>]) -> Vec<Option<T>> {
        rows.iter().map(|row| row.and_then(|row| values[row].clone())).collect()
    }
    let column = frame.column(name)?;
    match column.dtype() {
        DataType::String => {
            let texts: Vec<Option<String>> =
                column.str()?.iter().map(|text| text.map(str::to_owned)).collect();
            Ok(Values::Text(gather(&texts, rows)))
        }
        DataType::Int64 => Ok(Values::Integer(gather(&integers(frame, name)?, rows))),
        _ => Ok(Values::Float(gather(&floats(frame, name)?, rows))),
    }
}

/// For every key of `left`, the row of `right` that has the same; a key with a null has none.
///
/// Keys are columns of equal length; `right`'s are distinct.
pub(super) fn matches(
    left: &[Vec<Option<i64>>],
    right: &[Vec<Option<i64>>],
) -> PolarsResult<Vec<Option<usize>>> {
    let names: Vec<String> = (0..left.len()).map(|key| format!("key_{key}")).collect();
    let keys = |columns: &[Vec<Option<i64>>]| -> Vec<Column> {
        let series = columns
            .iter()
            .zip(&names)
            .map(|(column, name)| Series::new(name.as_str().into(), column.clone()));
        series.map(Column::from).collect()
    };
    let left = DataFrame::new_infer_height(keys(left))?;
    let rows: Vec<i64> = (0..right.first().map_or(0, Vec::len) as i64).collect();
    let mut right = keys(right);
    right.push(Column::from(Series::new("row".into(), rows)));
    let right = DataFrame::new_infer_height(right)?;
    let arguments = JoinArgs { maintain_order: MaintainOrderJoin::Left, ..JoinArgs::new(JoinType::Left) };
    let joined = left.join(&right, names.iter(), names.iter(), arguments, None)?;
    if joined.height() != left.height() {
        return Err(PolarsError::ComputeError("a key of the joined table is not unique".into()));
    }
    Ok(integers(&joined, "row")?.into_iter().map(|row| row.map(|row| row as usize)).collect())
}

/// Rows of a frame that are alike in every column but `row`.
pub(super) fn alike(frame: &DataFrame, first: usize, second: usize) -> PolarsResult<bool> {
    for column in frame.columns().iter().filter(|column| column.name() != "row") {
        if column.get(first)? != column.get(second)? {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn keys_find_their_row_and_nulls_none() {
        let left =
            [vec![Some(3), None, Some(1), Some(1), Some(9)], vec![Some(0), Some(0), Some(5), None, Some(9)]];
        let right = [vec![Some(1), None, Some(3)], vec![Some(5), Some(0), Some(0)]];
        assert_eq!(matches(&left, &right).unwrap(), [Some(2), None, Some(0), None, None]);
        assert_eq!(matches(&left[..1], &right[..1]).unwrap(), [Some(2), None, Some(0), Some(0), None]);
        assert_eq!(matches(&[vec![]], &[vec![Some(1)]]).unwrap(), []);
        assert_eq!(matches(&[vec![Some(1)]], &[vec![]]).unwrap(), [None]);
    }
}
