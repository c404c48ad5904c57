//! Communities and modularity of `networkx` 3.6, ties included.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{assert_close, golden_graphs, networkx_graphs};
use graph::{greedy_modularity_communities, modularity};

#[test]
fn communities_of_the_golden_graphs_are_those_of_networkx() {
    for known in golden_graphs() {
        let communities = greedy_modularity_communities(&known.graph);
        assert_close(
            &known.name,
            modularity(&known.graph, &communities).unwrap(),
            known.number("modularity"),
            1e-12,
        );
        let mut sorted = communities;
        sorted.sort();
        assert_eq!(sorted, known.communities(), "{}", known.name);
    }
}

#[test]
fn communities_of_graphs_with_ties_are_those_of_networkx_in_its_order() {
    for known in networkx_graphs() {
        let communities = greedy_modularity_communities(&known.graph);
        assert_eq!(communities, known.communities(), "{}", known.name);
        assert_close(
            &known.name,
            modularity(&known.graph, &communities).unwrap(),
            known.number("modularity"),
            1e-12,
        );
    }
}
