//! The priors of a field: pictures that tell what each of them is.

mod distances;
mod eigenvalues;
mod matrices;
mod positions;
mod weights;

use artifact::ArtifactError;
use cortex::FieldName;
use maud::{Markup, html};

use crate::{
    FieldPriors,
    report::{gallery::Gallery, neuron_order::NeuronOrder, words},
};

/// What the page says of the priors of one field.
pub(crate) struct PriorsSection {
    /// Where on the page it is.
    pub(crate) name: String,
    pub(crate) field: FieldName,
    pub(crate) markup: Markup,
}

impl PriorsSection {
    /// Shows the priors of a field; the figures are as large as the field's matrices and are not kept.
    ///
    /// # Errors
    /// What the disk refuses.
    pub(crate) fn of(
        priors: &FieldPriors,
        order: &NeuronOrder,
        gallery: &mut Gallery<'_>,
    ) -> Result<Self, ArtifactError> {
        let name = format!("{}.priors", priors.name);
        let figures = [
            ("Where neurons sit", positions::figure(priors, order, &name)),
            ("What distance tells", distances::figure(priors, &name)),
            ("Measures", matrices::figure(priors, order, &name)),
            ("Initial weights", matrices::initial_figure(priors, order, &name)),
            ("How large the weights are", weights::figure(priors, &name)),
            ("Eigenvalues", eigenvalues::figure(priors, &name)),
        ];
        let shown = || figures.iter().filter(|(_, figure)| !figure.panels.is_empty());
        shown().try_for_each(|(_, figure)| gallery.add(figure))?;
        let markup = html! {
            section id=(name) {
                h2 { "Priors of field " (priors.name) }
                p {
                    (words::counted(priors.neurons(), "neuron")) ", "
                    (words::counted(priors.connections.len(), "connection")) ", "
                    @if priors.events == 0 {
                        "no event times: the released functional measures are used. "
                    } @else { (words::counted(priors.events, "event")) ". " }
                    (order.sentence())
                }
                @for (title, figure) in shown() {
                    h3 { (title) }
                    (figure.on_page(&gallery.page))
                }
            }
        };
        Ok(Self { name, field: priors.name.clone(), markup })
    }
}
