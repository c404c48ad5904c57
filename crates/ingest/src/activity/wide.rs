//! Tables with whole traces: a row a unit.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    compute::cast,
    datatypes::{DataType, Float64Type},
};

use super::{
    batches, binarise,
    request::{FrameTimes, Request, keys},
    shape::{Clock, Key},
};
use crate::{
    IngestError,
    error::Defect,
    tables::{
        activity::UnitKey,
        file::{Form, TableFile},
        values::{Type, Values},
    },
};

/// Rows of Parquet that are read at a time: a trace of an hour and three quarters has 40,000 frames.
const ROWS: usize = 64;

/// A trace frame by frame; `None` where there is no amplitude.
type Trace = Vec<Option<f64>>;

/// What the rows of a table of traces become.
struct Traces<'a> {
    request: &'a Request<'a>,
    trains: Vec<Option<Vec<f64>>>,
}

/// What a row tells besides its trace.
#[derive(Clone, Copy)]
struct Told {
    key: UnitKey,
    rate: Option<f64>,
    delay_ms: Option<f64>,
}

impl Traces<'_> {
    /// Finds the events of a row's trace.
    fn add(&mut self, row: u64, told: Told, trace: &[Option<f64>]) -> Result<(), Defect> {
        let Some(place) = self.request.place(told.key) else { return Ok(()) };
        if self.trains[place].is_some() {
            let UnitKey { session, scan, unit } = told.key;
            return Err(Defect::new(format!(
                "row {row}: it has another trace of unit {unit} of scan {session}_{scan}"
            )));
        }
        let rate = told.rate.or(self.request.settings.frame_rate);
        let times = FrameTimes::new(Clock::Frame(0), rate)?;
        let delay_s = self.request.delay_s(place, told.delay_ms).unwrap_or_default();
        let frame = |(frame, &amplitude): (usize, &Option<f64>)| (times.of_frame(frame), amplitude);
        let events = binarise::events(self.request.settings, trace.iter().enumerate().map(frame));
        self.trains[place] = Some(events.into_iter().map(|time_s| time_s + delay_s).collect());
        Ok(())
    }

    fn finish(self) -> Vec<Option<Vec<f64>>> {
        self.trains
    }
}

/// Reads a table with a row a unit and its trace in one column: a list, or an array as text.
///
/// # Errors
/// [`IngestError::Content`] names the row that cannot be used, or the setting that is missing.
pub(super) fn lists(
    file: &TableFile,
    key: Key,
    trace: usize,
    rate: Option<usize>,
    delay: Option<usize>,
    request: &Request<'_>,
) -> Result<Vec<Option<Vec<f64>>>, IngestError> {
    let mut traces = Traces { request, trains: vec![None; request.keys.len()] };
    let wanted = told_columns(key, rate, delay);
    if let Form::Csv { .. } = file.form {
        let wanted = [wanted.as_slice(), &[(trace, Type::Text)]].concat();
        batches::read(file, &wanted, request.console, |first, columns| {
            let Some(Values::Text(texts)) = columns.last() else { return Ok(()) };
            for (row, text) in texts.iter().enumerate() {
                let number = first + row as u64;
                let told = told(number, columns, row, rate, delay)?;
                if request.place(told.key).is_some() {
                    let trace = array(text.as_deref().unwrap_or_default())
                        .map_err(|defect| at_row(number, &defect))?;
                    traces.add(number, told, &trace)?;
                }
            }
            Ok(())
        })?;
        return Ok(traces.finish());
    }
    let places: Vec<usize> = wanted.iter().map(|&(place, _)| place).chain([trace]).collect();
    batches::records(file, &places, ROWS, |first, batch| {
        let mut columns: Vec<Values> = wanted.iter().map(|&(_, kind)| Values::new(kind)).collect();
        for (values, &(place, _)) in columns.iter_mut().zip(&wanted) {
            values.extend(batches::column(file, batch, place)?)?;
        }
        let lists = elements(batches::column(file, batch, trace)?)?;
        for (row, list) in lists.iter().enumerate() {
            let number = first + row as u64;
            let told = told(number, &columns, row, rate, delay)?;
            if request.place(told.key).is_some() {
                let trace = floats(list.as_ref()).map_err(|defect| at_row(number, &defect))?;
                traces.add(number, told, &trace)?;
            }
        }
        Ok(())
    })?;
    Ok(traces.finish())
}

/// Reads a table with a row a unit and a column a frame.
///
/// # Errors
/// As [`lists`].
pub(super) fn units(
    file: &TableFile,
    key: Key,
    frames: &[usize],
    rate: Option<usize>,
    delay: Option<usize>,
    request: &Request<'_>,
) -> Result<Vec<Option<Vec<f64>>>, IngestError> {
    let mut traces = Traces { request, trains: vec![None; request.keys.len()] };
    let mut wanted = told_columns(key, rate, delay);
    let before = wanted.len();
    wanted.extend(frames.iter().map(|&place| (place, Type::Float)));
    batches::read(file, &wanted, request.console, |first, columns| {
        for row in 0..batches::integers(columns, 0).len() {
            let told = told(first + row as u64, columns, row, rate, delay)?;
            if request.place(told.key).is_some() {
                let trace: Trace =
                    (before..columns.len()).map(|frame| batches::floats(columns, frame)[row]).collect();
                traces.add(first + row as u64, told, &trace)?;
            }
        }
        Ok(())
    })?;
    Ok(traces.finish())
}

fn told_columns(key: Key, rate: Option<usize>, delay: Option<usize>) -> Vec<(usize, Type)> {
    let floats = [rate, delay].into_iter().flatten().map(|place| (place, Type::Float));
    key.columns().into_iter().chain(floats).collect()
}

fn told(
    number: u64,
    columns: &[Values],
    row: usize,
    rate: Option<usize>,
    delay: Option<usize>,
) -> Result<Told, Defect> {
    let key = keys(number - row as u64, columns)
        .nth(row)
        .unwrap_or_else(|| Err(Defect::new("it has no such row")))?;
    let float = |column: usize| batches::floats(columns, column).get(row).copied().flatten();
    let rate_value = rate.and_then(|_| float(3));
    let delay_ms = delay.and_then(|_| float(3 + usize::from(rate.is_some())));
    Ok(Told { key, rate: rate_value, delay_ms })
}

/// The lists of a column, one a row.
fn elements(array: &ArrayRef) -> Result<Vec<Option<ArrayRef>>, Defect> {
    match array.data_type() {
        DataType::List(_) => Ok(array.as_list::<i32>().iter().collect()),
        DataType::LargeList(_) => Ok(array.as_list::<i64>().iter().collect()),
        DataType::FixedSizeList(_, _) => Ok(array.as_fixed_size_list().iter().collect()),
        other => {
            Err(Defect::new(format!("its traces are of the type {other}; lists of numbers are expected")))
        }
    }
}

fn floats(list: Option<&ArrayRef>) -> Result<Trace, Defect> {
    let Some(list) = list else { return Ok(Trace::new()) };
    let floats = cast(list, &DataType::Float64).map_err(|_| Defect::new("its trace holds no numbers"))?;
    let floats = floats.as_primitive::<Float64Type>();
    floats.iter().map(|value| finite(value.filter(|value| !value.is_nan()))).collect()
}

/// Reads a trace as NumPy or Python print an array: numbers in brackets, between blanks or commas.
fn array(text: &str) -> Result<Trace, Defect> {
    let inner = text.trim().trim_start_matches(['[', '(']).trim_end_matches([']', ')']);
    if inner.contains("...") {
        return Err(Defect::new(
            "its trace was shortened to `...` when it was printed; export it as Parquet, or with numpy.printoptions(threshold=sys.maxsize)",
        ));
    }
    let number = |word: &str| match word.parse::<f64>() {
        Ok(value) => finite(Some(value).filter(|value| !value.is_nan())),
        Err(_) => Err(Defect::new(format!("`{:.40}` of its trace is no number", word.escape_debug()))),
    };
    inner
        .split(|letter: char| letter.is_whitespace() || letter == ',')
        .filter(|word| !word.is_empty())
        .map(number)
        .collect()
}

fn finite(value: Option<f64>) -> Result<Option<f64>, Defect> {
    match value {
        Some(value) if value.is_infinite() => Err(Defect::new("its trace holds a number that is not finite")),
        value => Ok(value),
    }
}

fn at_row(number: u64, defect: &Defect) -> Defect {
    Defect::new(format!("row {number}: {}", defect.reason()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_as_text_are_read_and_shortened_ones_refused() {
        assert_eq!(array("[0.   1.5\n nan 2e-3]"), Ok(vec![Some(0.0), Some(1.5), None, Some(0.002)]));
        assert_eq!(array("(0, 1)"), Ok(vec![Some(0.0), Some(1.0)]));
        assert_eq!(array("[]"), Ok(vec![]));
        for bad in ["[0. 0. ... 0. 0.]", "[a]", "[inf]"] {
            assert!(array(bad).is_err(), "{bad}");
        }
    }
}
