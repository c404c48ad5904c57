use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch},
    datatypes::{DataType, Int64Type},
};

use super::{
    Columns, Record,
    sift::{Pair, Part, Rest, Side},
};
use crate::{
    IngestError,
    error::Defect,
    tables::{
        file::TableFile,
        nodes::Nodes,
        scan_parquet::{Group, Groups},
        values::{self, Type, Values},
    },
};

/// Finds the rows between nodes in a Parquet table, a part a row group.
///
/// Segments and nuclei are read of every row, the other columns of the rows that are kept. Ids are left out: see
/// [`read_ids`].
pub(super) fn read(
    file: &TableFile,
    columns: &Columns,
    nodes: &Arc<Nodes>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Vec<Part>, IngestError> {
    Groups::open(file)?.each(|group| {
        let mut part = Part::new(nodes);
        let (mut rows, mut pairs) = (Vec::new(), Vec::new());
        let keys = Keys::of(file, columns);
        group.read(&keys.places, None, |batch| keys.sift(batch, &mut part, &mut rows, &mut pairs))?;
        let rest = KeptRows::read(file, columns, group, &rows)?;
        for (row, pair) in pairs.into_iter().enumerate() {
            let place = (group.number() as u32, rows[row]);
            part.keep(pair, rest.row(row), Some(place), columns).map_err(|defect| group.refused(defect))?;
        }
        progress(group.bytes());
        Ok(part)
    })
}

/// Reads the ids of records that agree with another in everything else: only they could be the same row twice.
pub(super) fn read_ids(file: &TableFile, id: usize, records: &mut [Record]) -> Result<(), IngestError> {
    let mut suspects: BTreeMap<u32, Vec<(u32, usize)>> = BTreeMap::new();
    for (place, record) in records.iter().enumerate() {
        if let (true, Some((group, row))) = (record.repeated, record.place) {
            suspects.entry(group).or_default().push((row, place));
        }
    }
    if suspects.is_empty() {
        return Ok(());
    }
    let found = Groups::open(file)?.each(|group| {
        let Some(suspects) = suspects.get(&(group.number() as u32)) else { return Ok(Vec::new()) };
        let rows: Vec<u32> = suspects.iter().map(|&(row, _)| row).collect();
        let Values::Integer(ids) = column_of(file, id, Type::Integer, group, &rows)? else {
            return Ok(Vec::new());
        };
        Ok(suspects.iter().map(|&(_, place)| place).zip(ids).collect::<Vec<_>>())
    })?;
    for (place, id) in found.into_iter().flatten() {
        records[place].id = id;
    }
    Ok(())
}

/// The columns of segments and nuclei.
struct Keys {
    places: Vec<usize>,
    names: [Option<String>; 4],
}

impl Keys {
    fn of(file: &TableFile, columns: &Columns) -> Self {
        let keys =
            [Some(columns.pre_root), Some(columns.post_root), columns.pre_nucleus, columns.post_nucleus];
        Self {
            places: keys.into_iter().flatten().collect(),
            names: keys.map(|key| key.map(|place| file.columns[place].clone())),
        }
    }

    /// Counts the rows of a batch, and remembers those that are kept.
    fn sift(
        &self,
        batch: &RecordBatch,
        part: &mut Part,
        rows: &mut Vec<u32>,
        pairs: &mut Vec<Pair>,
    ) -> Result<(), Defect> {
        let ids = |name: &Option<String>| match name {
            Some(name) => ids(column(batch, name)?).map_err(|defect| in_column(name, &defect)).map(Some),
            None => Ok(None),
        };
        let [pre, post, pre_nucleus, post_nucleus] = &self.names;
        let (pre, post) = (ids(pre)?.unwrap_or_default(), ids(post)?.unwrap_or_default());
        let first = part.rows as u32;
        let mut keep = |row: usize, pair: Pair| {
            rows.push(first + row as u32);
            pairs.push(pair);
        };
        if let (None, None) = (pre_nucleus, post_nucleus) {
            part.sift_roots(&pre, &post, keep);
            return Ok(());
        }
        let (pre_nucleus, post_nucleus) = (ids(pre_nucleus)?, ids(post_nucleus)?);
        for row in 0..batch.num_rows() {
            let nucleus = |ids: &Option<Cow<[i64]>>| ids.as_ref().map_or(0, |ids| ids[row]);
            let from = Side { root: pre[row], nucleus: nucleus(&pre_nucleus) };
            let to = Side { root: post[row], nucleus: nucleus(&post_nucleus) };
            if let Some(pair) = part.sift(from, to) {
                keep(row, pair);
            }
        }
        Ok(())
    }
}

/// What is known of the rows that are kept of one row group.
struct KeptRows {
    count: Option<Values>,
    size: Option<Values>,
    valid: Option<Values>,
}

impl KeptRows {
    fn read(file: &TableFile, columns: &Columns, group: Group, rows: &[u32]) -> Result<Self, IngestError> {
        let column = |place: Option<usize>, kind: Type| match place {
            Some(place) if !rows.is_empty() => column_of(file, place, kind, group, rows).map(Some),
            _ => Ok(None),
        };
        Ok(Self {
            count: column(columns.count, Type::Integer)?,
            size: column(columns.size, Type::Float)?,
            valid: column(columns.valid, Type::Boolean)?,
        })
    }

    fn row(&self, row: usize) -> Rest {
        Rest {
            id: None,
            count: if let Some(Values::Integer(values)) = &self.count { values[row] } else { None },
            size: if let Some(Values::Float(values)) = &self.size { values[row] } else { None },
            valid: if let Some(Values::Boolean(values)) = &self.valid { values[row] } else { None },
        }
    }
}

/// One column of some rows of a row group: a value a row.
fn column_of(
    file: &TableFile,
    place: usize,
    kind: Type,
    group: Group,
    rows: &[u32],
) -> Result<Values, IngestError> {
    let name = &file.columns[place];
    let mut values = Values::new(kind);
    let mut read = 0;
    group.read(&[place], Some(rows), |batch| {
        read += batch.num_rows();
        values.extend(column(batch, name)?).map_err(|defect| in_column(name, &defect))
    })?;
    if read == rows.len() {
        return Ok(values);
    }
    Err(group
        .refused(Defect::new(format!("its column {name} has {read} rows where {} were chosen", rows.len()))))
}

/// Ids of a column, 0 for null; borrowed where they are plain.
fn ids(array: &ArrayRef) -> Result<Cow<'_, [i64]>, Defect> {
    if *array.data_type() == DataType::Int64 && array.null_count() == 0 {
        return Ok(Cow::Borrowed(array.as_primitive::<Int64Type>().values()));
    }
    Ok(values::integers(array)?.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().into())
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, Defect> {
    batch
        .column_by_name(name)
        .ok_or_else(|| Defect::new(format!("its column {name} is not where its schema says")))
}

fn in_column(name: &str, defect: &Defect) -> Defect {
    Defect::new(format!("column {name}: {}", defect.reason()))
}
