//! Graphs whose measures are known without computing, from none at all to complete.
#![allow(clippy::unwrap_used, missing_docs)]

use graph::{
    Graph, GraphError, GraphMeasures, STRONGEST_QUANTILE, WeightMatrix, degree_assortativity,
    global_efficiency, greedy_modularity_communities, mean_clustering, modularity, weight_entropy,
};

fn complete(nodes: usize) -> Graph {
    let edges: Vec<_> = (0..nodes).flat_map(|first| (0..first).map(move |second| (first, second))).collect();
    Graph::from_edges(nodes, &edges).unwrap()
}

#[test]
fn empty_and_tiny_weight_matrices_have_no_undefined_measure() {
    let (none, _) = GraphMeasures::of(WeightMatrix::new(&[], 0).unwrap()).unwrap();
    assert_eq!((none.edges, none.communities), (0, 0));
    assert_eq!((none.modularity, none.clustering, none.efficiency, none.entropy), (None, None, None, None));
    let (one, _) = GraphMeasures::of(WeightMatrix::new(&[0.5], 1).unwrap()).unwrap();
    assert_eq!((one.edges, one.communities, one.clustering), (0, 1, Some(0.0)));
    assert_eq!((one.modularity, one.efficiency, one.entropy), (None, None, None));
    let (two, _) = GraphMeasures::of(WeightMatrix::new(&[0.1, 0.9, 0.2, 0.1], 2).unwrap()).unwrap();
    assert_eq!((two.edges, two.communities, two.modularity), (1, 1, Some(0.0)));
    assert_eq!((two.assortativity, two.clustering, two.efficiency), (None, Some(0.0), Some(1.0)));
}

#[test]
fn constant_weights_make_no_graph_and_have_no_entropy() {
    let weights = [0.3; 36];
    let (measures, _) = GraphMeasures::of(WeightMatrix::new(&weights, 6).unwrap()).unwrap();
    assert_eq!((measures.edges, measures.communities, measures.efficiency), (0, 6, Some(0.0)));
    assert_eq!((measures.entropy, measures.modularity, measures.assortativity), (None, None, None));
}

#[test]
fn complete_graphs_are_one_fully_clustered_community() {
    for nodes in [3, 64, 65, 130] {
        let graph = complete(nodes);
        assert_eq!(graph.edge_count(), nodes * (nodes - 1) / 2);
        assert_eq!(mean_clustering(&graph), Some(1.0));
        assert_eq!(global_efficiency(&graph), Some(1.0));
        assert_eq!(degree_assortativity(&graph), None);
        assert_eq!(greedy_modularity_communities(&graph).len(), 1);
    }
}

#[test]
fn edges_come_back_sorted_and_once() {
    let graph = Graph::from_edges(70, &[(69, 3), (0, 64), (3, 69), (1, 2)]).unwrap();
    assert_eq!(graph.edges().collect::<Vec<_>>(), [(0, 64), (1, 2), (3, 69)]);
    assert_eq!((graph.degree(3), graph.degree(70), graph.neighbours(usize::MAX).count()), (1, 0, 0));
    assert!(graph.has_edge(64, 0) && !graph.has_edge(64, 64) && !graph.has_edge(0, 1 << 40));
}

#[test]
fn the_strongest_weights_are_joined_in_either_direction() {
    let mut values = vec![0.0; 100];
    (values[12], values[21], values[53], values[77]) = (-3.0, 2.0, 1.0, 9.0);
    let graph = Graph::strongest(WeightMatrix::new(&values, 10).unwrap(), STRONGEST_QUANTILE).unwrap();
    assert_eq!(graph.edges().collect::<Vec<_>>(), [(1, 2), (3, 5)]);
    let strongest = Graph::strongest(WeightMatrix::new(&values, 10).unwrap(), 1.0).unwrap();
    assert_eq!(strongest.edge_count(), 0);
}

#[test]
fn bad_input_is_named() {
    assert_eq!(WeightMatrix::new(&[1.0; 5], 2).unwrap_err(), GraphError::NotSquare { nodes: 2, found: 5 });
    assert!(matches!(WeightMatrix::new(&[], usize::MAX), Err(GraphError::NotSquare { .. })));
    let error = WeightMatrix::new(&[0.0, 0.0, f64::INFINITY, 0.0], 2).unwrap_err();
    assert!(matches!(error, GraphError::NotFinite { row: 1, column: 0, .. }));
    let weights = WeightMatrix::new(&[0.0; 4], 2).unwrap();
    for quantile in [-0.1, 1.1, f64::NAN] {
        assert!(matches!(Graph::strongest(weights, quantile), Err(GraphError::Quantile { .. })));
    }
    assert_eq!(Graph::from_edges(3, &[(1, 1)]).unwrap_err(), GraphError::SelfLoop { node: 1 });
    let error = Graph::from_edges(3, &[(0, 3)]).unwrap_err();
    assert_eq!(error.to_string(), "edge (0, 3) leaves a graph of 3 nodes, expected indexes below 3");
    assert!(matches!(Graph::from_edges(usize::MAX, &[]), Err(GraphError::TooManyNodes { .. })));
}

#[test]
fn modularity_refuses_what_is_not_a_partition() {
    let graph = complete(3);
    let missing = modularity(&graph, &[vec![0, 1]]).unwrap_err();
    assert_eq!(missing, GraphError::NotAPartition { node: 2, times: 0 });
    let twice = modularity(&graph, &[vec![0, 1], vec![1, 2]]).unwrap_err();
    assert_eq!(twice, GraphError::NotAPartition { node: 1, times: 2 });
    assert!(matches!(modularity(&graph, &[vec![0, 1, 2, 3]]), Err(GraphError::NodeOutOfRange { .. })));
}

#[test]
fn entropy_ignores_shift_and_scale_and_survives_extremes() {
    let values: Vec<f64> = (0..400).map(|index| (f64::from(index) * 0.7).sin().powi(3)).collect();
    let entropy = |values: &[f64]| weight_entropy(WeightMatrix::new(values, 20).unwrap()).unwrap();
    let moved: Vec<f64> = values.iter().map(|value| -3.0 + 0.01 * value).collect();
    assert!((entropy(&values) - entropy(&moved)).abs() < 1e-9);
    let huge: Vec<f64> = values.iter().map(|value| f64::MAX * value).collect();
    assert!((entropy(&values) - entropy(&huge)).abs() < 1e-9);
}
