use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use anyhow::Context;
use artifact::{Draft, Tensors};
use config::{Arm, PriorSettings, Study};
use cortex::{Field, Initialiser};
use faer::Mat;
use numerics::to_row_major;
use rayon::prelude::*;
use stage::Console;

use super::{FieldSources, Simulation, factor_product, functional::SPECTRAL_RADIUS, initial_weights};
use crate::{EventTrains, FunctionalMeasures, PriorsError};

/// Initial weights of several simulations, `[simulations, N, N]` of every initialiser.
type Weights = BTreeMap<Initialiser, Vec<f32>>;

/// The initialisers that an arm's variants begin from under its protocol, functional weights in any case.
pub(crate) fn arm_initialisers(arm: &Arm) -> BTreeSet<Initialiser> {
    let variants = arm.train.variants_of_priors().map(|variant| variant.initialiser.under(arm.protocol));
    let made = variants.filter(|&initialiser| initial_weights(initialiser).is_some());
    made.chain([Initialiser::Functional]).collect()
}

/// Writes `initial/ARM.safetensors` of every arm, and says what the weights are like.
pub(crate) fn write_initial_weights(
    draft: &mut Draft,
    study: &Study,
    field: &Field,
    events: Option<&EventTrains>,
    measures: &mut FunctionalMeasures,
    console: Console,
) -> anyhow::Result<()> {
    let mut seconds = 0.0;
    for arms in alike(&study.arms) {
        let factors: Vec<Rc<Mat<f64>>> = arms[0]
            .factors
            .iter()
            .map(|&factor| measures.measure(factor, &arms[0].priors))
            .collect::<Result<_, _>>()?;
        let started = Instant::now();
        let neurons = field.neurons.len();
        let factor = factor_product(neurons, factors.iter().map(|factor| factor.as_ref().as_ref()))?;
        let sources = FieldSources {
            seed: study.seed,
            field,
            events,
            factors: &arms[0].factors,
            settings: &arms[0].priors,
            redrawn: AtomicUsize::new(0),
        };
        let mut weights = simulated(&sources, &factor, &arms)
            .with_context(|| format!("initial weights of arm {}", arms[0].name))?;
        for (place, arm) in arms.iter().enumerate() {
            let count = arm.train.simulations as usize;
            let mut tensors = Tensors::new();
            for initialiser in arm_initialisers(arm) {
                // The last arm takes what the others copy: these may be hundreds of megabytes.
                let last = place + 1 == arms.len();
                let all =
                    if last { weights.remove(&initialiser) } else { weights.get(&initialiser).cloned() };
                let mut own = all.unwrap_or_default();
                own.truncate(count * neurons * neurons);
                if initialiser == Initialiser::Functional {
                    console.result(format!("{} {}: {}", field.name, arm.name, summary(neurons, &own)));
                }
                tensors.insert_f32(initialiser.name(), &[count, neurons, neurons], own);
            }
            draft.sliced_tensors(&format!("initial/{}.safetensors", arm.name), &tensors)?;
        }
        let redrawn = sources.redrawn.load(Ordering::Relaxed);
        if redrawn > 0 {
            draft.note(format!("{redrawn} rewired connectomes had no directed cycle and were drawn again"));
        }
        seconds += started.elapsed().as_secs_f64();
    }
    draft.time("initial weights", seconds);
    Ok(())
}

/// Groups arms of equal factors and measures: their weights are made once.
fn alike(arms: &[Arm]) -> Vec<Vec<&Arm>> {
    let measures = |priors: &PriorSettings| PriorSettings { grid: BTreeMap::new(), ..priors.clone() };
    let mut groups: Vec<Vec<&Arm>> = Vec::new();
    for arm in arms {
        let equal = |group: &&mut Vec<&Arm>| {
            group[0].factors == arm.factors && measures(&group[0].priors) == measures(&arm.priors)
        };
        match groups.iter_mut().find(equal) {
            Some(group) => group.push(arm),
            None => groups.push(vec![arm]),
        }
    }
    groups
}

/// Makes all weights that some arms of equal factors need, several simulations at once.
fn simulated(sources: &FieldSources<'_>, factor: &Mat<f64>, arms: &[&Arm]) -> Result<Weights, PriorsError> {
    let mut simulations: BTreeMap<Initialiser, u32> = BTreeMap::new();
    for arm in arms {
        for initialiser in arm_initialisers(arm) {
            let count = simulations.entry(initialiser).or_default();
            *count = arm.train.simulations.max(*count);
        }
    }
    let size = factor.nrows() * factor.nrows();
    let mut weights: Weights = simulations
        .iter()
        .map(|(&initialiser, &count)| (initialiser, vec![0.0; count as usize * size]))
        .collect();
    // What every simulation fills: its part of every tensor.
    let mut parts: Vec<Vec<(Initialiser, &mut [f32])>> = Vec::new();
    for (&initialiser, tensor) in &mut weights {
        for (number, part) in tensor.chunks_exact_mut(size.max(1)).enumerate() {
            if parts.len() == number {
                parts.push(Vec::new());
            }
            parts[number].push((initialiser, part));
        }
    }
    parts.into_par_iter().enumerate().try_for_each(|(number, parts)| {
        let simulation = Simulation::new(sources, factor.as_ref(), number as u32)?;
        for (initialiser, part) in parts {
            let Some(maker) = initial_weights(initialiser) else { continue };
            let made = to_row_major(maker.weights(&simulation)?.as_ref());
            part.iter_mut().zip(made).for_each(|(part, weight)| *part = weight as f32);
        }
        Ok::<(), PriorsError>(())
    })?;
    Ok(weights)
}

/// Says what functional weights are like, over all simulations.
fn summary(neurons: usize, weights: &[f32]) -> String {
    let simulations = weights.len() / (neurons * neurons).max(1);
    let (mut diagonal, mut all) = (0.0, 0.0);
    for weights in weights.chunks_exact((neurons * neurons).max(1)) {
        diagonal += weights.iter().step_by(neurons + 1).copied().map(f64::from).sum::<f64>();
        all += weights.iter().copied().map(f64::from).sum::<f64>();
    }
    let count = simulations as f64;
    let pairs = (neurons * neurons.saturating_sub(1)).max(1) as f64;
    format!(
        "{neurons} neurons, {simulations} simulations of W*: spectral radius {SPECTRAL_RADIUS}, mean diagonal {:.4}, \
         mean off-diagonal {:.6}, L1 norm {:.1}",
        diagonal / count / neurons as f64,
        (all - diagonal) / count / pairs,
        all / count
    )
}
