//! The priors of a field: pictures that tell what each of them is.

mod colours;
mod distances;
mod eigenvalues;
mod heat_map;
mod image;
mod matrices;
mod order;
mod positions;
mod weights;

use maud::{Markup, html};

use crate::{
    FieldPriors,
    report::{figure::Figure, words},
};
use order::NeuronOrder;

/// What the page says of the priors of one field.
pub(crate) struct PriorsSection<'a> {
    priors: &'a FieldPriors,
    order: NeuronOrder,
    name: String,
    matrices: Figure,
    positions: Figure,
    distances: Figure,
    initial: Figure,
    weights: Figure,
    eigenvalues: Figure,
}

impl<'a> PriorsSection<'a> {
    pub(crate) fn of(priors: &'a FieldPriors) -> Self {
        let order = NeuronOrder::of(priors);
        let name = format!("{}.priors", priors.name);
        Self {
            matrices: matrices::figure(priors, &order, &name),
            positions: positions::figure(priors, &order, &name),
            distances: distances::figure(priors, &name),
            initial: matrices::initial_figure(priors, &order, &name),
            weights: weights::figure(priors, &name),
            eigenvalues: eigenvalues::figure(priors, &name),
            priors,
            order,
            name,
        }
    }

    /// Its figures that have something to show, in the order of the page.
    pub(crate) fn figures(&self) -> impl Iterator<Item = &Figure> {
        let all = [
            &self.positions,
            &self.distances,
            &self.matrices,
            &self.initial,
            &self.weights,
            &self.eigenvalues,
        ];
        all.into_iter().filter(|figure| !figure.panels.is_empty())
    }

    pub(crate) fn markup(&self) -> Markup {
        let priors = self.priors;
        html! {
            section id=(self.name) {
                h2 { "Priors of field " (priors.name) }
                p {
                    (words::counted(priors.neurons(), "neuron")) ", "
                    (words::counted(priors.connections.len(), "connection")) ", "
                    @if priors.events == 0 {
                        "no event times: the released functional measures are used. "
                    } @else { (words::counted(priors.events, "event")) ". " }
                    (self.order.sentence())
                }
                @for (title, figure) in [
                    ("Where neurons sit", &self.positions),
                    ("What distance tells", &self.distances),
                    ("Measures", &self.matrices),
                    ("Initial weights", &self.initial),
                    ("How large the weights are", &self.weights),
                    ("Eigenvalues", &self.eigenvalues),
                ] {
                    @if !figure.panels.is_empty() {
                        h3 { (title) }
                        (figure.on_page())
                    }
                }
            }
        }
    }
}
