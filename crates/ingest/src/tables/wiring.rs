//! Connections between chosen neurons, from one pass over a table of synapses or of connections of any size.

mod csv;
mod parquet;
mod sift;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use stage::Console;

use super::{
    file::{Form, TableFile},
    nodes::{Node, Nodes},
    recognise::{Role, names},
};
use crate::{IngestError, error::Defect};
use sift::Part;

/// One row between two nodes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Record {
    pub(super) pre: Node,
    pub(super) post: Node,
    /// Synapses: 1 in a table of synapses.
    pub(super) count: u32,
    /// Their summed size, voxels, where it is known.
    pub(super) size: Option<f64>,
    pub(super) valid: bool,
    /// Whether an earlier row is the same synapse, or joins the same segments.
    pub(super) repeated: bool,
    /// Segments of both sides, 0 where the row names none.
    pub(super) roots: (i64, i64),
    /// The synapse's id, where it is known.
    id: Option<i64>,
    /// Row group and row of it, in Parquet.
    place: Option<(u32, u32)>,
}

impl Record {
    /// Everything that two rows of one synapse agree in, but for the id.
    fn content(&self) -> (Node, Node, Option<u64>, bool) {
        (self.pre, self.post, self.size.map(f64::to_bits), self.valid)
    }
}

/// What one pass found.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// Rows of the table.
    pub(super) rows: u64,
    /// Rows that lack a segment, and a nucleus, on either side.
    pub(super) unresolved: u64,
    /// Rows between two nodes, in the order of the table.
    pub(super) records: Vec<Record>,
    /// Whether its rows name nuclei.
    pub(super) names_nuclei: bool,
    /// For every node, whether any row has it.
    pub(super) seen: Vec<bool>,
}

/// Where the columns lie.
#[derive(Clone, Debug)]
struct Columns {
    pre_root: usize,
    post_root: usize,
    pre_nucleus: Option<usize>,
    post_nucleus: Option<usize>,
    id: Option<usize>,
    /// Synapses of a row, in a table of connections.
    count: Option<usize>,
    size: Option<usize>,
    valid: Option<usize>,
}

impl Columns {
    fn of(file: &TableFile, role: Role) -> Result<Self, IngestError> {
        let missing =
            || Defect::at(&file.path)(Defect::new("it has no columns pre_pt_root_id and post_pt_root_id"));
        let connections = role == Role::Connections;
        Ok(Self {
            pre_root: file.place(names::PRE_ROOT).ok_or_else(missing)?,
            post_root: file.place(names::POST_ROOT).ok_or_else(missing)?,
            pre_nucleus: file.place(names::PRE_NUCLEUS),
            post_nucleus: file.place(names::POST_NUCLEUS),
            id: if connections { None } else { file.place(names::ID) },
            count: if connections { file.place(names::SYNAPSES) } else { None },
            size: file.place(if connections { names::SUMMED_SIZE } else { names::SIZE }),
            valid: file.place(names::VALID),
        })
    }
}

/// Finds every row of a table of synapses or connections whose both sides are among `nodes`.
///
/// The table is streamed: Parquet by row groups on all cores, text through one inflating thread and one that finds cells.
/// The result does not depend on the number of threads.
///
/// # Errors
/// [`IngestError`] names the file, and the row of a text table, that cannot be read.
pub(super) fn find(
    file: &TableFile,
    role: Role,
    nodes: &Arc<Nodes>,
    console: Console,
) -> Result<Found, IngestError> {
    let columns = Columns::of(file, role)?;
    let bar = console.bytes(file.bytes(), &format!("reading {}", file.name()));
    let progress = |bytes| bar.advance(bytes);
    let parts = match file.form {
        Form::Csv { .. } => vec![csv::read(file, &columns, nodes, &progress)?],
        Form::Parquet => parquet::read(file, &columns, nodes, &progress)?,
        Form::Nwb => Vec::new(),
    };
    bar.finish();
    let mut found = merged(parts, nodes.len());
    found.names_nuclei = columns.pre_nucleus.is_some() || columns.post_nucleus.is_some();
    mark_repeated(file, &columns, &mut found.records)?;
    Ok(found)
}

/// Puts parts together in their order.
fn merged(parts: Vec<Part>, nodes: usize) -> Found {
    let mut found = Found { seen: vec![false; nodes], ..Found::default() };
    for part in parts {
        found.rows += part.rows;
        found.unresolved += part.unresolved;
        for (seen, of_part) in found.seen.iter_mut().zip(part.seen) {
            *seen |= of_part;
        }
        found.records.extend(part.records);
    }
    found
}

/// Marks rows that repeat an earlier one: synapses of one id that agree in everything else, connections of the same segments.
fn mark_repeated(file: &TableFile, columns: &Columns, records: &mut [Record]) -> Result<(), IngestError> {
    if columns.count.is_some() {
        let mut known = HashSet::new();
        for record in records {
            record.repeated = !known.insert((record.roots, record.pre, record.post));
        }
        return Ok(());
    }
    let Some(id) = columns.id else { return Ok(()) };
    let mut alike: HashMap<_, u32> = HashMap::new();
    for record in &*records {
        *alike.entry(record.content()).or_default() += 1;
    }
    for record in &mut *records {
        record.repeated = alike[&record.content()] > 1;
    }
    if file.form == Form::Parquet {
        parquet::read_ids(file, id, records)?;
    }
    let mut known = HashSet::new();
    for record in records.iter_mut().filter(|record| record.repeated) {
        record.repeated = record.id.is_some_and(|id| !known.insert((id, record.content())));
    }
    Ok(())
}
