use thiserror::Error;

/// Why a graph, a null model or a measure could not be made.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum GraphError {
    /// The values do not fill a square matrix.
    #[error("weights of {nodes} nodes need {nodes} x {nodes} values, found {found}")]
    NotSquare {
        /// Nodes announced.
        nodes: usize,
        /// Values given.
        found: usize,
    },
    /// A weight is NaN or infinite.
    #[error("weight [{row}, {column}] is {value}, expected a finite number; a diverged run has no graph")]
    NotFinite {
        /// Presynaptic node.
        row: usize,
        /// Postsynaptic node.
        column: usize,
        /// The offending weight.
        value: f64,
    },
    /// A quantile lies outside [0, 1].
    #[error("quantile is {quantile}, expected a number from 0 to 1")]
    Quantile {
        /// The offending quantile.
        quantile: f64,
    },
    /// More nodes than dense storage is meant for.
    #[error("{nodes} nodes, expected at most {maximum}: graphs are held as dense bit matrices")]
    TooManyNodes {
        /// Nodes asked for.
        nodes: usize,
        /// Nodes supported.
        maximum: usize,
    },
    /// An edge names a node that the graph does not have.
    #[error("edge ({first}, {second}) leaves a graph of {nodes} nodes, expected indexes below {nodes}")]
    NodeOutOfRange {
        /// One end of the edge.
        first: usize,
        /// The other end.
        second: usize,
        /// Nodes of the graph.
        nodes: usize,
    },
    /// An edge joins a node to itself.
    #[error("edge ({node}, {node}) is a self-loop, expected two different nodes")]
    SelfLoop {
        /// The node joined to itself.
        node: usize,
    },
    /// A connection is given twice.
    #[error("the connection from {from} to {to} is given twice, expected every ordered pair at most once")]
    RepeatedArrow {
        /// Node that it comes from.
        from: usize,
        /// Node that it goes to.
        to: usize,
    },
    /// A connection has no usable length.
    #[error("the connection from {from} to {to} has length {length}, expected a finite number not below 0")]
    Length {
        /// Node that it comes from.
        from: usize,
        /// Node that it goes to.
        to: usize,
        /// Its length.
        length: f64,
    },
    /// More edges than pairs of nodes.
    #[error("{edges} edges do not fit a simple graph of {nodes} nodes, expected at most {maximum}")]
    TooManyEdges {
        /// Edges asked for.
        edges: usize,
        /// Nodes of the graph.
        nodes: usize,
        /// Pairs of nodes.
        maximum: usize,
    },
    /// A node is in no community, or in several.
    #[error("node {node} occurs {times} times in the communities, expected once")]
    NotAPartition {
        /// The offending node.
        node: usize,
        /// How often it occurs.
        times: usize,
    },
    /// No null graph was asked for.
    #[error("0 null graphs asked for, expected at least 1")]
    NoNulls,
    /// Null graphs of fewer than two nodes have no efficiency.
    #[error("null graphs of {nodes} nodes, expected at least 2")]
    TooFewNodes {
        /// Nodes asked for.
        nodes: usize,
    },
}
