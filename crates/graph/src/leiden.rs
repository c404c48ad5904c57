use std::collections::VecDeque;

use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use crate::{Graph, modularity};

/// Finds communities of high modularity by the Leiden algorithm.
///
/// Nodes move one by one to the neighbouring community that raises modularity most; every community is then
/// refined into parts that are connected within it, the parts become the nodes of a smaller graph, and so
/// on; the whole is repeated until nothing changes. `seed` decides only the order in which nodes are
/// visited. Every community is connected, and no single move raises modularity. Communities come largest
/// first, equal sizes by their lowest node, each with its nodes ascending; a graph without edges gives
/// single nodes.
///
/// Source: Traag, Waltman & van Eck 2019, Sci. Rep. 9:5233, refining greedily as their `leidenalg` does.
pub fn leiden_communities(graph: &Graph, seed: u64) -> Vec<Vec<usize>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut labels: Vec<usize> = (0..graph.nodes()).collect();
    // Gains are integers and every accepted move is a strict one, so modularity rises until this ends.
    while improve(graph, &mut labels, &mut rng) {}
    let mut communities = vec![Vec::new(); graph.nodes()];
    for (node, &label) in labels.iter().enumerate() {
        communities[label].push(node);
    }
    communities.retain(|community: &Vec<usize>| !community.is_empty());
    communities.sort_by_key(|community| (std::cmp::Reverse(community.len()), community[0]));
    communities
}

/// Finds the best of `runs` partitions by [`leiden_communities`], of seeds 0, 1 and so on, the first among equals.
pub fn best_leiden_communities(graph: &Graph, runs: u64) -> Vec<Vec<usize>> {
    let candidates = (0..runs).map(|seed| leiden_communities(graph, seed));
    let quality = |communities: &[Vec<usize>]| modularity(graph, communities).ok().flatten().unwrap_or(0.0);
    let best = candidates
        .map(|communities| (quality(&communities), communities))
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map_or_else(|| leiden_communities(graph, 0), |(_, communities)| communities)
}

/// Runs one pass over all levels from `labels` on; whether modularity rose.
fn improve(graph: &Graph, labels: &mut [usize], rng: &mut ChaCha8Rng) -> bool {
    let mut level = Level::of(graph);
    let mut level_labels = labels.to_vec();
    let mut place: Vec<usize> = (0..graph.nodes()).collect();
    let mut improved = false;
    loop {
        improved |= level.move_nodes(&mut level_labels, rng);
        for (label, &place) in labels.iter_mut().zip(&place) {
            *label = level_labels[place];
        }
        let (parts, part_count) = renumbered(&level.refine(&level_labels, rng));
        if part_count == level.strengths.len() {
            return improved;
        }
        let mut part_labels = vec![0; part_count];
        for (&part, &label) in parts.iter().zip(&level_labels) {
            part_labels[part] = label;
        }
        level_labels = renumbered(&part_labels).0;
        for place in &mut place {
            *place = parts[*place];
        }
        level = level.aggregate(&parts, part_count);
    }
}

/// Labels 0, 1, 2 and so on in order of first occurrence, and how many there are.
fn renumbered(labels: &[usize]) -> (Vec<usize>, usize) {
    let mut names = vec![usize::MAX; labels.len().max(labels.iter().max().map_or(0, |&label| label + 1))];
    let mut count = 0;
    let renamed = labels
        .iter()
        .map(|&label| {
            if names[label] == usize::MAX {
                names[label] = count;
                count += 1;
            }
            names[label]
        })
        .collect();
    (renamed, count)
}

/// A graph whose nodes stand for sets of original nodes; weights count original edges.
struct Level {
    /// Other nodes joined to each, and by how many edges.
    neighbours: Vec<Vec<(usize, i64)>>,
    /// Summed degree of the original nodes, edges within included.
    strengths: Vec<i64>,
    /// Summed degree of all nodes, 2m.
    ends: i64,
}

impl Level {
    fn of(graph: &Graph) -> Self {
        let neighbours =
            (0..graph.nodes()).map(|node| graph.neighbours(node).map(|other| (other, 1)).collect());
        let strengths: Vec<i64> = (0..graph.nodes()).map(|node| graph.degree(node) as i64).collect();
        Self { neighbours: neighbours.collect(), ends: strengths.iter().sum(), strengths }
    }

    /// 2m² times what modularity gains when `node`, alone, joins a community of summed degree `strength` to
    /// which it has `links` edges: `2m · links − k · K`.
    fn gain(&self, node: usize, links: i64, strength: i64) -> i64 {
        self.ends * links - self.strengths[node] * strength
    }

    /// Moves nodes to the best community until no move raises modularity; whether any did.
    fn move_nodes(&self, labels: &mut [usize], rng: &mut ChaCha8Rng) -> bool {
        let nodes = labels.len();
        let mut strengths = vec![0; nodes];
        let mut sizes = vec![0; nodes];
        for (node, &label) in labels.iter().enumerate() {
            strengths[label] += self.strengths[node];
            sizes[label] += 1;
        }
        let mut vacant: Vec<usize> = (0..nodes).filter(|&label| sizes[label] == 0).collect();
        let mut links = LinkCounts::new(nodes);
        let mut queue = VecDeque::from(shuffled(nodes, rng));
        let mut queued = vec![true; nodes];
        let mut moved = false;
        while let Some(node) = queue.pop_front() {
            queued[node] = false;
            let home = labels[node];
            strengths[home] -= self.strengths[node];
            sizes[home] -= 1;
            links.collect(self.neighbours[node].iter().map(|&(other, weight)| (labels[other], weight)));
            let mut best = (self.gain(node, links.of(home), strengths[home]), home);
            for &label in &links.labels {
                let gain = self.gain(node, links.of(label), strengths[label]);
                if gain > best.0 {
                    best = (gain, label);
                }
            }
            // An empty community gains 0, so it is better than a home or neighbour that loses.
            if best.0 < 0
                && let Some(&label) = vacant.last()
            {
                best = (0, label);
            }
            let target = best.1;
            if sizes[target] == 0 && target != home {
                vacant.pop();
            }
            if sizes[home] == 0 && target != home {
                vacant.push(home);
            }
            labels[node] = target;
            strengths[target] += self.strengths[node];
            sizes[target] += 1;
            if target != home {
                moved = true;
                for &(other, _) in &self.neighbours[node] {
                    if labels[other] != target && !queued[other] {
                        queued[other] = true;
                        queue.push_back(other);
                    }
                }
            }
        }
        moved
    }

    /// Splits every community into parts, merging single nodes within it as long as that raises modularity.
    fn refine(&self, labels: &[usize], rng: &mut ChaCha8Rng) -> Vec<usize> {
        let nodes = labels.len();
        let mut parts: Vec<usize> = (0..nodes).collect();
        let mut strengths = self.strengths.clone();
        let mut sizes = vec![1; nodes];
        let mut links = LinkCounts::new(nodes);
        for node in shuffled(nodes, rng) {
            if sizes[parts[node]] > 1 {
                continue;
            }
            let within = self.neighbours[node].iter().filter(|(other, _)| labels[*other] == labels[node]);
            links.collect(within.map(|&(other, weight)| (parts[other], weight)));
            let mut best = (0, parts[node]);
            for &part in &links.labels {
                let gain = self.gain(node, links.of(part), strengths[part]);
                if gain > best.0 {
                    best = (gain, part);
                }
            }
            let (home, target) = (parts[node], best.1);
            if target != home {
                strengths[home] = 0;
                sizes[home] = 0;
                strengths[target] += self.strengths[node];
                sizes[target] += 1;
                parts[node] = target;
            }
        }
        parts
    }

    /// Makes every part one node.
    fn aggregate(&self, parts: &[usize], part_count: usize) -> Self {
        let mut members = vec![Vec::new(); part_count];
        let mut strengths = vec![0; part_count];
        for (node, &part) in parts.iter().enumerate() {
            members[part].push(node);
            strengths[part] += self.strengths[node];
        }
        let mut links = LinkCounts::new(part_count);
        let mut neighbours = Vec::with_capacity(part_count);
        for (part, members) in members.iter().enumerate() {
            let outward = members.iter().flat_map(|&node| &self.neighbours[node]);
            links.collect(
                outward.map(|&(other, weight)| (parts[other], weight)).filter(|&(other, _)| other != part),
            );
            neighbours.push(links.labels.iter().map(|&other| (other, links.of(other))).collect());
        }
        Self { neighbours, strengths, ends: self.ends }
    }
}

fn shuffled(nodes: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..nodes).collect();
    order.shuffle(rng);
    order
}

/// Edges from one node to each label, reusable without clearing the whole table.
struct LinkCounts {
    counts: Vec<i64>,
    /// Labels met, in order of first occurrence.
    labels: Vec<usize>,
}

impl LinkCounts {
    fn new(labels: usize) -> Self {
        Self { counts: vec![0; labels], labels: Vec::new() }
    }

    fn collect(&mut self, links: impl Iterator<Item = (usize, i64)>) {
        for label in self.labels.drain(..) {
            self.counts[label] = 0;
        }
        for (label, weight) in links {
            if self.counts[label] == 0 {
                self.labels.push(label);
            }
            self.counts[label] += weight;
        }
    }

    fn of(&self, label: usize) -> i64 {
        self.counts[label]
    }
}
