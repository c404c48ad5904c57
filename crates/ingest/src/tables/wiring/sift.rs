use std::sync::Arc;

use super::{Columns, Record};
use crate::{
    error::Defect,
    tables::nodes::{Node, Nodes},
};

/// What was found in one part of a table.
#[derive(Debug)]
pub(in crate::tables) struct Part {
    pub(super) rows: u64,
    pub(super) unresolved: u64,
    pub(super) records: Vec<Record>,
    pub(super) seen: Vec<bool>,
    nodes: Arc<Nodes>,
}

/// The ids of one side of a row; 0 for none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    pub(super) root: i64,
    pub(super) nucleus: i64,
}

/// A row that is kept, before its other columns are known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pre: Node,
    post: Node,
    roots: (i64, i64),
}

/// The other columns of a kept row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rest {
    pub(super) id: Option<i64>,
    pub(super) count: Option<i64>,
    pub(super) size: Option<f64>,
    pub(super) valid: Option<bool>,
}

impl Part {
    pub(super) fn new(nodes: &Arc<Nodes>) -> Self {
        Self {
            rows: 0,
            unresolved: 0,
            records: Vec::new(),
            seen: vec![false; nodes.len()],
            nodes: nodes.clone(),
        }
    }

    /// Counts a row, and tells whether both its sides are among the nodes.
    #[inline]
    pub(super) fn sift(&mut self, pre: Side, post: Side) -> Option<Pair> {
        self.rows += 1;
        self.unresolved += u64::from((pre.root | pre.nucleus) == 0 || (post.root | post.nucleus) == 0);
        let (from, to) = (self.node(pre), self.node(post));
        if from.is_none() && to.is_none() {
            return None;
        }
        for node in [from, to].into_iter().flatten() {
            self.seen[node as usize] = true;
        }
        Some(Pair { pre: from?, post: to?, roots: (pre.root, post.root) })
    }

    /// Counts rows that name no nuclei, and hands on those whose both sides are among the nodes, by their place.
    pub(super) fn sift_roots(&mut self, pre: &[i64], post: &[i64], mut keep: impl FnMut(usize, Pair)) {
        let nodes = self.nodes.clone();
        let (before, mut unresolved) = (self.rows, self.unresolved);
        for (row, (&pre, &post)) in pre.iter().zip(post).enumerate() {
            unresolved += u64::from(pre == 0 || post == 0);
            // Both are asked for, as a branch less is worth more than a look less.
            if nodes.may_hold_root(pre) | nodes.may_hold_root(post) {
                let pair = self.sift(Side { root: pre, nucleus: 0 }, Side { root: post, nucleus: 0 });
                if let Some(pair) = pair {
                    keep(row, pair);
                }
            }
        }
        self.rows = before + pre.len() as u64;
        self.unresolved = unresolved;
    }

    /// By nucleus first, by segment where the row names no nucleus.
    #[inline]
    fn node(&self, side: Side) -> Option<Node> {
        if side.nucleus == 0 { self.nodes.root(side.root) } else { self.nodes.nucleus(side.nucleus) }
    }

    /// Adds a row that is kept; `place` is its row group and row in it, in Parquet.
    pub(super) fn keep(
        &mut self,
        pair: Pair,
        rest: Rest,
        place: Option<(u32, u32)>,
        columns: &Columns,
    ) -> Result<(), Defect> {
        let count = match columns.count {
            None => 1,
            Some(_) => count_of(rest.count)?,
        };
        if rest.size.is_some_and(|size| size < 0.0) {
            return Err(Defect::new("the size of a synapse is negative"));
        }
        let Pair { pre, post, roots } = pair;
        self.records.push(Record {
            pre,
            post,
            count,
            size: rest.size,
            valid: rest.valid != Some(false),
            repeated: false,
            roots,
            id: rest.id,
            place,
        });
        Ok(())
    }
}

fn count_of(count: Option<i64>) -> Result<u32, Defect> {
    match count {
        Some(count) if count > 0 => {
            u32::try_from(count).map_err(|_| Defect::new(format!("a connection has {count} synapses")))
        }
        Some(count) => Err(Defect::new(format!("a connection has {count} synapses; at least 1 is expected"))),
        None => Err(Defect::new("a connection has no number of synapses")),
    }
}
