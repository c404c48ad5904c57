//! Measures of weighted and directed networks (`networkx`, `bctpy`, `scipy`), of the golden weight matrices.
//!
//! `directed.json` is what this prints, run from the root of the project:
//!
//! ```python
//! # pip install numpy==2.4.6 networkx==3.6.1 bctpy==0.6.1 scipy==1.17.1 safetensors
//! import json
//! import bct
//! import networkx as nx
//! import numpy as np
//! import scipy.stats as stats
//! from safetensors.numpy import load_file
//! known = json.load(open("tests/golden/golden.json"))["graphs"]
//! out = {}
//!
//! def fagiolo(m):
//!     """networkx.clustering, which takes minutes for the larger graphs; by its formula there."""
//!     if len(m) <= 60:
//!         return np.mean(list(nx.clustering(nx.from_numpy_array(m, create_using=nx.DiGraph), weight="weight").values()))
//!     x, b = np.cbrt(m / m.max()) + np.cbrt(m.T / m.max()), (m > 0).astype(int)
//!     links, mutual = b.sum(0) + b.sum(1), np.diag(b @ b)
//!     return np.mean(np.diag(x @ x @ x) / (2 * (links * (links - 1) - 2 * mutual)))
//!
//! for name, w in load_file("tests/golden/graphs.safetensors").items():
//!     a, n = np.abs(w), len(w)
//!     off = a - np.diag(np.diag(a))
//!     flat = off[~np.eye(n, dtype=bool)]
//!     strongest = (a > np.quantile(a, 0.9)) & ~np.eye(n, dtype=bool)
//!     g = nx.from_numpy_array((strongest | strongest.T).astype(int))
//!     labels = np.zeros(n, int)
//!     for label, community in enumerate(known[name]["communities"]):
//!         labels[community] = label + 1
//!     degrees = sorted(d for _, d in g.degree())
//!     out[name] = dict(
//!         reciprocity=nx.overall_reciprocity(nx.from_numpy_array(strongest.astype(int), create_using=nx.DiGraph)),
//!         weighted_reciprocity=float(np.minimum(off, off.T).sum() / off.sum()),
//!         weighted_clustering=float(fagiolo(off)),
//!         rich_club={str(k): v for k, v in nx.rich_club_coefficient(g, normalized=False).items() if k % 5 == 0 or k >= degrees[int(np.ceil(0.9 * n)) - 1]},
//!         rich_club_degree=int(degrees[int(np.ceil(0.9 * n)) - 1]),
//!         participation=float(np.mean(bct.participation_coef(nx.to_numpy_array(g), labels))),
//!         sparsity=float((np.sqrt(flat.size) - np.abs(flat).sum() / np.sqrt((flat ** 2).sum())) / (np.sqrt(flat.size) - 1)),
//!         zero_share=float(np.mean(flat == 0)), diagonal_mean=float(np.diag(w).mean()), off_diagonal_mean=float(flat.mean()),
//!         strength_mean=float(off.sum(0).mean()),
//!         variation=[float(stats.variation(off.sum(0))), float(stats.variation(off.sum(1)))],
//!         skewness=[float(stats.skew(off.sum(0))), float(stats.skew(off.sum(1)))])
//! print(json.dumps(out, separators=(",", ":")).replace("},\"", "},\n\""))
//! ```
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{Known, assert_close, golden_graphs};
use graph::{
    Graph, GraphMeasures, NullSummaries, RewiredNulls, STRONGEST_QUANTILE, WeightMatrix,
    best_leiden_communities, mean_participation, mean_weighted_clustering, modularity, reciprocity,
    rich_club, rich_club_coefficient, sparsity, strength_distributions, weighted_reciprocity, zero_share,
};
use serde_json::Value;

fn each(check: impl Fn(&Known, WeightMatrix<'_>, &Value)) {
    let expected: Value = serde_json::from_str(include_str!("directed.json")).unwrap();
    for known in golden_graphs() {
        let weights = WeightMatrix::new(known.weights.as_ref().unwrap(), known.graph.nodes()).unwrap();
        check(&known, weights, &expected[&known.name]);
    }
}

#[test]
fn reciprocity_sparsity_and_means_of_the_golden_weights() {
    each(|known, weights, expected| {
        let close =
            |key: &str, found: Option<f64>| assert_close(&known.name, found, expected[key].as_f64(), 1e-12);
        close("reciprocity", reciprocity(weights, STRONGEST_QUANTILE).unwrap());
        close("weighted_reciprocity", weighted_reciprocity(weights));
        close("sparsity", sparsity(weights));
        close("zero_share", zero_share(weights));
        let [diagonal, rest] = weights.diagonal_and_off_diagonal_mean();
        close("diagonal_mean", diagonal);
        close("off_diagonal_mean", rest);
    });
}

#[test]
fn weighted_clustering_of_the_golden_weights() {
    each(|known, weights, expected| {
        let expected = expected["weighted_clustering"].as_f64();
        assert_close(&known.name, mean_weighted_clustering(weights), expected, 1e-12);
    });
}

#[test]
fn strengths_of_the_golden_weights() {
    each(|known, weights, expected| {
        for (side, found) in strength_distributions(weights).unwrap().into_iter().enumerate() {
            let close = |found, expected: &Value| assert_close(&known.name, found, expected.as_f64(), 1e-10);
            close(Some(found.mean), &expected["strength_mean"]);
            close(found.variation, &expected["variation"][side]);
            close(found.skewness, &expected["skewness"][side]);
        }
    });
}

#[test]
fn rich_clubs_and_participation_of_the_golden_graphs() {
    each(|known, _, expected| {
        for (degree, value) in expected["rich_club"].as_object().unwrap() {
            let found = rich_club_coefficient(&known.graph, degree.parse().unwrap());
            assert_close(&known.name, found, value.as_f64(), 1e-12);
        }
        let degree = expected["rich_club_degree"].as_u64().unwrap();
        let value = expected["rich_club"][degree.to_string()].as_f64();
        assert_close(&known.name, rich_club(&known.graph), value, 1e-12);
        // `golden.json` sorts communities by their nodes, and so do the labels of the reference.
        let participation = mean_participation(&known.graph, &known.communities()).unwrap();
        assert_close(&known.name, participation, expected["participation"].as_f64(), 1e-12);
    });
}

#[test]
fn the_best_of_several_leiden_partitions_is_no_worse_than_any() {
    each(|known, _, _| {
        let quality = |communities: &[Vec<usize>]| modularity(&known.graph, communities).unwrap();
        let best = quality(&best_leiden_communities(&known.graph, 5));
        for seed in 0..5 {
            assert!(quality(&graph::leiden_communities(&known.graph, seed)) <= best, "{}", known.name);
        }
    });
}

/// Rewiring keeps the members of the club, so its mean over nulls says what degrees alone would give.
#[test]
fn the_rich_club_of_a_random_graph_is_that_of_its_degrees() {
    let known = golden_graphs().into_iter().find(|known| known.name == "noise_120").unwrap();
    let weights = WeightMatrix::new(known.weights.as_ref().unwrap(), 120).unwrap();
    let (measures, graph) = GraphMeasures::of(weights).unwrap();
    let rewired = Some(RewiredNulls { graph: &graph }.summary(100, 1).unwrap());
    let relative = measures.relative_to(&NullSummaries { rewired, ..NullSummaries::default() });
    let ratio = relative.rich_club_normalised.unwrap();
    assert!((ratio - 1.0).abs() < 0.2, "{ratio}");
    let worldness = relative.small_worldness_rewired.unwrap();
    assert!((worldness - 1.0).abs() < 0.05, "{worldness}");
}

#[test]
fn matrices_without_weights_have_no_measure_and_no_panic() {
    for (values, nodes) in [(vec![], 0), (vec![0.5], 1), (vec![0.0; 9], 3)] {
        let weights = WeightMatrix::new(&values, nodes).unwrap();
        assert_eq!((mean_weighted_clustering(weights), sparsity(weights)), (None, None));
        assert_eq!(weighted_reciprocity(weights), None);
        assert_eq!(reciprocity(weights, STRONGEST_QUANTILE).unwrap(), None);
        let (measures, graph) = GraphMeasures::of(weights).unwrap();
        assert_eq!((measures.rich_club, measures.participation, graph.edge_count()), (None, None, 0));
        assert_eq!(measures.relative_to(&NullSummaries::default()).small_worldness, None);
    }
    let regular = Graph::from_edges(4, &[(0, 1), (1, 2), (2, 3), (3, 0)]).unwrap();
    assert_eq!(rich_club(&regular), None);
    let equal = strength_distributions(WeightMatrix::new(&[0.1; 49], 7).unwrap()).unwrap();
    assert_eq!((equal[0].variation, equal[0].skewness), (Some(0.0), None));
    assert!(reciprocity(WeightMatrix::new(&[1.0], 1).unwrap(), 1.5).is_err());
}
