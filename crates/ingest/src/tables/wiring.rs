//! Connections between chosen neurons, from one pass over a table of synapses or of connections of any size.

mod csv;
mod parquet;
mod sift;

use std::{collections::HashSet, sync::Arc};

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
    /// Whether an earlier row has the same id, or joins the same segments.
    pub(super) repeated: bool,
    /// Segments of both sides, 0 where the row names none.
    pub(super) roots: (i64, i64),
    /// What tells rows apart: the synapse's id, in a table of connections both sides themselves.
    key: Option<Key>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    Synapse(i64),
    Connection(i64, i64, Node, Node),
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
    };
    bar.finish();
    Ok(merged(parts, nodes.len()))
}

/// Puts parts together in their order, and marks repeated rows.
fn merged(parts: Vec<Part>, nodes: usize) -> Found {
    let mut found = Found { seen: vec![false; nodes], ..Found::default() };
    let mut keys = HashSet::new();
    for part in parts {
        found.rows += part.rows;
        found.unresolved += part.unresolved;
        for (seen, of_part) in found.seen.iter_mut().zip(part.seen) {
            *seen |= of_part;
        }
        found.records.extend(part.records.into_iter().map(|mut record| {
            record.repeated = record.key.is_some_and(|key| !keys.insert(key));
            record
        }));
    }
    found
}
