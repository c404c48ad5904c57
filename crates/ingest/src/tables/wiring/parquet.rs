use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
};

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, BooleanBufferBuilder, RecordBatch},
    datatypes::{DataType, Int64Type},
};

use super::{
    Columns,
    sift::{Pair, Part, Rest, Side},
};
use crate::{
    IngestError,
    error::Defect,
    tables::{
        file::TableFile,
        nodes::Nodes,
        scan_parquet::{self, Sieve},
        values::{self, Type, Values},
    },
};

/// Finds the rows between nodes in a Parquet table, a part a row group.
pub(super) fn read(
    file: &TableFile,
    columns: &Columns,
    nodes: &Arc<Nodes>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Vec<Part>, IngestError> {
    let name = |column: usize| file.columns[column].clone();
    let keys = [Some(columns.pre_root), Some(columns.post_root), columns.pre_nucleus, columns.post_nucleus];
    let rest = [columns.id, columns.count, columns.size, columns.valid];
    // A table may have nothing but its keys; some column has to be read for its rows to be there.
    let wanted: Vec<usize> = rest.into_iter().flatten().chain([columns.pre_root]).collect();
    let key_places: Vec<usize> = keys.into_iter().flatten().collect();
    scan_parquet::sift(file, &key_places, &wanted, progress, || {
        let shared = Arc::new(Mutex::new((Part::new(nodes), Vec::new())));
        let sieve = KeySieve { names: keys.map(|key| key.map(name)), shared: shared.clone() };
        let columns = columns.clone();
        let names = rest.map(|column| column.map(name));
        let finish = move |batches: &[RecordBatch]| {
            let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
            let pairs = std::mem::take(&mut shared.1);
            let mut part = std::mem::replace(&mut shared.0, Part::empty());
            add_rest(&mut part, pairs, batches, &names, &columns)?;
            Ok(part)
        };
        (sieve, Box::new(finish) as Box<_>)
    })
}

/// Sifts rows by their segments and nuclei, and remembers the pairs that pass.
struct KeySieve {
    names: [Option<String>; 4],
    shared: Arc<Mutex<(Part, Vec<Pair>)>>,
}

impl Sieve for KeySieve {
    fn sift(&mut self, batch: &RecordBatch) -> Result<BooleanArray, Defect> {
        let ids = |name: &Option<String>| match name {
            Some(name) => ids(column(batch, name)?).map_err(|defect| in_column(name, &defect)).map(Some),
            None => Ok(None),
        };
        let [pre, post, pre_nucleus, post_nucleus] = &self.names;
        let (pre, post) = (ids(pre)?.unwrap_or_default(), ids(post)?.unwrap_or_default());
        let (pre_nucleus, post_nucleus) = (ids(pre_nucleus)?, ids(post_nucleus)?);
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let (part, pairs) = &mut *shared;
        let mut kept = BooleanBufferBuilder::new(batch.num_rows());
        for row in 0..batch.num_rows() {
            let nucleus = |ids: &Option<Cow<[i64]>>| ids.as_ref().map_or(0, |ids| ids[row]);
            let from = Side { root: pre[row], nucleus: nucleus(&pre_nucleus) };
            let to = Side { root: post[row], nucleus: nucleus(&post_nucleus) };
            let pair = part.sift(from, to);
            kept.append(pair.is_some());
            pairs.extend(pair);
        }
        Ok(BooleanArray::new(kept.finish(), None))
    }
}

fn add_rest(
    part: &mut Part,
    pairs: Vec<Pair>,
    batches: &[RecordBatch],
    names: &[Option<String>; 4],
    columns: &Columns,
) -> Result<(), Defect> {
    let all = |name: &Option<String>, kind: Type| -> Result<Option<Values>, Defect> {
        let Some(name) = name else { return Ok(None) };
        let mut values = Values::new(kind);
        for batch in batches {
            values.extend(column(batch, name)?).map_err(|defect| in_column(name, &defect))?;
        }
        Ok(Some(values))
    };
    let [id, count, size, valid] = names;
    let (id, count) = (all(id, Type::Integer)?, all(count, Type::Integer)?);
    let (size, valid) = (all(size, Type::Float)?, all(valid, Type::Boolean)?);
    let kept: usize = batches.iter().map(RecordBatch::num_rows).sum();
    if kept != pairs.len() {
        return Err(Defect::new(format!("{kept} rows were read where {} were chosen", pairs.len())));
    }
    for (row, pair) in pairs.into_iter().enumerate() {
        let integer = |values: &Option<Values>| match values {
            Some(Values::Integer(values)) => values[row],
            _ => None,
        };
        let rest = Rest {
            id: integer(&id),
            count: integer(&count),
            size: if let Some(Values::Float(values)) = &size { values[row] } else { None },
            valid: if let Some(Values::Boolean(values)) = &valid { values[row] } else { None },
        };
        part.keep(pair, rest, columns)?;
    }
    Ok(())
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
