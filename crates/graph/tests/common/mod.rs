//! Graphs with known measures, shared by the tests of this crate.

// Every test file compiles its own copy and uses a part of it.
#![allow(dead_code)]

use fixtures::{Golden, golden_json};
use graph::{Graph, STRONGEST_QUANTILE, WeightMatrix};
use serde_json::Value;

/// A graph and what `networkx` and `bctpy` say of it.
pub(crate) struct Known {
    pub(crate) name: String,
    pub(crate) graph: Graph,
    /// Weights that the graph was made of, if any.
    pub(crate) weights: Option<Vec<f64>>,
    pub(crate) expected: Value,
}

impl Known {
    pub(crate) fn number(&self, key: &str) -> Option<f64> {
        self.expected[key].as_f64()
    }

    pub(crate) fn communities(&self) -> Vec<Vec<usize>> {
        self.expected["communities"].as_array().unwrap().iter().map(numbers).collect()
    }
}

/// The twelve weight matrices of `tests/golden`, made by `graph_metrics` of its `generate.py`.
pub(crate) fn golden_graphs() -> Vec<Known> {
    let tensors = Golden::open("graphs");
    let known = golden_json();
    let graphs = known["graphs"].as_object().unwrap();
    assert_eq!(graphs.len(), 12);
    graphs
        .iter()
        .map(|(name, expected)| {
            let tensor = tensors.tensor(name);
            let weights = WeightMatrix::new(&tensor.values, tensor.shape[0]).unwrap();
            let graph = Graph::strongest(weights, STRONGEST_QUANTILE).unwrap();
            Known {
                name: name.clone(),
                graph,
                weights: Some(tensor.values.clone()),
                expected: expected.clone(),
            }
        })
        .collect()
}

/// Small graphs of many ties, disconnected graphs, isolated nodes. `networkx.json` is what this prints:
///
/// ```python
/// # pip install networkx==3.6.1 numpy==2.4.6
/// import json, math, sys, warnings
/// import networkx as nx
/// import numpy as np
/// warnings.simplefilter("ignore")
/// rng = np.random.default_rng(11)
///
/// def uniform(n, m):
///     pairs = [(i, j) for i in range(n) for j in range(i)]
///     return nx.empty_graph(n), [pairs[k] for k in rng.choice(len(pairs), m, replace=False)]
///
/// def plain(g):
///     return nx.empty_graph(g.number_of_nodes()), nx.convert_node_labels_to_integers(g).edges()
///
/// def relabelled(g):
///     n, order = g.number_of_nodes(), rng.permutation(g.number_of_nodes())
///     return nx.empty_graph(n), [(order[u], order[v]) for u, v in nx.convert_node_labels_to_integers(g).edges()]
///
/// cases = {
///     "edgeless_5": (nx.empty_graph(5), []), "one_edge_2": plain(nx.path_graph(2)), "one_edge_4": (nx.empty_graph(4), [(1, 3)]),
///     "path_10": plain(nx.path_graph(10)), "cycle_12": plain(nx.cycle_graph(12)), "star_9": plain(nx.star_graph(8)),
///     "complete_6": plain(nx.complete_graph(6)), "complete_bipartite_4_4": plain(nx.complete_bipartite_graph(4, 4)),
///     "complete_bipartite_5_7": plain(nx.complete_bipartite_graph(5, 7)), "complete_bipartite_5_7_relabelled": relabelled(nx.complete_bipartite_graph(5, 7)),
///     "lattice_6_6": plain(nx.grid_2d_graph(6, 6)), "lattice_9_7_relabelled": relabelled(nx.grid_2d_graph(9, 7)),
///     "torus_8_8": plain(nx.grid_2d_graph(8, 8, periodic=True)), "torus_6_10_relabelled": relabelled(nx.grid_2d_graph(6, 10, periodic=True)),
///     "hypercube_5": plain(nx.hypercube_graph(5)), "petersen": plain(nx.petersen_graph()),
///     "karate": plain(nx.karate_club_graph()), "ring_of_cliques_6_5": plain(nx.ring_of_cliques(6, 5)),
///     "caveman_disconnected_5_4": plain(nx.caveman_graph(5, 4)), "barbell_6_3": plain(nx.barbell_graph(6, 3)),
///     "triangular_6_8": relabelled(nx.triangular_lattice_graph(6, 8)), "binary_tree_5": plain(nx.balanced_tree(2, 5)),
///     "watts_strogatz_60": relabelled(nx.watts_strogatz_graph(60, 6, 0.1, seed=3)), "regular_40_7": plain(nx.random_regular_graph(7, 40, seed=3)),
///     "barabasi_80": relabelled(nx.barabasi_albert_graph(80, 3, seed=3)),
/// }
/// for n, m in [(20, 6), (30, 15), (40, 30), (40, 60), (50, 100), (65, 130), (64, 640), (90, 200), (128, 1200), (150, 300)]:
///     cases[f"uniform_{n}_{m}"] = uniform(n, m)
///
/// lines = []
/// for name, (g, edges) in cases.items():
///     edges = sorted((int(min(e)), int(max(e))) for e in edges)
///     g.add_edges_from(edges)
///     parts = nx.community.greedy_modularity_communities(g)
///     r = nx.degree_assortativity_coefficient(g) if edges else math.nan
///     lines.append(json.dumps(dict(
///         name=name, nodes=g.number_of_nodes(), edges=edges, communities=[sorted(map(int, c)) for c in parts],
///         modularity=nx.community.modularity(g, parts) if edges else None, assortativity=None if math.isnan(r) else r,
///         clustering=nx.average_clustering(g), efficiency=nx.global_efficiency(g)), separators=(",", ":")))
/// sys.stdout.write("[\n" + ",\n".join(lines) + "\n]\n")
/// ```
pub(crate) fn networkx_graphs() -> Vec<Known> {
    let known: Value = serde_json::from_str(include_str!("../networkx.json")).unwrap();
    let known = known.as_array().unwrap();
    known
        .iter()
        .map(|expected| {
            let edges = expected["edges"].as_array().unwrap().iter().map(numbers);
            let edges: Vec<(usize, usize)> = edges.map(|edge| (edge[0], edge[1])).collect();
            let graph = Graph::from_edges(expected["nodes"].as_u64().unwrap() as usize, &edges).unwrap();
            let name = expected["name"].as_str().unwrap().to_owned();
            Known { name, graph, weights: None, expected: expected.clone() }
        })
        .collect()
}

fn numbers(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|number| number.as_u64().unwrap() as usize).collect()
}

/// Asserts that a measure equals its expected value, or that neither exists.
pub(crate) fn assert_close(name: &str, found: Option<f64>, expected: Option<f64>, tolerance: f64) {
    match (found, expected) {
        (Some(found), Some(expected)) => {
            assert!((found - expected).abs() <= tolerance, "{name}: found {found}, expected {expected}");
        }
        _ => assert_eq!(found, expected, "{name}"),
    }
}
