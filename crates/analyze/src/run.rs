//! `analyze run`.

use artifact::{Decision, Draft};
use stage::{Console, RunArguments, Session};

use crate::{
    ArmResults, OpenArm, measure_runs, metrics_table,
    nulls::{self, NullsByNodes},
    report::{Provenance, report, words::counted},
    statistics, statistics_table,
};

/// Measures every run of the study, summarises them, and writes the report: `analyze/`.
///
/// # Errors
/// Wrong configuration, missing or damaged runs, a failing disk.
pub fn run(arguments: RunArguments) -> anyhow::Result<()> {
    let mut session = Session::open("analyze", arguments)?;
    let place = session.place(["analyze"]);
    let arms = match open_arms(&mut session) {
        Ok(arms) => arms,
        Err(error) => return session.would_make(&place, error),
    };
    let provenance = Provenance::gather(&mut session, &arms)?;
    let recipe = provenance.recipe(&arms);
    let nulls = match session.decide(&place, &recipe)? {
        Decision::Make(_) => nulls::published(&mut session, arms.iter().flat_map(|arm| arm.units.clone()))?,
        Decision::UpToDate => NullsByNodes::new(),
    };
    let console = session.console;
    session.produce(&place, &recipe, |draft| fill(draft, arms, &nulls, &provenance, console))?;
    session.finish()
}

fn open_arms(session: &mut Session) -> anyhow::Result<Vec<OpenArm>> {
    let mut arms = Vec::new();
    for field in session.ingested_fields()? {
        for arm in session.study.arms.clone() {
            arms.push(OpenArm::open(session, &field, &arm)?);
        }
    }
    Ok(arms)
}

fn fill(
    draft: &mut Draft,
    arms: Vec<OpenArm>,
    nulls: &NullsByNodes,
    provenance: &Provenance,
    console: Console,
) -> anyhow::Result<()> {
    let progress = console.progress(arms.len(), "analyze");
    let mut results = Vec::new();
    for arm in arms {
        for note in &arm.notes {
            console.say(format!("analyze: note: {note}"));
            draft.note(note);
        }
        let measured = measure_runs(arm, nulls)?;
        progress.advance(&format!(
            "measured {} runs of {}/{}",
            measured.runs.len(),
            measured.field,
            measured.arm.name
        ));
        results.push(measured);
    }
    progress.finish();
    draft.table("metrics.parquet", &metrics_table(results.iter().flat_map(|arm| &arm.runs)))?;
    draft.table("statistics.parquet", &statistics_table(&statistics(&results)))?;
    let report = report(&results, provenance);
    draft.bytes("report.html", report.page.as_bytes())?;
    for (name, image) in &report.figures {
        draft.bytes(&format!("figures/{name}.svg"), image.as_bytes())?;
    }
    let runs: usize = results.iter().map(|arm| arm.runs.len()).sum();
    let diverged: usize = results.iter().map(ArmResults::diverged).sum();
    let figures = counted(report.figures.len(), "figure");
    console.result(format!("{}, {diverged} diverged, {figures}", counted(runs, "run")));
    Ok(())
}
