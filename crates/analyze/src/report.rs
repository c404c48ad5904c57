//! The report of a study: one page that needs nothing but itself, and its figures as files.
//!
//! Markup is written with maud; charts are SVG that takes its colours from the page's style, which follows
//! the reader's light or dark theme. A figure is made from a table: its SVG file has the same marks in fixed light colours, so that it
//! renders anywhere, and its Parquet file the table. Equal studies give equal bytes.

mod accuracy;
mod claims;
mod description;
mod diverged;
mod dot_plot;
mod figure;
mod gallery;
mod graph_metrics;
mod groups;
mod heat_map;
mod learning;
mod legend;
mod networks;
mod neuron_order;
mod overview;
mod page;
mod priors;
mod provenance;
mod scale;
mod scroll;
mod style;
pub(crate) mod words;

pub use provenance::Provenance;

use artifact::{ArtifactError, Draft};

use crate::{ArmResults, Claims, FieldPriors, Verdict};

/// Writes the report of measured arms, of what they say of the claims, and of the priors behind them: `report.html` and
/// every figure as `figures/NAME.svg` and `figures/NAME.parquet`. Returns the number of figures.
///
/// # Errors
/// A damaged file of weights, or what the disk refuses.
pub fn report(
    draft: &mut Draft,
    arms: &[ArmResults],
    claims: &Claims,
    verdicts: &[Verdict],
    priors: &[FieldPriors],
    provenance: &Provenance,
) -> Result<usize, ArtifactError> {
    let mut gallery = gallery::Gallery::new(draft);
    let overviews = overview::Overview::of_fields(arms, claims.minimum_runs);
    overviews.iter().try_for_each(|overview| gallery.add(&overview.figure))?;
    let mut sections: Vec<page::Section<'_>> = arms.iter().map(page::Section::of).collect();
    page::Section::add_figures(&sections, &mut gallery)?;
    let fields: Vec<_> = priors.iter().map(|field| (field, neuron_order::NeuronOrder::of(field))).collect();
    let shown = fields.iter().map(|(field, order)| priors::PriorsSection::of(field, order, &mut gallery));
    let priors_sections: Vec<priors::PriorsSection> = shown.collect::<Result<_, _>>()?;
    sections.iter_mut().try_for_each(|section| section.add_networks(&fields, &mut gallery))?;
    let page = page::page(&overviews, &sections, verdicts, &priors_sections, provenance, &gallery.page);
    gallery.draft.bytes("report.html", page.into_string().as_bytes())?;
    Ok(gallery.count)
}
