//! What null graphs keep, and that threads make no difference.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{golden_graphs, networkx_graphs};
use graph::{
    EdgeCountNulls, Graph, GraphError, NullSummary, PublishedNulls, RewiredNulls, rewired_graph,
    uniform_graph,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn degrees(graph: &Graph) -> Vec<usize> {
    (0..graph.nodes()).map(|node| graph.degree(node)).collect()
}

#[test]
fn rewiring_keeps_every_degree_and_moves_edges() {
    for known in golden_graphs().into_iter().chain(networkx_graphs()) {
        let rewired = rewired_graph(&known.graph, 10, &mut ChaCha8Rng::seed_from_u64(1));
        assert_eq!(degrees(&rewired), degrees(&known.graph), "{}", known.name);
        assert!((0..rewired.nodes()).all(|node| !rewired.has_edge(node, node)), "{}", known.name);
        if known.weights.is_some() {
            let kept = known.graph.edges().filter(|&(first, second)| rewired.has_edge(first, second)).count();
            assert!(kept < known.graph.edge_count() / 2, "{}: {kept} edges kept", known.name);
        }
    }
}

/// Four nodes have three matchings of two edges, and swaps lead from each to the others: a chain that counts
/// refused swaps visits them equally often.
#[test]
fn rewiring_is_uniform_over_the_matchings_of_four_nodes() {
    let matching = Graph::from_edges(4, &[(0, 1), (2, 3)]).unwrap();
    let mut times = [0_u32; 3];
    for seed in 0..3000 {
        let rewired = rewired_graph(&matching, 10, &mut ChaCha8Rng::seed_from_u64(seed));
        times[rewired.neighbours(0).next().unwrap() - 1] += 1;
    }
    assert!(times.iter().all(|&times| times.abs_diff(1000) < 100), "{times:?}");
}

#[test]
fn uniform_graphs_have_the_edges_asked_for() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for edges in [0, 1, 100, 1000, 1770] {
        assert_eq!(uniform_graph(60, edges, &mut rng).unwrap().edge_count(), edges);
    }
    let error = uniform_graph(60, 1771, &mut rng).unwrap_err();
    assert_eq!(error, GraphError::TooManyEdges { edges: 1771, nodes: 60, maximum: 1770 });
}

/// In a uniform graph of m edges among P pairs each pair's neighbours are joined with probability
/// (m − 2) / (P − 2), given two other edges.
#[test]
fn clustering_of_uniform_graphs_is_their_density() {
    let summary = EdgeCountNulls { nodes: 120, edges: 1351 }.summary(400, 3).unwrap();
    let expected = 1349.0 / 7138.0;
    let error = summary.clustering_sd / 20.0;
    assert!(
        (summary.clustering_mean - expected).abs() < 4.0 * error,
        "{} {expected}",
        summary.clustering_mean
    );
}

#[test]
fn rewired_nulls_of_a_star_are_the_star() {
    let star = Graph::from_edges(5, &[(0, 1), (0, 2), (0, 3), (0, 4)]).unwrap();
    let summary = RewiredNulls { graph: &star }.summary(10, 1).unwrap();
    assert!(summary.clustering_mean.abs() < 1e-15 && summary.clustering_sd.abs() < 1e-15);
    assert!((summary.efficiency_mean - 0.7).abs() < 1e-12 && summary.efficiency_sd < 1e-12);
}

#[test]
fn one_thread_and_two_give_the_same_bits() {
    let golden = golden_graphs();
    let graph = &golden.iter().find(|known| known.name == "noise_60").unwrap().graph;
    let all = || -> [NullSummary; 3] {
        [
            PublishedNulls { nodes: 60 }.summary(64, 5).unwrap(),
            EdgeCountNulls { nodes: 60, edges: graph.edge_count() }.summary(64, 5).unwrap(),
            RewiredNulls { graph }.summary(64, 5).unwrap(),
        ]
    };
    let with_threads =
        |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(all);
    assert_eq!(with_threads(1), with_threads(2));
    assert_ne!(PublishedNulls { nodes: 60 }.summary(64, 6).unwrap(), all()[0]);
}

#[test]
fn impossible_nulls_are_refused() {
    assert_eq!(PublishedNulls { nodes: 20 }.summary(0, 1).unwrap_err(), GraphError::NoNulls);
    for nodes in [0, 1] {
        assert_eq!(PublishedNulls { nodes }.summary(3, 1).unwrap_err(), GraphError::TooFewNodes { nodes });
    }
    assert!(matches!(
        PublishedNulls { nodes: usize::MAX }.summary(1, 1),
        Err(GraphError::TooManyNodes { .. })
    ));
    assert!(matches!(
        EdgeCountNulls { nodes: 3, edges: 4 }.summary(1, 1),
        Err(GraphError::TooManyEdges { .. })
    ));
}
