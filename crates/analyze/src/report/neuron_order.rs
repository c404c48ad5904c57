use graph::{Graph, STRONGEST_QUANTILE, WeightMatrix, leiden_communities};

use crate::{FieldPriors, report::words};

/// Communities that get a colour of their own; the smaller ones share the last.
pub(crate) const COLOURED: usize = 5;

/// The order in which neurons stand in every matrix of a field: by community, then by depth.
#[derive(Clone)]
pub(crate) struct NeuronOrder {
    /// Neurons in order.
    neurons: Vec<usize>,
    /// Members of each coloured community, and of the rest, in order.
    groups: Vec<usize>,
    /// How many communities there are.
    communities: usize,
}

impl NeuronOrder {
    /// Groups neurons by the Leiden communities of the strongest tenth of correlations, the largest first; within one they
    /// stand by depth (y).
    pub(crate) fn of(priors: &FieldPriors) -> Self {
        let count = priors.neurons();
        let all = || vec![(0..count).collect::<Vec<usize>>()];
        let mut communities = priors
            .matrix("correlation")
            .and_then(|correlation| WeightMatrix::new(correlation, count).ok())
            .and_then(|weights| Graph::strongest(weights, STRONGEST_QUANTILE).ok())
            .map_or_else(all, |graph| leiden_communities(&graph, 1));
        let depth = |&a: &usize, &b: &usize| {
            priors.positions_um[a][1].total_cmp(&priors.positions_um[b][1]).then(a.cmp(&b))
        };
        let mut groups: Vec<usize> = communities.iter().take(COLOURED).map(Vec::len).collect();
        groups.push(communities.iter().skip(COLOURED).map(Vec::len).sum());
        groups.retain(|&members| members > 0);
        for community in &mut communities {
            community.sort_by(depth);
        }
        let found = communities.len();
        Self { neurons: communities.into_iter().flatten().collect(), groups, communities: found }
    }

    /// The order in which matrices are stored, of unknown communities.
    pub(crate) fn as_stored(neurons: usize) -> Self {
        Self { neurons: (0..neurons).collect(), groups: Vec::new(), communities: 0 }
    }

    /// Neurons in order.
    pub(crate) fn neurons(&self) -> &[usize] {
        &self.neurons
    }

    /// Every coloured community: its neurons, in order.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &[usize]> {
        let mut rest = &self.neurons[..];
        self.groups.iter().map(move |&members| {
            let (group, after) = rest.split_at(members);
            rest = after;
            group
        })
    }

    /// Says what the order is.
    pub(crate) fn sentence(&self) -> String {
        let shared = if self.communities > COLOURED { ", the smaller ones in one" } else { "" };
        format!(
            "In every matrix, neurons stand in one order: by community ({} of the strongest tenth of correlations, found by \
             Leiden; shown in colour{shared}), and within it by depth.",
            words::counted(self.communities, "community")
        )
    }
}
