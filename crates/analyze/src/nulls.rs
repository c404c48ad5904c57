//! Null graphs that small-worldness and rich clubs are relative to. They depend on the number of nodes, on edges, their
//! count and a seed alone, so all studies share them: an artifact for every model, number of nodes, count and seed, that
//! gains a row whenever a graph is met for the first time.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use artifact::{Artifact, Column, Decision, Draft, Fingerprint, Kind, Lock, Recipe, Table};
use graph::{EdgeCountNulls, Graph, GraphError, NullSummaries, NullSummary, PublishedNulls, RewiredNulls};
use serde_json::json;
use stage::{Console, Session};

/// Published null graphs, as many as the study draws.
pub const COUNT: usize = 1000;

/// Null graphs of each sound model: clustering and efficiency of random graphs vary so little that the mean of fifty is
/// right to a part in a thousand.
pub const SOUND_COUNT: usize = 50;

/// Seed of the null graphs, whatever the study's.
pub const SEED: u64 = 1;

/// Rises when equal nodes, edges, count and seed give other nulls.
const VERSION: u32 = 2;

const FILE: &str = "nulls.parquet";

/// A way to draw null graphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Model {
    Published,
    EdgeCount,
    Rewired,
}

/// What a model keeps of a graph: nothing, its edge count, or (by their fingerprint) its edges, that it rewires.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Kept {
    edges: Option<usize>,
    graph: Option<String>,
}

/// Identity of a graph: its nodes and edges.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GraphName {
    nodes: usize,
    edges: usize,
    fingerprint: Fingerprint,
}

/// Null graphs of some graphs.
#[derive(Clone, Debug, Default)]
pub struct Nulls {
    summaries: BTreeMap<GraphName, NullSummaries>,
}

/// Where null graphs are kept.
#[derive(Clone, Debug)]
pub struct NullStore {
    folder: PathBuf,
    force: bool,
    console: Console,
}

impl Model {
    const ALL: [Self; 3] = [Self::Published, Self::EdgeCount, Self::Rewired];

    fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::EdgeCount => "edge-count",
            Self::Rewired => "rewired",
        }
    }

    fn count(self) -> usize {
        if self == Self::Published { COUNT } else { SOUND_COUNT }
    }

    fn kept(self, name: &GraphName) -> Kept {
        Kept {
            edges: (self != Self::Published).then_some(name.edges),
            graph: (self == Self::Rewired).then(|| name.fingerprint.to_string()),
        }
    }

    fn draw(self, graph: &Graph, count: usize, seed: u64) -> Result<NullSummary, GraphError> {
        let nodes = graph.nodes();
        match self {
            Self::Published => PublishedNulls { nodes }.summary(count, seed),
            Self::EdgeCount => EdgeCountNulls { nodes, edges: graph.edge_count() }.summary(count, seed),
            Self::Rewired => RewiredNulls { graph }.summary(count, seed),
        }
    }
}

impl GraphName {
    /// Names a graph.
    pub fn of(graph: &Graph) -> Self {
        let ends = graph.edges().flat_map(|(first, second)| [first as u32, second as u32]);
        let bytes: Vec<u8> = ends.flat_map(u32::to_le_bytes).collect();
        Self { nodes: graph.nodes(), edges: graph.edge_count(), fingerprint: Fingerprint::of(&bytes) }
    }
}

impl Nulls {
    /// Draws the null graphs of one graph without keeping them, `published` of the published model.
    ///
    /// # Errors
    /// [`GraphError::TooManyNodes`], [`GraphError::NoNulls`].
    pub fn draw(graph: &Graph, published: usize, seed: u64) -> Result<NullSummaries, GraphError> {
        if graph.nodes() < 2 {
            return Ok(NullSummaries::default());
        }
        Ok(NullSummaries {
            published: Some(Model::Published.draw(graph, published, seed)?),
            edge_count: Some(Model::EdgeCount.draw(graph, SOUND_COUNT, seed)?),
            rewired: Some(Model::Rewired.draw(graph, SOUND_COUNT, seed)?),
        })
    }

    /// The null graphs of a graph; none if it was not among those asked for, or has fewer than two nodes.
    pub fn of(&self, graph: &Graph) -> NullSummaries {
        self.summaries.get(&GraphName::of(graph)).copied().unwrap_or_default()
    }
}

impl NullStore {
    /// The store of a study's artifacts: `nulls/`.
    pub fn of(session: &Session) -> Self {
        Self { folder: session.place(["nulls"]), force: session.forced(), console: session.console }
    }

    /// Reads the null graphs of these graphs, and draws and keeps those that are new.
    ///
    /// # Errors
    /// A damaged artifact, what the disk refuses, or [`GraphError::TooManyNodes`].
    pub fn nulls<'a>(&self, graphs: impl Iterator<Item = &'a Graph>) -> anyhow::Result<Nulls> {
        let mut named: BTreeMap<GraphName, &Graph> = BTreeMap::new();
        for graph in graphs.filter(|graph| graph.nodes() > 1) {
            named.entry(GraphName::of(graph)).or_insert(graph);
        }
        let mut nulls = Nulls::default();
        let sizes: BTreeSet<usize> = named.keys().map(|name| name.nodes).collect();
        for nodes in sizes {
            let own: BTreeMap<&GraphName, &Graph> = named
                .iter()
                .filter(|(name, _)| name.nodes == nodes)
                .map(|(name, &graph)| (name, graph))
                .collect();
            for model in Model::ALL {
                let wanted: BTreeMap<Kept, &Graph> =
                    own.iter().map(|(name, &graph)| (model.kept(name), graph)).collect();
                let found = self.rows(model, nodes, &wanted)?;
                for &name in own.keys() {
                    let summary = found.get(&model.kept(name)).copied();
                    let summaries = nulls.summaries.entry(name.clone()).or_default();
                    match model {
                        Model::Published => summaries.published = summary,
                        Model::EdgeCount => summaries.edge_count = summary,
                        Model::Rewired => summaries.rewired = summary,
                    }
                }
            }
        }
        Ok(nulls)
    }

    /// The rows of one artifact, `nulls/{model}-N{nodes}-{count}-seed{seed}`, with at least those that are wanted.
    fn rows(
        &self,
        model: Model,
        nodes: usize,
        wanted: &BTreeMap<Kept, &Graph>,
    ) -> anyhow::Result<BTreeMap<Kept, NullSummary>> {
        let count = model.count();
        let place = self.folder.join(format!("{}-N{nodes}-{count}-seed{SEED}", model.name()));
        let recipe = Recipe {
            kind: Kind::Nulls,
            stage_version: VERSION,
            seed: SEED,
            settings: json!({ "model": model.name(), "nodes": nodes, "count": count }),
            inputs: BTreeMap::new(),
        };
        let known = || -> anyhow::Result<BTreeMap<Kept, NullSummary>> {
            let kept = !self.force && recipe.decide(&place)? == Decision::UpToDate;
            if kept { read(&Artifact::open(&place, Kind::Nulls)?) } else { Ok(BTreeMap::new()) }
        };
        let rows = known()?;
        if wanted.keys().all(|kept| rows.contains_key(kept)) {
            return Ok(rows);
        }
        let _lock = Lock::acquire(&place, |holder| {
            self.console.say(format!("analyze: {} is in use by {holder}; waiting", place.display()));
        })?;
        let mut rows = known()?;
        let new: Vec<(&Kept, &&Graph)> =
            wanted.iter().filter(|(kept, _)| !rows.contains_key(*kept)).collect();
        let drawn = format!("{count} {} null graphs of {nodes} nodes", model.name());
        self.console.say(format!("analyze: drawing {drawn}, {} times, to {}", new.len(), place.display()));
        for (kept, graph) in new {
            rows.insert(kept.clone(), model.draw(graph, count, SEED)?);
        }
        let mut draft = Draft::begin(&place)?;
        draft.table(FILE, &table(nodes, &rows))?;
        draft.commit(&recipe)?;
        Ok(rows)
    }
}

fn table(nodes: usize, rows: &BTreeMap<Kept, NullSummary>) -> Table {
    let number = |value: fn(&NullSummary) -> f64| Column::F64(rows.values().map(value).collect());
    Table::new()
        .with("nodes", Column::U32(vec![nodes as u32; rows.len()]))
        .with(
            "edges",
            Column::OptionalI64(rows.keys().map(|kept| kept.edges.map(|edges| edges as i64)).collect()),
        )
        .with("graph", Column::OptionalText(rows.keys().map(|kept| kept.graph.clone()).collect()))
        .with("count", Column::U32(rows.values().map(|row| row.count as u32).collect()))
        .with("clustering_mean", number(|row| row.clustering_mean))
        .with("clustering_sd", number(|row| row.clustering_sd))
        .with("efficiency_mean", number(|row| row.efficiency_mean))
        .with("efficiency_sd", number(|row| row.efficiency_sd))
        .with("rich_club_mean", Column::OptionalF64(rows.values().map(|row| row.rich_club_mean).collect()))
}

fn read(artifact: &Artifact) -> anyhow::Result<BTreeMap<Kept, NullSummary>> {
    let table = artifact.table(FILE)?;
    let (edges, graph) = (table.optional_i64("edges")?, table.optional_text("graph")?);
    let number = |name: &str| table.f64(name);
    let (clustering_mean, clustering_sd) = (number("clustering_mean")?, number("clustering_sd")?);
    let (efficiency_mean, efficiency_sd) = (number("efficiency_mean")?, number("efficiency_sd")?);
    let (count, rich_club_mean) = (table.u32("count")?, table.optional_f64("rich_club_mean")?);
    let row = |row: usize| {
        let kept = Kept { edges: edges[row].map(|edges| edges as usize), graph: graph[row].clone() };
        let summary = NullSummary {
            count: count[row] as usize,
            clustering_mean: clustering_mean[row],
            clustering_sd: clustering_sd[row],
            efficiency_mean: efficiency_mean[row],
            efficiency_sd: efficiency_sd[row],
            rich_club_mean: rich_club_mean[row],
        };
        (kept, summary)
    };
    Ok((0..table.rows()).map(row).collect())
}
