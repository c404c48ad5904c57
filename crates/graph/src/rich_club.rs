use crate::Graph;

/// Share of the nodes, by degree, that the rich club leaves out.
const POOR: f64 = 0.9;

/// Measures how densely the nodes of more than `degree` edges are joined among themselves.
///
/// `φ(k) = 2 E_{>k} / [n_{>k} (n_{>k} − 1)]`. `None` for fewer than two such nodes.
///
/// Source: Zhou & Mondragón 2004, IEEE Commun. Lett. 8:180 (`networkx.rich_club_coefficient(normalized=False)`).
pub fn rich_club_coefficient(graph: &Graph, degree: usize) -> Option<f64> {
    let rich: Vec<bool> = (0..graph.nodes()).map(|node| graph.degree(node) > degree).collect();
    let members = rich.iter().filter(|&&rich| rich).count();
    let links = graph.edges().filter(|&(first, second)| rich[first] && rich[second]).count();
    (members > 1).then(|| 2.0 * links as f64 / (members * (members - 1)) as f64)
}

/// Measures how densely the best connected nodes are joined: the coefficient at the smallest degree that nine tenths of
/// the nodes do not exceed.
///
/// A graph of random edges has a rich club too, since nodes of many edges meet more often; divide by the mean over
/// graphs of the same degrees ([`RewiredNulls`](crate::RewiredNulls)) to see what is beyond that. `None` where fewer
/// than two nodes stand out, as in regular graphs.
pub fn rich_club(graph: &Graph) -> Option<f64> {
    let mut degrees: Vec<usize> = (0..graph.nodes()).map(|node| graph.degree(node)).collect();
    degrees.sort_unstable();
    let place = ((degrees.len() as f64 * POOR).ceil() as usize).checked_sub(1)?;
    rich_club_coefficient(graph, degrees[place])
}
