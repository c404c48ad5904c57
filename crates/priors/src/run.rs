//! `priors run`.

use std::{rc::Rc, time::Instant};

use anyhow::Context;
use artifact::{Artifact, Draft, Kind, Tensors, read_field};
use config::Study;
use cortex::{Field, FieldName, FunctionalFactor};
use faer::Mat;
use numerics::{Connectome, ZeroStrength, to_row_major};
use rayon::prelude::*;
use stage::{Console, Made, RunArguments, Session};

use crate::{
    Distances, EventTrains, FunctionalMeasures, PriorsError, factor_product, flat_axes, functional_weights,
    grid_shape, lognormal, recipe::recipe,
};

const RELEASED: &str = "released.safetensors";

/// Makes the priors of every field of the study: `priors/FIELD/`.
///
/// # Errors
/// Whatever stops a field, named; the fields before it keep what was made.
pub fn run(arguments: RunArguments) -> anyhow::Result<()> {
    let mut session = Session::open("priors", arguments)?;
    for field in session.ingested_fields()? {
        priors_of(&mut session, &field).with_context(|| format!("field {field}"))?;
    }
    session.finish()
}

fn priors_of(session: &mut Session, name: &FieldName) -> anyhow::Result<()> {
    let place = session.place(["priors", name.as_str()]);
    let ingested = match session.input(&session.place(["ingest", name.as_str()]), Kind::Field) {
        Ok(ingested) => ingested,
        Err(error) => return session.would_make(&place, error),
    };
    let (study, console) = (session.study.clone(), session.console);
    let recipe = recipe(&study, name, &ingested);
    let made = session.produce(&place, &recipe, |draft| fill(draft, &study, name, &ingested, console))?;
    if let Made::New(manifest) = made {
        manifest.notes.iter().for_each(|note| console.say(format!("{name}: note: {note}")));
    }
    Ok(())
}

/// Computes and writes everything about one field.
fn fill(
    draft: &mut Draft,
    study: &Study,
    name: &FieldName,
    ingested: &Artifact,
    console: Console,
) -> anyhow::Result<()> {
    let field = read_field(ingested, name)?;
    let neurons = field.neurons.len();
    let mut measures = functional_measures(&field, ingested)?;
    let mut priors = Tensors::new();
    for factor in [FunctionalFactor::Correlation, FunctionalFactor::Sttc, FunctionalFactor::Precision] {
        let measure = measures.measure(factor, &study.priors)?;
        priors.insert_f64(factor.name(), &[neurons, neurons], to_row_major(measure.as_ref().as_ref()));
    }
    add_distances(draft, &mut priors, &field, study)?;
    add_communicability(draft, &mut priors, &field)?;
    draft.tensors("priors.safetensors", &priors)?;
    write_initial_weights(draft, study, &field, &mut measures, console)?;
    for note in measures.notes() {
        draft.note(note);
    }
    for (part, seconds) in measures.seconds() {
        draft.time(*part, *seconds);
    }
    Ok(())
}

fn functional_measures(field: &Field, ingested: &Artifact) -> anyhow::Result<FunctionalMeasures> {
    if !field.events.is_empty() {
        return Ok(FunctionalMeasures::of_events(EventTrains::new(field.event_trains())?));
    }
    if !ingested.has(RELEASED) {
        return Err(PriorsError::NoFunction.into());
    }
    Ok(FunctionalMeasures::released(&ingested.tensors(RELEASED)?, field.neurons.len())?)
}

fn add_distances(
    draft: &mut Draft,
    priors: &mut Tensors,
    field: &Field,
    study: &Study,
) -> anyhow::Result<()> {
    let started = Instant::now();
    let neurons = field.neurons.len();
    let set = study.priors.grid.get(&field.name).copied();
    let shape = grid_shape(neurons, set)?;
    if set.is_none() {
        draft.note(format!("no grid shape is set: {neurons} neurons are factorised as {shape:?}"));
    }
    for axis in flat_axes(field) {
        draft.note(format!("all neurons have the same {axis}: it adds nothing to measured distances"));
    }
    for (name, distance) in Distances::of(field, shape)?.named() {
        priors.insert_f64(name, &[neurons, neurons], to_row_major(distance.as_ref()));
    }
    draft.time("distances", started.elapsed().as_secs_f64());
    Ok(())
}

fn add_communicability(draft: &mut Draft, priors: &mut Tensors, field: &Field) -> anyhow::Result<()> {
    let started = Instant::now();
    let neurons = field.neurons.len();
    let synapses = field
        .connections
        .iter()
        .map(|connection| (connection.pre as usize, connection.post as usize, f64::from(connection.count)));
    let connectome = Connectome::new(neurons, synapses)?;
    let isolated = connectome.strengths().iter().filter(|&&strength| strength == 0.0).count();
    if connectome.edges() == 0 {
        draft.note("no neuron has a synapse on another: communicability is 0");
    } else if isolated > 0 {
        draft.note(format!(
            "{isolated} of {neurons} neurons have no outgoing synapse: their rows and columns are zero in the sound \
             communicability, their strength is 1e-10 in the published one"
        ));
    }
    let (published, sound) = rayon::join(
        || connectome.communicability(ZeroStrength::PUBLISHED),
        || connectome.communicability(ZeroStrength::SOUND),
    );
    let (published, sound) = (published?, sound?);
    if connectome.edges() > 0 && sound.norm_max() == 0.0 {
        draft.note("no neuron with outgoing synapses reaches another one: the sound communicability is 0");
    }
    for (name, communicability) in [("published", published), ("sound", sound)] {
        let values = to_row_major(communicability.as_ref());
        priors.insert_f64(format!("communicability.{name}"), &[neurons, neurons], values);
    }
    draft.time("communicability", started.elapsed().as_secs_f64());
    Ok(())
}

/// Writes `initial/ARM.safetensors` of every arm, and says what the weights are like.
fn write_initial_weights(
    draft: &mut Draft,
    study: &Study,
    field: &Field,
    measures: &mut FunctionalMeasures,
    console: Console,
) -> anyhow::Result<()> {
    let neurons = field.neurons.len();
    // Arms of equal factors have equal weights, which are made once.
    let mut groups: Vec<(Mat<f64>, Vec<&config::Arm>)> = Vec::new();
    for arm in &study.arms {
        let factors: Vec<Rc<Mat<f64>>> = arm
            .factors
            .iter()
            .map(|&factor| measures.measure(factor, &arm.priors))
            .collect::<Result<_, _>>()?;
        let product = factor_product(neurons, factors.iter().map(|factor| factor.as_ref().as_ref()))?;
        match groups.iter_mut().find(|(known, _)| *known == product) {
            Some((_, arms)) => arms.push(arm),
            None => groups.push((product, vec![arm])),
        }
    }
    let started = Instant::now();
    for (factor, arms) in groups {
        let simulations = arms.iter().map(|arm| arm.train.simulations).max().unwrap_or(0);
        let simulated = (0..simulations).into_par_iter().map(|simulation| {
            let draw = lognormal(study.seed, &field.name, simulation, neurons);
            let weights = functional_weights(draw.as_ref(), factor.as_ref())?;
            Ok(to_row_major(weights.as_ref()).into_iter().map(|weight| weight as f32).collect())
        });
        let simulated: Vec<Vec<f32>> = simulated
            .collect::<Result<_, PriorsError>>()
            .with_context(|| format!("functional weights of arm {}", arms[0].name))?;
        for arm in arms {
            let own = &simulated[..arm.train.simulations as usize];
            console.result(format!("{} {}: {}", field.name, arm.name, summary(neurons, own)));
            let mut tensors = Tensors::new();
            tensors.insert_f32("functional", &[own.len(), neurons, neurons], own.concat());
            draft.tensors(&format!("initial/{}.safetensors", arm.name), &tensors)?;
        }
    }
    draft.time("initial weights", started.elapsed().as_secs_f64());
    Ok(())
}

/// Says what functional weights are like, over all simulations.
fn summary(neurons: usize, simulations: &[Vec<f32>]) -> String {
    let (mut diagonal, mut all) = (0.0, 0.0);
    for weights in simulations {
        diagonal += weights.iter().step_by(neurons + 1).copied().map(f64::from).sum::<f64>();
        all += weights.iter().copied().map(f64::from).sum::<f64>();
    }
    let count = simulations.len() as f64;
    let pairs = (neurons * neurons.saturating_sub(1)).max(1) as f64;
    format!(
        "{neurons} neurons, {} simulations of W*: spectral radius {}, mean diagonal {:.4}, mean off-diagonal \
         {:.6}, L1 norm {:.1}",
        simulations.len(),
        crate::SPECTRAL_RADIUS,
        diagonal / count / neurons as f64,
        (all - diagonal) / count / pairs,
        all / count
    )
}
