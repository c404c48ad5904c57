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
mod graph_metrics;
mod groups;
mod learning;
mod legend;
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
/// What the disk refuses.
pub fn report(
    draft: &mut Draft,
    arms: &[ArmResults],
    claims: &Claims,
    verdicts: &[Verdict],
    priors: &[FieldPriors],
    provenance: &Provenance,
) -> Result<usize, ArtifactError> {
    let overviews = overview::Overview::of_fields(arms, claims.minimum_runs);
    let sections: Vec<page::Section<'_>> = arms.iter().map(page::Section::of).collect();
    let mut figures = 0;
    let mut write = |figure: &figure::Figure| {
        figures += 1;
        figure.write(draft)
    };
    overviews.iter().flat_map(overview::Overview::figures).try_for_each(&mut write)?;
    sections.iter().flat_map(page::Section::figures).try_for_each(&mut write)?;
    let priors = priors.iter().map(|field| priors::PriorsSection::write(field, &mut write));
    let priors: Vec<priors::PriorsSection> = priors.collect::<Result<_, _>>()?;
    let page = page::page(&overviews, &sections, verdicts, &priors, provenance).into_string();
    draft.bytes("report.html", page.as_bytes())?;
    Ok(figures)
}
