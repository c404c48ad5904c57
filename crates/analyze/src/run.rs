//! `analyze run`.

use anyhow::Context;
use artifact::{Decision, Draft};
use stage::{Console, RunArguments, Session};

use crate::{
    ArmResults, Claims, FieldContext, FieldPriors, MeasuredArm, OpenArm, Remembered, claims, contrasts,
    contrasts_table, measure_runs, metrics_table,
    nulls::NullStore,
    omnibus, omnibus_table,
    report::{
        Provenance, report,
        words::{counted, grouped},
    },
    summaries, summaries_table,
};

/// Measures every run of the study, summarises and compares them, judges its claims, and writes the report: `analyze/`.
///
/// # Errors
/// Wrong configuration or claims, missing or damaged runs, a failing disk.
pub fn run(arguments: RunArguments) -> anyhow::Result<()> {
    let mut session = Session::open("analyze", arguments)?;
    let claims = read_claims(&mut session)?;
    let place = session.place(["analyze"]);
    let arms = match open_arms(&mut session) {
        Ok(arms) => arms,
        Err(error) => return session.would_make(&place, error),
    };
    let provenance = Provenance::gather(&mut session, &arms)?;
    let recipe = provenance.recipe(&arms);
    let measured = match session.decide(&place, &recipe)? {
        Decision::Make(_) if !session.dry_run => {
            let priors = field_priors(&mut session, &arms)?;
            let remembered =
                if session.forced() { Remembered::default() } else { Remembered::open(&place, &recipe) };
            Some((measure(&mut session, arms, &remembered)?, priors))
        }
        _ => None,
    };
    let (console, seed) = (session.console, session.study.seed);
    session.produce(&place, &recipe, |draft| {
        let ((results, notes), priors) =
            measured.with_context(|| format!("{} changed meanwhile; run again", place.display()))?;
        for note in notes {
            draft.note(note);
        }
        fill(draft, &results, &priors, &claims, &provenance, seed, console)
    })?;
    session.finish()
}

/// The claims that the configuration names, or those of the study.
fn read_claims(session: &mut Session) -> anyhow::Result<Claims> {
    let Some(file) = session.study.claims.clone() else { return Ok(Claims::embedded()?) };
    session.depends_on(file.path.clone());
    Ok(Claims::parse(&file.path.display().to_string(), &file.text)?)
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

/// Measures all arms; what was odd in them comes beside.
fn measure(
    session: &mut Session,
    arms: Vec<OpenArm>,
    remembered: &Remembered,
) -> anyhow::Result<(Vec<ArmResults>, Vec<String>)> {
    let (console, mut notes) = (session.console, Vec::new());
    let progress = console.progress(arms.len(), "analyze");
    let mut measured = Vec::new();
    let mut context = (None, FieldContext::default());
    for arm in arms {
        if context.0.as_ref() != Some(&arm.field) {
            context = (Some(arm.field.clone()), FieldContext::open(session, &arm.field)?);
        }
        if !context.1.is_empty() && arm.units.iter().flatten().any(|&units| units != context.1.units) {
            let name = format!("{}/{}", arm.field, arm.arm.name);
            notes.push(format!(
                "{name} has networks of another size than the {} neurons of its field, so no correlations with it; `train \
                 run` brings it up to date",
                context.1.units
            ));
        }
        notes.extend(arm.notes.iter().cloned());
        let (name, runs) = (format!("{}/{}", arm.field, arm.arm.name), arm.runs.len());
        let arm = measure_runs(arm, &context.1, remembered)?;
        let known = match arm.known() {
            0 => String::new(),
            known => format!(", {} known from the last analysis", grouped(known)),
        };
        progress.advance(&format!("measured {} of {name}{known}", counted(runs - arm.known(), "run")));
        measured.push(arm);
    }
    progress.finish();
    for note in &notes {
        console.say(format!("analyze: note: {note}"));
    }
    let nulls = NullStore::of(session).nulls(measured.iter().flat_map(MeasuredArm::graphs))?;
    Ok((measured.into_iter().map(|arm| arm.results(&nulls)).collect(), notes))
}

/// The priors of every field that are at hand.
fn field_priors(session: &mut Session, arms: &[OpenArm]) -> anyhow::Result<Vec<FieldPriors>> {
    let mut fields: Vec<_> = arms.iter().map(|arm| arm.field.clone()).collect();
    fields.dedup();
    let mut priors = Vec::new();
    for field in &fields {
        priors.extend(FieldPriors::open(session, field, arms)?);
    }
    Ok(priors)
}

fn fill(
    draft: &mut Draft,
    results: &[ArmResults],
    priors: &[FieldPriors],
    claims: &Claims,
    provenance: &Provenance,
    seed: u64,
    console: Console,
) -> anyhow::Result<()> {
    draft.table("metrics.parquet", &metrics_table(results.iter().flat_map(|arm| &arm.runs)))?;
    draft.table("statistics.parquet", &summaries_table(&summaries(results, seed)))?;
    draft.table("contrasts.parquet", &contrasts_table(&contrasts(results)))?;
    draft.table("omnibus.parquet", &omnibus_table(&omnibus(results)))?;
    let verdicts = claims::judge(claims, results, seed);
    draft.table("claims.parquet", &claims::claims_table(&verdicts))?;
    let figures = report(draft, results, claims, &verdicts, priors, provenance)?;
    let runs: usize = results.iter().map(|arm| arm.runs.len()).sum();
    let diverged: usize = results.iter().map(ArmResults::diverged).sum();
    let figures = counted(figures, "figure");
    console.result(format!("{}, {diverged} diverged, {figures}", counted(runs, "run")));
    Ok(())
}
