//! What every initialiser promises, on a synthetic field always and on real ones where they are at hand.
//!
//! Spectral radii are checked against the eigenvalues of the whole matrix, in double precision as the weights are made;
//! files hold them in single precision.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::sync::atomic::AtomicUsize;

use common::settings;
use cortex::{Field, FunctionalFactor, Initialiser};
use fixtures::microns_folder;
use ingest::{Bundle, synthesize};
use numerics::{Mat, eigenvalues, spectral_radius, to_row_major};
use priors::{
    EventTrains, FieldSources, FunctionalMeasures, SPECTRAL_RADIUS, Simulation, factor_product,
    initial_weights,
};

const FACTORS: [FunctionalFactor; 2] = [FunctionalFactor::Correlation, FunctionalFactor::Sttc];

/// A field with its functional factor.
struct Cortex {
    field: Field,
    events: Option<EventTrains>,
    factor: Mat<f64>,
}

impl Cortex {
    fn new(field: Field, mut measures: FunctionalMeasures, events: Option<EventTrains>) -> Self {
        let factors = FACTORS.map(|factor| measures.measure(factor, &settings()).unwrap());
        let factor =
            factor_product(field.neurons.len(), factors.iter().map(|factor| factor.as_ref().as_ref()))
                .unwrap();
        Self { field, events, factor }
    }

    fn synthetic() -> Self {
        let field = synthesize(&"synthetic_96".parse().unwrap(), 1).unwrap().field;
        let events = EventTrains::new(field.event_trains()).unwrap();
        Self::new(field, FunctionalMeasures::of_events(events.clone()), Some(events))
    }

    fn real(name: &str) -> Option<Self> {
        let bundle = Bundle::open(&microns_folder()?).unwrap();
        let clean = bundle.field(&name.parse().unwrap()).unwrap().read().unwrap();
        let measures = FunctionalMeasures::released(&clean.released, clean.field.neurons.len()).unwrap();
        Some(Self::new(clean.field, measures, None))
    }

    /// The synthetic field, and the two of the study where they are at hand.
    fn all() -> Vec<Self> {
        let real = ["6_6_2", "9_3_2"].into_iter().filter_map(Self::real);
        std::iter::once(Self::synthetic()).chain(real).collect()
    }

    /// Lets a test loose on simulation 0 with settings that outlive it.
    fn simulate(&self, number: u32, test: impl FnOnce(&Simulation<'_>)) {
        let settings = settings();
        let sources = FieldSources {
            seed: 1,
            field: &self.field,
            events: self.events.as_ref(),
            factors: &FACTORS,
            settings: &settings,
            redrawn: AtomicUsize::new(0),
        };
        test(&Simulation::new(&sources, self.factor.as_ref(), number).unwrap());
    }
}

fn made(simulation: &Simulation<'_>, initialiser: Initialiser) -> Mat<f64> {
    initial_weights(initialiser).unwrap().weights(simulation).unwrap()
}

fn sorted(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values
}

fn diagonal(matrix: &Mat<f64>) -> Vec<f64> {
    (0..matrix.nrows()).map(|i| matrix[(i, i)]).collect()
}

fn off_diagonal(matrix: &Mat<f64>) -> Vec<f64> {
    let n = matrix.nrows();
    (0..n)
        .flat_map(|i| (0..n).map(move |j| (i, j)))
        .filter(|(i, j)| i != j)
        .map(|place| matrix[place])
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn assert_radius(matrix: &Mat<f64>, name: &str) {
    let radius = spectral_radius(matrix.as_ref()).unwrap();
    assert!((radius - SPECTRAL_RADIUS).abs() < 1e-9, "{name}: {radius}");
}

#[test]
fn functional_weights_and_those_scaled_like_them_have_spectral_radius_0_95() {
    for cortex in Cortex::all() {
        cortex.simulate(0, |simulation| {
            for initialiser in [
                Initialiser::Functional,
                Initialiser::Lognormal,
                Initialiser::OffDiagonal,
                Initialiser::OrthogonalPositive,
                Initialiser::Connectome,
                Initialiser::Rewired,
                Initialiser::RewiredLength,
                Initialiser::Relabelled,
                Initialiser::Spectrum,
            ] {
                assert_radius(&made(simulation, initialiser), initialiser.name());
            }
        });
    }
}

#[test]
fn identity_is_alpha_on_the_diagonal_and_beta_everywhere() {
    for cortex in Cortex::all() {
        cortex.simulate(0, |simulation| {
            let functional = &simulation.functional;
            let (alpha, beta) = (mean(&diagonal(functional)), mean(&off_diagonal(functional)));
            let identity = made(simulation, Initialiser::Identity);
            assert!(diagonal(&identity).iter().all(|entry| (entry - alpha - beta).abs() < 1e-15));
            assert!(off_diagonal(&identity).iter().all(|entry| (entry - beta).abs() < 1e-15));
            // So that its radius is known, and its mean off-diagonal that of W*.
            let expected = alpha + functional.nrows() as f64 * beta;
            assert!((spectral_radius(identity.as_ref()).unwrap() - expected).abs() < 1e-12);
        });
    }
}

#[test]
fn diagonals_are_those_of_the_functional_weights_or_have_their_mean() {
    for cortex in Cortex::all() {
        cortex.simulate(0, |simulation| {
            let functional = &simulation.functional;
            let alone = made(simulation, Initialiser::Diagonal);
            assert_eq!(diagonal(&alone), diagonal(functional));
            assert!(off_diagonal(&alone).iter().all(|&entry| entry == 0.0));
            let drawn = made(simulation, Initialiser::DiagonalLognormal);
            assert!(off_diagonal(&drawn).iter().all(|&entry| entry == 0.0));
            assert!((mean(&diagonal(&drawn)) - mean(&diagonal(functional))).abs() < 1e-14);
            assert!(diagonal(&drawn).iter().all(|&entry| entry > 0.0));
            // Logarithms have standard deviation 0.5, and share nothing with the draw of W*.
            let logarithms: Vec<f64> = diagonal(&drawn).iter().map(|entry| entry.ln()).collect();
            let count = logarithms.len() as f64;
            let (centre, others) = (mean(&logarithms), diagonal(&simulation.lognormal));
            let sd = (logarithms.iter().map(|x| (x - centre).powi(2)).sum::<f64>() / count).sqrt();
            assert!((sd - 0.5).abs() < 5.0 * 0.5 / (2.0 * count).sqrt(), "{sd}");
            let likeness =
                logarithms.iter().zip(&others).map(|(x, y)| (x - centre) * (y.ln() + 0.5)).sum::<f64>();
            assert!((likeness / count / 0.25).abs() < 5.0 / count.sqrt(), "{likeness}");
        });
    }
}

#[test]
fn off_diagonal_weights_are_proportional_to_the_functional_ones() {
    for cortex in Cortex::all() {
        cortex.simulate(0, |simulation| {
            let off = made(simulation, Initialiser::OffDiagonal);
            assert!(diagonal(&off).iter().all(|&entry| entry == 0.0));
            let (found, original) = (off_diagonal(&off), off_diagonal(&simulation.functional));
            let scale = found.iter().sum::<f64>() / original.iter().sum::<f64>();
            assert!(scale > 1.0);
            assert!(found.iter().zip(original).all(|(a, b)| (a - scale * b).abs() < 1e-14));
        });
    }
}

#[test]
fn shuffled_weights_have_the_same_entries_elsewhere() {
    for cortex in Cortex::all() {
        cortex.simulate(0, |simulation| {
            let functional = &simulation.functional;
            let entries = |matrix: &Mat<f64>| sorted(to_row_major(matrix.as_ref()));
            let shuffled = made(simulation, Initialiser::Shuffled);
            assert_eq!(entries(&shuffled), entries(functional));
            assert_ne!(sorted(diagonal(&shuffled)), sorted(diagonal(functional)));
            let off = made(simulation, Initialiser::ShuffledOffDiagonal);
            assert_eq!(diagonal(&off), diagonal(functional));
            assert_eq!(sorted(off_diagonal(&off)), sorted(off_diagonal(functional)));
            let stayed =
                off_diagonal(&off).iter().zip(off_diagonal(functional)).filter(|(a, b)| **a == *b).count();
            // Entries that the floor made equal cannot be told apart; the others move.
            let floor =
                off_diagonal(functional).into_iter().filter(|&w| w > 0.0).fold(f64::INFINITY, f64::min);
            let equal = off_diagonal(functional).iter().filter(|&&w| w == floor).count() as f64;
            let all = off_diagonal(functional).len() as f64;
            assert!((stayed as f64) < equal * equal / all + 5.0 * all.sqrt(), "{stayed} of {all}");
        });
    }
}

#[test]
fn relabelled_weights_are_isomorphic_to_the_functional_ones() {
    for cortex in Cortex::all() {
        cortex.simulate(0, |simulation| {
            let (functional, other) = (&simulation.functional, made(simulation, Initialiser::Relabelled));
            // Self-weights are distinct, so that they tell which neuron sits where.
            let own = diagonal(functional);
            let names: Vec<usize> = diagonal(&other)
                .iter()
                .map(|entry| own.iter().position(|weight| weight == entry).unwrap())
                .collect();
            let mut all = names.clone();
            all.sort_unstable();
            assert_eq!(all, (0..own.len()).collect::<Vec<_>>(), "not a permutation");
            assert_ne!(names, all);
            for (i, &a) in names.iter().enumerate() {
                assert!(names.iter().enumerate().all(|(j, &b)| other[(i, j)] == functional[(a, b)]));
            }
        });
    }
}

#[test]
fn a_rotated_basis_keeps_eigenvalues_trace_and_norm() {
    for cortex in Cortex::all() {
        cortex.simulate(0, |simulation| {
            let (functional, other) = (&simulation.functional, made(simulation, Initialiser::Spectrum));
            assert!((other.norm_l2() - functional.norm_l2()).abs() < 1e-11);
            let magnitudes = |matrix: &Mat<f64>| {
                sorted(eigenvalues(matrix.as_ref()).unwrap().into_iter().map(|[re, im]| re.hypot(im)))
            };
            let (found, original) = (magnitudes(&other), magnitudes(functional));
            let furthest = found.iter().zip(&original).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(furthest < 1e-9, "{furthest}");
            let negative = to_row_major(other.as_ref()).iter().filter(|&&entry| entry < 0.0).count() as f64;
            let share = negative / (other.nrows() * other.nrows()) as f64;
            assert!((0.25..0.55).contains(&share), "{share}");
        });
    }
}

#[test]
fn scaled_orthogonal_weights_have_the_l1_norm_of_the_functional_ones() {
    for cortex in Cortex::all() {
        cortex.simulate(0, |simulation| {
            let scaled = made(simulation, Initialiser::OrthogonalScaled);
            let norm = simulation.functional.norm_l1();
            assert!((scaled.norm_l1() - norm).abs() < 1e-12 * norm);
            // Q Qᵀ = I up to the square of the scale.
            let product = &scaled * scaled.transpose();
            let square = product[(0, 0)];
            let expected = Mat::<f64>::identity(scaled.nrows(), scaled.nrows()).map(|entry| entry * square);
            assert!((product - expected).norm_max() < 1e-13 * square.max(1.0));
            let positive = made(simulation, Initialiser::OrthogonalPositive);
            assert!(to_row_major(positive.as_ref()).iter().all(|&entry| entry >= 0.0));
        });
    }
}

#[test]
fn connectomes_keep_counts_and_rewired_ones_their_degrees_in_both_directions() {
    for cortex in Cortex::all() {
        cortex.simulate(0, |simulation| {
            let wiring = made(simulation, Initialiser::Connectome);
            let connections = &cortex.field.connections;
            let scale = wiring.norm_max() / f64::from(connections.iter().map(|c| c.count).max().unwrap());
            let synapses: u32 = connections.iter().map(|connection| connection.count).sum();
            assert!((wiring.norm_l1() - scale * f64::from(synapses)).abs() < 1e-9);
            for connection in connections {
                let weight = wiring[(connection.pre as usize, connection.post as usize)];
                assert!((weight - scale * f64::from(connection.count)).abs() < 1e-12);
            }
            let degrees = |matrix: &Mat<f64>| -> (Vec<usize>, Vec<usize>) {
                let n = matrix.nrows();
                let count = |used: &dyn Fn(usize) -> bool| (0..n).filter(|&other| used(other)).count();
                let out = (0..n).map(|i| count(&|j| matrix[(i, j)] != 0.0)).collect();
                (out, (0..n).map(|j| count(&|i| matrix[(i, j)] != 0.0)).collect())
            };
            let counts = |matrix: &Mat<f64>| {
                let smallest = sorted(to_row_major(matrix.as_ref())).into_iter().find(|&w| w > 0.0).unwrap();
                sorted(to_row_major(matrix.as_ref()).into_iter().map(|weight| (weight / smallest).round()))
            };
            for initialiser in [Initialiser::Rewired, Initialiser::RewiredLength] {
                let other = made(simulation, initialiser);
                assert_eq!(degrees(&other), degrees(&wiring), "{}", initialiser.name());
                assert_eq!(counts(&other), counts(&wiring), "{}", initialiser.name());
                let stayed =
                    connections.iter().filter(|c| other[(c.pre as usize, c.post as usize)] != 0.0).count()
                        as f64;
                let share = stayed / connections.len() as f64;
                let most = if initialiser == Initialiser::Rewired { 0.2 } else { 0.6 };
                println!("{} {}: {share} of connections stayed", cortex.field.name, initialiser.name());
                assert!(share < most, "{}: {share} of connections stayed", initialiser.name());
            }
        });
    }
}

#[test]
fn rewiring_with_lengths_keeps_the_mean_length() {
    for cortex in Cortex::all() {
        cortex.simulate(0, |simulation| {
            let neurons = &cortex.field.neurons;
            let mean_um = |matrix: &Mat<f64>| {
                let n = matrix.nrows();
                let joined =
                    (0..n).flat_map(|i| (0..n).map(move |j| (i, j))).filter(|&place| matrix[place] != 0.0);
                let lengths: Vec<f64> = joined
                    .map(|(i, j)| {
                        let pairs = neurons[i].position_um.iter().zip(neurons[j].position_um);
                        pairs.map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
                    })
                    .collect();
                mean(&lengths)
            };
            let [wiring, free, kept] =
                [Initialiser::Connectome, Initialiser::Rewired, Initialiser::RewiredLength]
                    .map(|initialiser| mean_um(&made(simulation, initialiser)));
            println!("{}: {wiring} µm, rewired {free} µm, with lengths {kept} µm", cortex.field.name);
            assert!((kept / wiring - 1.0).abs() < 0.03, "{kept} {wiring}");
            assert!((kept - wiring).abs() < (free - wiring).abs());
        });
    }
}

#[test]
fn shifted_trains_keep_rates_and_intervals_and_lose_what_they_share() {
    let cortex = Cortex::synthetic();
    let events = cortex.events.clone().unwrap();
    let end_s = events.end_s();
    let lags: Vec<f64> =
        (0..events.neurons()).map(|neuron| end_s * (neuron as f64 * 0.618_034).fract()).collect();
    let rotated = events.rotated(&lags);
    assert_eq!(rotated.end_s(), end_s);
    for (train, other) in events.trains().iter().zip(rotated.trains()) {
        assert_eq!(train.len(), other.len());
        // Intervals around the circle of the recording.
        let intervals = |train: &[f64]| {
            let ahead = train.iter().skip(1).copied().chain(train.first().map(|first| first + end_s));
            sorted(train.iter().zip(ahead).map(|(time, next)| next - time))
        };
        let (found, original) = (intervals(other), intervals(train));
        assert!(found.iter().zip(&original).all(|(a, b)| (a - b).abs() < 1e-9));
        assert!(other.iter().all(|time| (0.0..end_s).contains(time)) && other.is_sorted());
    }
    let correlation = |events: &EventTrains| {
        let mut measures = FunctionalMeasures::of_events(events.clone());
        let matrix = measures.measure(FunctionalFactor::Correlation, &settings()).unwrap();
        mean(&off_diagonal(&matrix))
    };
    let (before, after) = (correlation(&events), correlation(&rotated));
    assert!(before > 0.02 && after.abs() < before / 10.0, "{before} {after}");
    cortex.simulate(0, |simulation| {
        let shifted = made(simulation, Initialiser::Shifted);
        assert_radius(&shifted, "shifted");
        assert_ne!(shifted, simulation.functional);
        assert_eq!(shifted, made(simulation, Initialiser::Shifted));
    });
}

#[test]
fn every_simulation_has_draws_of_its_own() {
    let cortex = Cortex::synthetic();
    for initialiser in
        Initialiser::NAMED.into_iter().filter(|&initialiser| initial_weights(initialiser).is_some())
    {
        let mut weights = Vec::new();
        for number in [0, 1, 0] {
            cortex.simulate(number, |simulation| weights.push(made(simulation, initialiser)));
        }
        assert_eq!(weights[0], weights[2], "{}", initialiser.name());
        assert_eq!(
            weights[0] == weights[1],
            initialiser == Initialiser::Connectome,
            "{}",
            initialiser.name()
        );
    }
}

#[test]
fn what_cannot_be_made_is_refused_with_the_remedy() {
    let refused = |cortex: &Cortex, initialiser: Initialiser| {
        let mut message = String::new();
        cortex.simulate(0, |simulation| {
            message = initial_weights(initialiser).unwrap().weights(simulation).unwrap_err().to_string();
        });
        assert!(message.contains("leave it out") && !message.contains('\n'), "{message}");
        message
    };
    let mut cortex = Cortex::synthetic();
    cortex.events = None;
    assert!(refused(&cortex, Initialiser::Shifted).contains("no event times"));
    // A feed-forward connectome, of which every rewiring may have cycles, and an empty one.
    cortex.field.connections.retain(|connection| connection.pre < connection.post);
    assert!(refused(&cortex, Initialiser::Connectome).contains("form no directed cycle"));
    cortex.simulate(0, |simulation| assert_radius(&made(simulation, Initialiser::Rewired), "rewired"));
    cortex.field.connections.clear();
    for initialiser in [Initialiser::Connectome, Initialiser::Rewired, Initialiser::RewiredLength] {
        let message = refused(&cortex, initialiser);
        assert!(message.contains("0 connections") && message.contains(&initialiser.to_string()), "{message}");
    }
    // A single neuron has nothing off its diagonal.
    let field = Field { neurons: cortex.field.neurons[..1].to_vec(), ..cortex.field.clone() };
    let single = Cortex { field, events: None, factor: Mat::from_fn(1, 1, |_, _| 1.0) };
    assert!(refused(&single, Initialiser::OffDiagonal).contains("W~off-diagonal has spectral radius 0"));
    single.simulate(0, |simulation| {
        for initialiser in [
            Initialiser::Functional,
            Initialiser::Identity,
            Initialiser::Diagonal,
            Initialiser::DiagonalLognormal,
            Initialiser::Lognormal,
            Initialiser::Shuffled,
            Initialiser::ShuffledOffDiagonal,
            Initialiser::Relabelled,
            Initialiser::OrthogonalPositive,
        ] {
            let weight = made(simulation, initialiser)[(0, 0)];
            assert!((weight - SPECTRAL_RADIUS).abs() < 1e-15, "{}", initialiser.name());
        }
    });
}
