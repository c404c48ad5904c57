//! Real fields of the released bundle against its own matrices and what the study reports of them. Skipped, with a
//! line that says so, where the bundle is absent.
#![allow(clippy::unwrap_used, missing_docs)]

use cortex::FunctionalFactor;
use fixtures::{largest_difference, microns_folder};
use ingest::{Bundle, CleanField};
use numerics::{Connectome, Mat, ZeroStrength, to_row_major};
use priors::{
    Distances, EventTrains, FunctionalMeasures, Moments, correlation, counts, cross_validation,
    factor_product, functional_weights, lognormal, penalised, sttc,
};

fn read(name: &str) -> Option<CleanField> {
    let bundle = Bundle::open(&microns_folder()?).unwrap();
    Some(bundle.field(&name.parse().unwrap()).unwrap().read().unwrap())
}

fn canonical() -> Option<CleanField> {
    read("6_6_2")
}

#[test]
fn correlation_and_sttc_are_the_released_ones() {
    for name in ["5_3_8", "5_3_4", "5_6_8", "4_7_2"] {
        let Some(clean) = read(name) else { return };
        let n = clean.field.neurons.len();
        let events = EventTrains::new(clean.field.event_trains()).unwrap();
        let found = to_row_major(correlation(&Moments::of(&counts(&events, 0.2).unwrap())).as_ref());
        let released = clean.released.f64("correlation", &[n, n]).unwrap();
        assert!(largest_difference(&found, released) < 1e-12, "{name}");
        let found = sttc(&events, 0.1);
        let released = clean.released.f64("sttc", &[n, n]).unwrap();
        for row in 0..n {
            for column in 0..row {
                let difference = (found[(row, column)] - released[row * n + column]).abs();
                assert!(difference < 1e-12, "{name} [{row}, {column}]");
            }
        }
    }
}

/// The bundle's precision is a graphical lasso at the alpha that its inverse departs from the covariance by.
#[test]
fn cross_validated_precision_is_the_released_one() {
    for (name, alpha) in
        [("5_3_4", 4.693e-4), ("5_3_8", 2.793e-4), ("4_7_2", 1.3397e-3), ("5_6_8", 4.0404e-4)]
    {
        let Some(clean) = read(name) else { return };
        let n = clean.field.neurons.len();
        let events = EventTrains::new(clean.field.event_trains()).unwrap();
        let counts = counts(&events, 0.2).unwrap();
        let moments = Moments::of(&counts);
        let choice = cross_validation(&counts, &moments).unwrap().unwrap();
        let found = to_row_major(penalised(&moments, choice.alpha).unwrap().matrix.as_ref());
        let difference = largest_difference(&found, clean.released.f64("precision", &[n, n]).unwrap());
        eprintln!("{name}: alpha {:e}, {difference:e}", choice.alpha);
        assert!((choice.alpha / alpha - 1.0).abs() < 0.001, "{name}: alpha {}", choice.alpha);
        assert!(difference < 1e-3, "{name}: {difference:e}");
    }
}

#[test]
fn functional_weights_of_6_6_2_are_near_identity_plus_constant() {
    let Some(clean) = canonical() else { return };
    let n = clean.field.neurons.len();
    assert_eq!((n, clean.field.events.len()), (312, 0));
    let mut measures = FunctionalMeasures::released(&clean.released, n).unwrap();
    let settings = config::load(&workspace("pipeline.toml"), &[]).unwrap().priors;
    let factors = [FunctionalFactor::Correlation, FunctionalFactor::Sttc]
        .map(|factor| measures.measure(factor, &settings).unwrap());
    let sttc = &factors[1];
    assert!((0..n).all(|i| sttc[(i, i)] == 1.0 && (0..i).all(|j| sttc[(i, j)] == sttc[(j, i)])));
    let product = factor_product(n, factors.iter().map(|factor| factor.as_ref().as_ref())).unwrap();
    let (mut diagonal, mut norm) = (0.0, 0.0);
    for simulation in 0..20 {
        let draw = lognormal(1, &clean.field.name, simulation, n);
        let weights = functional_weights(draw.as_ref(), product.as_ref()).unwrap();
        diagonal += (0..n).map(|i| weights[(i, i)]).sum::<f64>() / 20.0;
        norm += weights.sum() / 20.0;
    }
    let off_diagonal = (norm - diagonal) / (n * (n - 1)) as f64;
    let diagonal = diagonal / n as f64;
    assert!((diagonal - 0.26).abs() < 0.02, "mean diagonal {diagonal}");
    assert!((off_diagonal - 0.00125).abs() < 0.0001, "mean off-diagonal {off_diagonal}");
    assert!((norm - 200.0).abs() < 15.0, "L1 norm {norm}");
}

#[test]
fn communicability_of_6_6_2_with_and_without_the_published_artefact() {
    let Some(clean) = canonical() else { return };
    let synapses = clean.field.connections.iter();
    let synapses =
        synapses.map(|synapse| (synapse.pre as usize, synapse.post as usize, f64::from(synapse.count)));
    let connectome = Connectome::new(312, synapses).unwrap();
    assert_eq!(connectome.edges(), 316);
    assert_eq!(connectome.strengths().iter().filter(|&&strength| strength == 0.0).count(), 166);
    let published = connectome.communicability(ZeroStrength::PUBLISHED).unwrap().norm_max();
    assert!((published - 1.4e5).abs() < 0.05e5, "{published}");
    let sound = connectome.communicability(ZeroStrength::SOUND).unwrap().norm_max();
    assert!((sound - 1.53).abs() < 0.005, "{sound}");
}

#[test]
fn distances_of_6_6_2() {
    let Some(clean) = canonical() else { return };
    let distances = Distances::of(&clean.field, [12, 13, 2]).unwrap();
    let n = clean.field.neurons.len();
    let pairs = |matrix: &Mat<f64>| -> Vec<f64> {
        (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|place| matrix[place]).collect()
    };
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    assert!((mean(&pairs(&distances.grid)) - 6.6).abs() < 0.05);
    assert!((mean(&pairs(&distances.measured)) - 0.5).abs() < 0.05);
    let (mixed, real) = (pairs(&distances.published), pairs(&distances.micrometre));
    let centred = |values: &[f64]| -> Vec<f64> { values.iter().map(|value| value - mean(values)).collect() };
    let (mixed, real) = (centred(&mixed), centred(&real));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let likeness = dot(&mixed, &real) / (dot(&mixed, &mixed) * dot(&real, &real)).sqrt();
    assert!((likeness + 0.003).abs() < 0.0005, "{likeness}");
}

fn workspace(file: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file)
}
