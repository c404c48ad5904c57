//! Edges, assortativity, clustering, efficiency (`networkx`, `bctpy`) and entropy (`scipy`).
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{assert_close, golden_graphs, networkx_graphs};
use graph::{
    GraphMeasures, NullSummaries, NullSummary, WeightMatrix, degree_assortativity, global_efficiency,
    mean_clustering, weight_entropy,
};

#[test]
fn measures_of_the_golden_graphs() {
    for known in golden_graphs() {
        let name = &known.name;
        assert_eq!(known.graph.edge_count() as u64, known.expected["edges"].as_u64().unwrap(), "{name}");
        assert_close(name, degree_assortativity(&known.graph), known.number("assortativity"), 1e-12);
        assert_close(name, mean_clustering(&known.graph), known.number("clustering"), 1e-12);
        assert_close(name, global_efficiency(&known.graph), known.number("efficiency"), 1e-12);
        let values = known.weights.as_ref().unwrap();
        let weights = WeightMatrix::new(values, known.graph.nodes()).unwrap();
        assert_close(name, weight_entropy(weights), known.number("entropy"), 1e-9);
    }
}

#[test]
fn all_measures_at_once_are_the_single_ones() {
    let nulls = NullSummary {
        count: 1,
        clustering_mean: 0.2,
        clustering_sd: 0.0,
        efficiency_mean: 0.5,
        efficiency_sd: 0.0,
        rich_club_mean: None,
    };
    let nulls = NullSummaries { published: Some(nulls), ..NullSummaries::default() };
    for known in golden_graphs() {
        let values = known.weights.as_ref().unwrap();
        let weights = WeightMatrix::new(values, known.graph.nodes()).unwrap();
        let (measures, _) = GraphMeasures::of(weights).unwrap();
        let name = &known.name;
        assert_eq!(measures.edges, known.graph.edge_count());
        assert_eq!(measures.communities, known.communities().len());
        assert_close(name, measures.modularity, known.number("modularity"), 1e-12);
        assert_close(name, measures.entropy, known.number("entropy"), 1e-9);
        let expected =
            known.number("clustering").unwrap() / 0.2 / (0.5 / known.number("efficiency").unwrap());
        let relative = measures.relative_to(&nulls);
        assert_close(name, relative.small_worldness, Some(expected), 1e-12);
        assert_eq!(relative.small_worldness_rewired, None);
    }
}

#[test]
fn measures_of_lattices_trees_and_disconnected_graphs() {
    for known in networkx_graphs() {
        let name = &known.name;
        assert_close(name, degree_assortativity(&known.graph), known.number("assortativity"), 1e-12);
        assert_close(name, mean_clustering(&known.graph), known.number("clustering"), 1e-12);
        assert_close(name, global_efficiency(&known.graph), known.number("efficiency"), 1e-12);
    }
}
