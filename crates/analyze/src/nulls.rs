//! Null graphs that small-worldness is relative to. They depend on the number of nodes, their count and a
//! seed alone, so all studies share them.

use std::collections::{BTreeMap, BTreeSet};

use artifact::{Artifact, Column, Kind, Recipe, Table};
use graph::{NullSummary, PublishedNulls};
use serde_json::json;
use stage::{Made, Session};

/// Null graphs of the study.
pub const COUNT: usize = 1000;

/// Seed of the null graphs, whatever the study's.
pub const SEED: u64 = 1;

/// Rises when equal nodes, count and seed give other nulls.
const VERSION: u32 = 1;

const FILE: &str = "nulls.parquet";

/// Null graphs by number of nodes.
pub type NullsByNodes = BTreeMap<usize, NullSummary>;

/// Makes or opens the published nulls of each number of nodes: `nulls/published-N{nodes}-1000-seed1`.
///
/// Graphs of fewer than two nodes have none and are left out, and so are nulls that a dry run would make.
///
/// # Errors
/// What the disk refuses, or [`graph::GraphError::TooManyNodes`].
pub fn published(
    session: &mut Session,
    nodes: impl IntoIterator<Item = usize>,
) -> anyhow::Result<NullsByNodes> {
    let nodes: BTreeSet<usize> = nodes.into_iter().filter(|&nodes| nodes > 1).collect();
    let mut nulls = NullsByNodes::new();
    for nodes in nodes {
        let place = session.place(["nulls", &format!("published-N{nodes}-{COUNT}-seed{SEED}")]);
        let recipe = Recipe {
            kind: Kind::Nulls,
            stage_version: VERSION,
            seed: SEED,
            settings: json!({ "model": "published", "nodes": nodes, "count": COUNT }),
            inputs: BTreeMap::new(),
        };
        let made = session.produce(&place, &recipe, |draft| {
            draft.table(FILE, &table(nodes, &PublishedNulls { nodes }.summary(COUNT, SEED)?))?;
            Ok(())
        })?;
        if made != Made::WouldMake {
            nulls.insert(nodes, read(&Artifact::open(&place, Kind::Nulls)?)?);
        }
    }
    Ok(nulls)
}

fn table(nodes: usize, summary: &NullSummary) -> Table {
    Table::new()
        .with("nodes", Column::U32(vec![nodes as u32]))
        .with("count", Column::U32(vec![summary.count as u32]))
        .with("clustering_mean", Column::F64(vec![summary.clustering_mean]))
        .with("clustering_sd", Column::F64(vec![summary.clustering_sd]))
        .with("efficiency_mean", Column::F64(vec![summary.efficiency_mean]))
        .with("efficiency_sd", Column::F64(vec![summary.efficiency_sd]))
}

fn read(artifact: &Artifact) -> anyhow::Result<NullSummary> {
    let table = artifact.table(FILE)?;
    anyhow::ensure!(
        table.rows() == 1,
        "{}/{FILE} has {} rows, expected 1; remove it and run `analyze run`",
        artifact.folder().display(),
        table.rows()
    );
    Ok(NullSummary {
        count: table.u32("count")?[0] as usize,
        clustering_mean: table.f64("clustering_mean")?[0],
        clustering_sd: table.f64("clustering_sd")?[0],
        efficiency_mean: table.f64("efficiency_mean")?[0],
        efficiency_sd: table.f64("efficiency_sd")?[0],
    })
}
