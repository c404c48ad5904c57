//! What every Leiden partition must satisfy, and how it compares with the greedy one.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{golden_graphs, networkx_graphs};
use graph::{Graph, greedy_modularity_communities, leiden_communities, modularity};

fn quality(graph: &Graph, communities: &[Vec<usize>]) -> Option<f64> {
    modularity(graph, communities).unwrap()
}

#[test]
fn every_community_is_connected() {
    for known in golden_graphs().into_iter().chain(networkx_graphs()) {
        for community in leiden_communities(&known.graph, 1) {
            let mut reached = vec![community[0]];
            let mut position = 0;
            while let Some(&node) = reached.get(position) {
                let fresh: Vec<usize> =
                    known.graph.neighbours(node).filter(|other| !reached.contains(other)).collect();
                reached.extend(fresh.into_iter().filter(|other| community.contains(other)));
                position += 1;
            }
            assert_eq!(reached.len(), community.len(), "{}", known.name);
        }
    }
}

#[test]
fn no_single_move_raises_modularity() {
    for known in
        golden_graphs().into_iter().chain(networkx_graphs()).filter(|known| known.graph.nodes() <= 60)
    {
        let communities = leiden_communities(&known.graph, 2);
        let Some(best) = quality(&known.graph, &communities) else { continue };
        for (home, community) in communities.iter().enumerate() {
            for node in community {
                for target in 0..=communities.len() {
                    let mut moved = communities.clone();
                    moved.push(Vec::new());
                    moved[home].retain(|other| other != node);
                    moved[target].push(*node);
                    let found = quality(&known.graph, &moved).unwrap();
                    assert!(found <= best + 1e-12, "{}: node {node} to {target}", known.name);
                }
            }
        }
    }
}

#[test]
fn leiden_is_no_worse_than_greedy_on_the_golden_graphs() {
    for known in golden_graphs() {
        let leiden = quality(&known.graph, &leiden_communities(&known.graph, 3)).unwrap();
        let greedy = quality(&known.graph, &greedy_modularity_communities(&known.graph)).unwrap();
        assert!(leiden >= greedy, "{}: {leiden}, {greedy}", known.name);
    }
}

/// The best partition of the karate club has modularity 0.4198 (Brandes et al. 2008, IEEE TKDE 20:172).
#[test]
fn the_best_partition_of_the_karate_club_is_found() {
    let known = networkx_graphs().into_iter().find(|known| known.name == "karate").unwrap();
    let best = (0..10).map(|seed| quality(&known.graph, &leiden_communities(&known.graph, seed)).unwrap());
    assert!((best.fold(0.0, f64::max) - 0.419_789_6).abs() < 1e-6);
}

#[test]
fn equal_seeds_give_equal_partitions_and_no_edges_give_single_nodes() {
    for known in golden_graphs() {
        assert_eq!(
            leiden_communities(&known.graph, 4),
            leiden_communities(&known.graph, 4),
            "{}",
            known.name
        );
    }
    let edgeless = Graph::from_edges(3, &[]).unwrap();
    assert_eq!(leiden_communities(&edgeless, 1), [vec![0], vec![1], vec![2]]);
    assert!(leiden_communities(&Graph::from_edges(0, &[]).unwrap(), 1).is_empty());
}
