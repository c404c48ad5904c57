//! `train plan`.

use artifact::{Artifact, Decision, Kind};
use cortex::RunKey;
use stage::{RunArguments, Session};

use crate::{
    plan::{self, PlannedRun},
    priors::FieldPriors,
    store,
};

/// Prints every run of the study with its state.
///
/// # Errors
/// Wrong configuration, missing or damaged priors.
pub fn plan(arguments: RunArguments) -> anyhow::Result<()> {
    let mut session = Session::open("train", arguments)?;
    session.console.result(format!(
        "{:<12} {:<12} {:<21} {:<10} {:>4}  state",
        "field", "arm", "task", "variant", "sim"
    ));
    for field in session.ingested_fields()? {
        let priors = FieldPriors::open(&mut session, &field)?;
        for arm in &session.study.arms {
            for run in plan::runs(&session, &priors, arm)? {
                let RunKey { field, arm, task, variant, simulation } = &run.key;
                let state = state(&run)?;
                session.console.result(format!(
                    "{field:<12} {arm:<12} {task:<21} {variant:<10} {simulation:>4}  {state}"
                ));
            }
        }
    }
    Ok(())
}

/// The state of a run: done, diverged, to do, or stale where only other settings have been trained.
fn state(run: &PlannedRun) -> anyhow::Result<&'static str> {
    if run.recipe.decide(&run.place)? == Decision::UpToDate {
        return Ok(store::record(&Artifact::open(&run.place, Kind::Run)?)?.status.name());
    }
    let stem = run.place.file_name().unwrap_or_default().to_string_lossy();
    let stem = stem.rsplit_once('-').map_or("", |(stem, _)| stem);
    let siblings = run.place.parent().and_then(|folder| std::fs::read_dir(folder).ok());
    let stale = siblings.into_iter().flatten().flatten().any(|entry| {
        entry.file_name().to_string_lossy().rsplit_once('-').is_some_and(|(other, _)| other == stem)
    });
    Ok(if stale { "stale" } else { "to do" })
}
