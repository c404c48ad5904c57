//! `train run`.

use std::path::PathBuf;

use artifact::{Decision, Draft, Recipe};
use clap::Args;
use config::Arm;
use stage::{RunArguments, Session};

use crate::{
    plan::{self, PlannedRun},
    priors::FieldPriors,
    scheduler::{self, Job},
    shard::{Shard, deal},
    signal::stop_on_signal,
    store,
};

/// Arguments of `train run`.
#[derive(Args, Clone, Debug)]
pub struct TrainArguments {
    #[command(flatten)]
    run: RunArguments,
    /// Train one of N shares of the runs alone, I from 1 to N; `train run` without it assembles what all of them trained. In
    /// a Slurm array of tasks 1-N this is "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"
    #[arg(long, value_name = "I/N")]
    shard: Option<String>,
}

/// One arm of one field, and whether it has to be made.
struct PlannedArm<'a> {
    place: PathBuf,
    recipe: Recipe,
    decision: Decision,
    priors: &'a FieldPriors,
    arm: Arm,
    runs: Vec<PlannedRun>,
}

/// Trains every run of the study, or of one shard of it, that is not done; then, unless for a shard, assembles the arms.
///
/// Several processes may do so at once over the same artifacts: each run is trained by one of them.
///
/// # Errors
/// Wrong configuration, missing or damaged priors, a failing disk; [`stage::Stopped`] if a signal interrupted it.
pub fn run(arguments: TrainArguments) -> anyhow::Result<()> {
    let shard: Option<Shard> = arguments.shard.as_deref().map(str::parse).transpose()?;
    let mut session = Session::open("train", arguments.run)?;
    let stop = stop_on_signal()?;
    let priors = priors(&mut session)?;
    let arms = planned_arms(&mut session, &priors)?;
    let jobs = jobs(&session, &arms, shard)?;
    if session.dry_run {
        session.console.result(format!("train: would train {} runs", jobs.len()));
        return session.finish();
    }
    scheduler::train_all(&session, jobs, &stop)?;
    if shard.is_none() {
        arms.iter().try_for_each(|arm| arm.assemble(&session))?;
    }
    session.finish()
}

/// Opens the priors of every field.
fn priors(session: &mut Session) -> anyhow::Result<Vec<FieldPriors>> {
    let mut opened = Vec::new();
    for field in session.ingested_fields()? {
        match FieldPriors::open(session, &field) {
            Ok(priors) => opened.push(priors),
            Err(error) => session.would_make(&session.place(["train", field.as_str()]), error)?,
        }
    }
    Ok(opened)
}

/// Lists every arm of every field with its runs.
fn planned_arms<'a>(session: &mut Session, priors: &'a [FieldPriors]) -> anyhow::Result<Vec<PlannedArm<'a>>> {
    let mut arms = Vec::new();
    for priors in priors {
        for arm in session.study.arms.clone() {
            let place = session.place(["train", priors.field.as_str(), &arm.name]);
            let runs = plan::runs(session, priors, &arm)?;
            let recipe = plan::arm_recipe(session.study.seed, &arm, &runs)?;
            let decision = session.decide(&place, &recipe)?;
            arms.push(PlannedArm { place, recipe, decision, priors, arm, runs });
        }
    }
    Ok(arms)
}

/// The runs to train: those of the shard, or all, that an arm lacks.
fn jobs<'a>(
    session: &Session,
    arms: &'a [PlannedArm<'a>],
    shard: Option<Shard>,
) -> anyhow::Result<Vec<Job<'a>>> {
    let mut dealt = arms.iter().flat_map(|arm| arm.jobs().map(move |job| (arm, job))).collect::<Vec<_>>();
    if let Some(shard) = shard {
        let costs: Vec<u64> = dealt.iter().map(|(_, job)| job.cost()).collect();
        let mut numbers = deal(&costs, shard.of).into_iter();
        dealt.retain(|_| numbers.next() == Some(shard.number));
    } else {
        for arm in arms {
            arm.tell(session);
        }
    }
    let (share, mut jobs) = (dealt.len(), Vec::new());
    for (arm, job) in dealt {
        if session.forced()
            || !arm.is_up_to_date() && job.run.recipe.decide(&job.run.place)? != Decision::UpToDate
        {
            jobs.push(job);
        }
    }
    if let Some(Shard { number, of }) = shard {
        session.console.say(format!("train: shard {number}/{of} has {share} runs, {} to train", jobs.len()));
    }
    Ok(jobs)
}

impl PlannedArm<'_> {
    fn is_up_to_date(&self) -> bool {
        self.decision == Decision::UpToDate
    }

    fn jobs(&self) -> impl Iterator<Item = Job<'_>> {
        self.runs.iter().map(|run| Job { priors: self.priors, arm: &self.arm, run })
    }

    /// Says whether the arm has to be made, and why.
    fn tell(&self, session: &Session) {
        let place = self.place.display();
        match &self.decision {
            Decision::UpToDate => session.console.say(format!("train: {place} is up to date")),
            Decision::Make(reason) if session.dry_run => {
                session.console.result(format!("train: would make {place}: {reason}"));
            }
            Decision::Make(reason) => session.console.say(format!("train: making {place}: {reason}")),
        }
    }

    /// Makes the arm from its finished runs, unless it is up to date or another process has made it meanwhile.
    fn assemble(&self, session: &Session) -> anyhow::Result<()> {
        if self.is_up_to_date() {
            return Ok(());
        }
        let _lock = session.lock(&self.place)?;
        if session.forced() || self.recipe.decide(&self.place)? != Decision::UpToDate {
            let mut draft = Draft::begin(&self.place)?;
            store::assemble(&mut draft, &self.runs)?;
            draft.commit(&self.recipe)?;
        }
        session.console.say(format!("train: {} holds {} runs", self.place.display(), self.runs.len()));
        Ok(())
    }
}
