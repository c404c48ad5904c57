//! `priors run`.

use std::time::Instant;

use anyhow::Context;
use artifact::{Artifact, Draft, Kind, Tensors, read_field};
use config::Study;
use cortex::{DistanceMatrix, Field, FieldName, FunctionalFactor};
use numerics::{ZeroStrength, scaled_to_mean, to_row_major};
use stage::{Console, Made, RunArguments, Session};

use crate::{
    Distances, EventTrains, FunctionalMeasures, PriorsError, flat_axes, grid_shape,
    initial::{renamed, shuffled_order, write_initial_weights},
    recipe::{is_sparse, recipe, simulations_of},
    sparse::{connectome, fill_sparse},
};

const RELEASED: &str = "released.safetensors";

/// Mean of the distances that are scaled to equal mean, over pairs of neurons: about that of measured distances.
const EQUAL_MEAN: f64 = 0.5;

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
    if is_sparse(study, ingested) {
        return fill_sparse(draft, study, &field, console);
    }
    let neurons = field.neurons.len();
    let events = event_trains(&field)?;
    let mut measures = functional_measures(events.as_ref(), neurons, ingested)?;
    let mut priors = Tensors::new();
    for factor in [FunctionalFactor::Correlation, FunctionalFactor::Sttc, FunctionalFactor::Precision] {
        let measure = measures.measure(factor, &study.priors)?;
        priors.insert_f64(factor.name(), &[neurons, neurons], to_row_major(measure.as_ref().as_ref()));
    }
    add_distances(draft, &mut priors, &field, study)?;
    add_communicability(draft, &mut priors, &field)?;
    draft.sliced_tensors("priors.safetensors", &priors)?;
    write_initial_weights(draft, study, &field, events.as_ref(), &mut measures, console)?;
    for note in measures.notes() {
        draft.note(note);
    }
    for (part, seconds) in measures.seconds() {
        draft.time(*part, *seconds);
    }
    Ok(())
}

fn event_trains(field: &Field) -> Result<Option<EventTrains>, PriorsError> {
    if field.events.is_empty() {
        return Ok(None);
    }
    EventTrains::new(field.event_trains()).map(Some)
}

fn functional_measures(
    events: Option<&EventTrains>,
    neurons: usize,
    ingested: &Artifact,
) -> anyhow::Result<FunctionalMeasures> {
    if let Some(events) = events {
        return Ok(FunctionalMeasures::of_events(events.clone()));
    }
    if !ingested.has(RELEASED) {
        return Err(PriorsError::NoFunction.into());
    }
    Ok(FunctionalMeasures::released(&ingested.tensors(RELEASED)?, neurons)?)
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
    let distances = Distances::of(field, shape)?;
    for (name, distance) in distances.named() {
        priors.insert_f64(name, &[neurons, neurons], to_row_major(distance.as_ref()));
    }
    add_control_distances(priors, field, study, &distances)?;
    draft.time("distances", started.elapsed().as_secs_f64());
    Ok(())
}

/// Adds the control distances that some variant asks for.
fn add_control_distances(
    priors: &mut Tensors,
    field: &Field,
    study: &Study,
    distances: &Distances,
) -> anyhow::Result<()> {
    let neurons = field.neurons.len();
    let tensor = |matrix: DistanceMatrix| format!("distance.{}", matrix.name());
    for (matrix, distance) in [
        (DistanceMatrix::MeasuredEqualMean, &distances.measured),
        (DistanceMatrix::GridUnitEqualMean, &distances.grid_unit),
    ] {
        if simulations_of(study, matrix).is_some() {
            let scaled = scaled_to_mean(distance.as_ref(), EQUAL_MEAN)?;
            priors.insert_f64(tensor(matrix), &[neurons, neurons], to_row_major(scaled.as_ref()));
        }
    }
    if let Some(simulations) = simulations_of(study, DistanceMatrix::Permuted) {
        let mut dealt = Vec::with_capacity(simulations as usize * neurons * neurons);
        for simulation in 0..simulations {
            let order = shuffled_order("permuted-positions", study.seed, &field.name, simulation, neurons);
            dealt.extend(to_row_major(renamed(distances.measured.as_ref(), &order).as_ref()));
        }
        priors.insert_f64(tensor(DistanceMatrix::Permuted), &[simulations as usize, neurons, neurons], dealt);
    }
    Ok(())
}

fn add_communicability(draft: &mut Draft, priors: &mut Tensors, field: &Field) -> anyhow::Result<()> {
    let started = Instant::now();
    let neurons = field.neurons.len();
    let connectome = connectome(field)?;
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
