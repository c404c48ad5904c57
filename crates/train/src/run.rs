//! `train run`.

use std::path::PathBuf;

use artifact::{Decision, Draft, Recipe};
use clap::Args;
use config::Arm;
use stage::{RunArguments, Session};

use crate::{
    plan::{self, PlannedRuns},
    priors::FieldPriors,
    scheduler::{self, Job},
    shard::{Shard, deal},
    signal::stop_on_signal,
    store::Store,
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

/// One field with its finished runs.
struct OpenField {
    priors: FieldPriors,
    store: Store,
}

/// One arm of one field, and whether it has to be made.
struct PlannedArm<'a> {
    place: PathBuf,
    recipe: Recipe,
    decision: Decision,
    field: &'a OpenField,
    arm: Arm,
    runs: PlannedRuns,
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
    let fields = open_fields(&mut session, shard)?;
    let arms = planned_arms(&mut session, &fields, shard)?;
    let share = share(&session, &arms, shard);
    let jobs = jobs(&session, &share)?;
    if let Some(Shard { number, of }) = shard {
        let (share, jobs) = (share.len(), jobs.len());
        session.console.say(format!("train: shard {number}/{of} has {share} runs, {jobs} to train"));
    }
    if session.dry_run {
        session.console.result(format!("train: would train {} runs", jobs.len()));
        return session.finish();
    }
    let trained = scheduler::train_all(&session, jobs, &stop);
    for field in share.chunk_by(|(one, _), (other, _)| one.is_beside(other)) {
        let runs: Vec<_> = field.iter().map(|(_, job)| job.run).collect();
        field[0].0.field.store.pack(session.study.seed, &runs)?;
    }
    trained?;
    if shard.is_none() {
        arms.chunk_by(PlannedArm::is_beside).try_for_each(|arms| assemble(&session, arms))?;
    }
    session.finish()
}

/// Opens every field; for a shard, which may need few of them, by its manifest.
fn open_fields(session: &mut Session, shard: Option<Shard>) -> anyhow::Result<Vec<OpenField>> {
    let mut opened = Vec::new();
    for field in session.ingested_fields()? {
        let priors = match shard {
            Some(_) => FieldPriors::listed(session, &field),
            None => FieldPriors::open(session, &field),
        };
        match priors {
            Ok(priors) => {
                let store = Store::open(session, &priors)?;
                opened.push(OpenField { priors, store });
            }
            Err(error) => session.would_make(&session.place(["train", field.as_str()]), error)?,
        }
    }
    Ok(opened)
}

/// Lists every arm of every field with its runs. A shard, which makes no arm, leaves their files unread.
fn planned_arms<'a>(
    session: &mut Session,
    fields: &'a [OpenField],
    shard: Option<Shard>,
) -> anyhow::Result<Vec<PlannedArm<'a>>> {
    let mut arms = Vec::new();
    for field in fields {
        for arm in session.study.arms.clone() {
            let place = session.place(["train", field.priors.field.as_str(), &arm.name]);
            let runs = plan::runs(session.study.seed, &field.priors, &arm)?;
            let recipe = plan::arm_recipe(session.study.seed, &arm, &runs)?;
            let decision = match shard {
                Some(_) => recipe.decide_by_manifest(&place)?,
                None => session.decide(&place, &recipe)?,
            };
            arms.push(PlannedArm { place, recipe, decision, field, arm, runs });
        }
    }
    Ok(arms)
}

/// The runs of the shard, or all.
fn share<'a>(
    session: &Session,
    arms: &'a [PlannedArm<'a>],
    shard: Option<Shard>,
) -> Vec<(&'a PlannedArm<'a>, Job<'a>)> {
    let mut dealt: Vec<_> = arms.iter().flat_map(|arm| arm.jobs().map(move |job| (arm, job))).collect();
    if let Some(shard) = shard {
        let costs: Vec<u64> = dealt.iter().map(|(_, job)| job.cost()).collect();
        let mut numbers = deal(&costs, shard.of).into_iter();
        dealt.retain(|_| numbers.next() == Some(shard.number));
    } else {
        for arm in arms {
            arm.tell(session);
        }
    }
    dealt
}

/// The runs to train: those that an arm lacks.
fn jobs<'a>(session: &Session, share: &[(&PlannedArm<'_>, Job<'a>)]) -> anyhow::Result<Vec<Job<'a>>> {
    let mut jobs = Vec::new();
    for (arm, job) in share {
        if session.forced() || !arm.is_up_to_date() && !job.is_finished()? {
            jobs.push(*job);
        }
    }
    Ok(jobs)
}

/// Makes the arms of a field from its finished runs, unless they are up to date or another process has made them meanwhile.
fn assemble(session: &Session, arms: &[PlannedArm<'_>]) -> anyhow::Result<()> {
    let mut missing = arms.iter().filter(|arm| !arm.is_up_to_date()).peekable();
    let Some(OpenField { priors, store }) = missing.peek().map(|arm| arm.field) else { return Ok(()) };
    // Packing would move the runs that an arm is made from.
    let _packing = store.lock()?;
    let store = Store::open(session, priors)?;
    missing.try_for_each(|arm| arm.assemble(session, &store))
}

impl PlannedArm<'_> {
    fn is_up_to_date(&self) -> bool {
        self.decision == Decision::UpToDate
    }

    /// Whether both are of one field.
    fn is_beside(&self, other: &Self) -> bool {
        self.field.priors.field == other.field.priors.field
    }

    fn jobs(&self) -> impl Iterator<Item = Job<'_>> {
        let OpenField { priors, store } = self.field;
        self.runs.runs.iter().map(|run| Job { priors, store, arm: &self.arm, run })
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

    fn assemble(&self, session: &Session, store: &Store) -> anyhow::Result<()> {
        let _lock = session.lock(&self.place)?;
        let runs = &self.runs.runs;
        if session.forced() || self.recipe.decide(&self.place)? != Decision::UpToDate {
            let mut draft = Draft::begin(&self.place)?;
            store.assemble(&mut draft, runs, |key| self.arm.train.keeps_weights(key.simulation))?;
            draft.commit(&self.recipe)?;
        }
        session.console.say(format!("train: {} holds {} runs", self.place.display(), runs.len()));
        Ok(())
    }
}
