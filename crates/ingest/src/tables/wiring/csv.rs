use std::sync::Arc;

use super::{
    Columns,
    sift::{Part, Rest, Side},
};
use crate::{
    IngestError,
    error::Defect,
    tables::{cell, file::TableFile, nodes::Nodes, scan_csv},
};

/// Finds the rows between nodes in a text table.
pub(super) fn read(
    file: &TableFile,
    columns: &Columns,
    nodes: &Arc<Nodes>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Part, IngestError> {
    let mut wanted = Vec::new();
    let mut place = |column: usize| {
        wanted.push(column);
        wanted.len() - 1
    };
    let (pre, post) = (place(columns.pre_root), place(columns.post_root));
    let pre_nucleus = columns.pre_nucleus.map(&mut place);
    let post_nucleus = columns.post_nucleus.map(&mut place);
    let (id, count) = (columns.id.map(&mut place), columns.count.map(&mut place));
    let (size, valid) = (columns.size.map(&mut place), columns.valid.map(&mut place));
    let mut part = Part::new(nodes);
    let in_column = |column: Option<usize>| {
        move |defect: Defect| {
            let name = column.map_or("", |column| file.columns[column].as_str());
            Defect::new(format!("column {name}: {}", defect.reason()))
        }
    };
    scan_csv::scan(file, &wanted, progress, |cells| {
        let integer = |place: Option<usize>, column: Option<usize>| match place {
            Some(place) => cell::integer(cells[place]).map_err(in_column(column)),
            None => Ok(None),
        };
        let id_of = |place, column| Ok::<_, Defect>(integer(place, column)?.unwrap_or(0));
        let from = Side {
            root: id_of(Some(pre), Some(columns.pre_root))?,
            nucleus: id_of(pre_nucleus, columns.pre_nucleus)?,
        };
        let to = Side {
            root: id_of(Some(post), Some(columns.post_root))?,
            nucleus: id_of(post_nucleus, columns.post_nucleus)?,
        };
        let Some(pair) = part.sift(from, to) else { return Ok(()) };
        let rest = Rest {
            id: integer(id, columns.id)?,
            count: integer(count, columns.count)?,
            size: size
                .map_or(Ok(None), |place| cell::float(cells[place]))
                .map_err(in_column(columns.size))?,
            valid: valid
                .map_or(Ok(None), |place| cell::boolean(cells[place]))
                .map_err(in_column(columns.valid))?,
        };
        part.keep(pair, rest, None, columns)
    })?;
    Ok(part)
}
