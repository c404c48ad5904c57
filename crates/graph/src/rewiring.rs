use rand::Rng;

use crate::{GraphError, MAXIMUM_NODES, SWAPS_PER_EDGE, bits};

/// Classes of length that connections are told apart by in [`rewired_keeping_lengths`]: equal steps from the shortest
/// to the longest connection. Ten are what the authors' program is used with.
pub const LENGTH_CLASSES: usize = 10;

/// Attempted swaps for every connection in [`rewired_keeping_lengths`]: ten times as many as without lengths, as most are
/// refused for the lengths they would make. In 6_6_2, one connection in twenty then stands where it stood.
pub const LENGTH_SWAPS_PER_EDGE: usize = 10 * SWAPS_PER_EDGE;

/// A connection from one node to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrow {
    /// Node that it comes from.
    pub from: usize,
    /// Node that it goes to.
    pub to: usize,
    /// Its weight, such as a number of synapses.
    pub weight: f64,
}

/// Rewires a directed network: every node keeps its number of incoming and of outgoing connections.
///
/// A swap turns connections a → b and c → d into a → d and c → b; one that would join a node to itself or two nodes
/// twice is refused and still counts. [`SWAPS_PER_EDGE`] swaps are attempted for every connection. A weight stays with
/// the node that its connection comes from, so that out-strengths are kept too. Self-connections stay in place.
/// `arrows` may be in any order, each pair at most once; the result is sorted by (from, to).
///
/// # Errors
/// [`GraphError::NodeOutOfRange`] names an arrow beyond `nodes`; [`GraphError::RepeatedArrow`] one given twice;
/// [`GraphError::TooManyNodes`] above [`MAXIMUM_NODES`].
///
/// Source: Maslov & Sneppen 2002, Science 296:910.
pub fn rewired(
    nodes: usize,
    arrows: &[Arrow],
    rng: &mut (impl Rng + ?Sized),
) -> Result<Vec<Arrow>, GraphError> {
    let mut network = Network::new(nodes, arrows)?;
    network.swap(SWAPS_PER_EDGE, rng, |_, _| 0);
    Ok(network.into_arrows())
}

/// Rewires a directed network as [`rewired`] does, and keeps the lengths of its connections approximately.
///
/// Lengths fall into [`LENGTH_CLASSES`] classes, and a swap must put one connection into the class of either old one:
/// every class keeps its number of connections and their weights, and the node degrees are kept exactly. Of
/// [`LENGTH_SWAPS_PER_EDGE`] swaps a connection most are refused. `length` is that of a connection between two nodes,
/// finite and not negative, in any unit.
///
/// # Errors
/// Those of [`rewired`], and [`GraphError::Length`] if a connection's length is negative, NaN or infinite.
///
/// Source: Betzel & Bassett 2018, PNAS 115:E4880.
pub fn rewired_keeping_lengths(
    nodes: usize,
    arrows: &[Arrow],
    length: impl Fn(usize, usize) -> f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Vec<Arrow>, GraphError> {
    let mut network = Network::new(nodes, arrows)?;
    let (mut shortest, mut longest) = (f64::INFINITY, 0.0_f64);
    for &Arrow { from, to, .. } in &network.arrows {
        let length = length(from, to);
        if !(length.is_finite() && length >= 0.0) {
            return Err(GraphError::Length { from, to, length });
        }
        (shortest, longest) = (shortest.min(length), longest.max(length));
    }
    let step = (longest - shortest) / LENGTH_CLASSES as f64;
    network.swap(LENGTH_SWAPS_PER_EDGE, rng, |from, to| {
        let length = length(from, to);
        match length {
            // Beyond the range of the lengths there are, no connection has a class.
            _ if !(shortest..=longest).contains(&length) => LENGTH_CLASSES,
            _ if step == 0.0 => 0,
            _ => (((length - shortest) / step) as usize).min(LENGTH_CLASSES - 1),
        }
    });
    Ok(network.into_arrows())
}

/// Connections whose ends can be swapped, and which pairs are joined.
struct Network {
    arrows: Vec<Arrow>,
    loops: Vec<Arrow>,
    words_per_row: usize,
    joined: Vec<u64>,
}

impl Network {
    fn new(nodes: usize, arrows: &[Arrow]) -> Result<Self, GraphError> {
        if nodes > MAXIMUM_NODES {
            return Err(GraphError::TooManyNodes { nodes, maximum: MAXIMUM_NODES });
        }
        let words_per_row = nodes.div_ceil(u64::BITS as usize);
        let joined = vec![0; nodes * words_per_row];
        let mut network = Self { arrows: Vec::new(), loops: Vec::new(), words_per_row, joined };
        for &arrow in arrows {
            let Arrow { from, to, .. } = arrow;
            if from >= nodes || to >= nodes {
                return Err(GraphError::NodeOutOfRange { first: from, second: to, nodes });
            }
            if network.joins(from, to) {
                return Err(GraphError::RepeatedArrow { from, to });
            }
            bits::insert(network.row(from), to);
            if from == to { network.loops.push(arrow) } else { network.arrows.push(arrow) }
        }
        Ok(network)
    }

    fn joins(&self, from: usize, to: usize) -> bool {
        bits::contains(&self.joined[from * self.words_per_row..][..self.words_per_row], to)
    }

    fn row(&mut self, node: usize) -> &mut [u64] {
        &mut self.joined[node * self.words_per_row..][..self.words_per_row]
    }

    /// Attempts swaps that leave every class its number of connections; a weight stays in its class.
    fn swap(
        &mut self,
        swaps_per_edge: usize,
        rng: &mut (impl Rng + ?Sized),
        class: impl Fn(usize, usize) -> usize,
    ) {
        let count = self.arrows.len() as u32;
        if count < 2 {
            return;
        }
        let mut classes: Vec<usize> = self.arrows.iter().map(|arrow| class(arrow.from, arrow.to)).collect();
        for _ in 0..self.arrows.len().saturating_mul(swaps_per_edge) {
            let (here, there) = (rng.random_range(0..count) as usize, rng.random_range(0..count) as usize);
            let (Arrow { from: a, to: b, .. }, Arrow { from: c, to: d, .. }) =
                (self.arrows[here], self.arrows[there]);
            if a == d || c == b || self.joins(a, d) || self.joins(c, b) {
                continue;
            }
            let (old, new) = ([classes[here], classes[there]], [class(a, d), class(c, b)]);
            let crossed = old != new;
            if crossed && old != [new[1], new[0]] {
                continue;
            }
            for (from, old, new) in [(a, b, d), (c, d, b)] {
                bits::remove(self.row(from), old);
                bits::insert(self.row(from), new);
            }
            (self.arrows[here].to, self.arrows[there].to) = (d, b);
            [classes[here], classes[there]] = new;
            if crossed {
                let kept = self.arrows[here].weight;
                self.arrows[here].weight = std::mem::replace(&mut self.arrows[there].weight, kept);
            }
        }
    }

    fn into_arrows(self) -> Vec<Arrow> {
        let mut arrows = self.arrows;
        arrows.extend(self.loops);
        arrows.sort_by_key(|arrow| (arrow.from, arrow.to));
        arrows
    }
}
