//! The report of a study: one page that needs nothing but itself, and its figures as files.
//!
//! Markup is written with maud; charts are SVG that takes its colours from the page's style, which follows
//! the reader's light or dark theme. A figure's file has the same marks in fixed light colours, so that it
//! renders anywhere. Equal studies give equal bytes.

mod accuracy;
mod claims;
mod diverged;
mod dot_plot;
mod figure;
mod graph_metrics;
mod groups;
mod learning;
mod legend;
mod overview;
mod page;
mod priors;
mod provenance;
mod scale;
mod style;
pub(crate) mod words;

pub use provenance::Provenance;

use crate::{ArmResults, FieldPriors, Verdict};

/// A report in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// `report.html`.
    pub page: String,
    /// Name and SVG text of every figure, in the order of the page.
    pub figures: Vec<(String, String)>,
}

/// Writes the report of measured arms, of what they say of the claims, and of the priors behind them.
pub fn report(
    arms: &[ArmResults],
    verdicts: &[Verdict],
    priors: &[FieldPriors],
    provenance: &Provenance,
) -> Report {
    let sections: Vec<page::Section<'_>> = arms.iter().map(page::Section::of).collect();
    let priors: Vec<priors::PriorsSection<'_>> = priors.iter().map(priors::PriorsSection::of).collect();
    let page = page::page(&sections, verdicts, &priors, provenance).into_string();
    let of_priors = priors.iter().flat_map(priors::PriorsSection::figures);
    let figures = sections.iter().flat_map(page::Section::figures).chain(of_priors);
    Report { page, figures: figures.map(|figure| (figure.name.clone(), figure.standalone())).collect() }
}
