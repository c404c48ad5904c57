//! `priors run` by two routes that must give the same artifact.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use artifact::Tensors;
use common::{Study, field};

const TWO_ARMS: &str = "[train]\nsimulations = 3\n[[arm]]\nname = \"main\"\n[[arm]]\nname = \"other\"\n";

fn functional(study: &Study, arm: &str, simulations: usize, neurons: usize) -> Vec<f32> {
    let tensors = study.priors("1_1_1").tensors(&format!("initial/{arm}.safetensors")).unwrap();
    tensors.f32("functional", &[simulations, neurons, neurons]).unwrap().to_vec()
}

#[test]
fn one_thread_and_several() {
    let outputs = [1, 4].map(|threads| {
        let study = Study::new(&["1_1_1"], TWO_ARMS);
        study.ingest(&field("1_1_1", 40), None);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| study.run()).unwrap();
        study.manifest("1_1_1").outputs
    });
    assert_eq!(outputs[0], outputs[1]);
}

#[test]
fn one_simulation_and_the_first_of_several() {
    let study = Study::new(&["1_1_1"], TWO_ARMS);
    study.ingest(&field("1_1_1", 12), None);
    study.run().unwrap();
    let several = functional(&study, "main", 3, 12);
    study.configure(&["1_1_1"], &TWO_ARMS.replace("simulations = 3", "simulations = 1"));
    study.run().unwrap();
    assert_eq!(functional(&study, "main", 1, 12), several[..144]);
}

#[test]
fn an_arm_that_overrides_and_a_study_of_that_setting() {
    let study = Study::new(
        &["1_1_1"],
        "[[arm]]\nname = \"wide\"\nbin_seconds = 1.0\nsimulations = 2\n\
         [[arm]]\nname = \"inverse\"\nfactors = [\"precision\", \"sttc\"]\nsimulations = 1\n",
    );
    study.ingest(&field("1_1_1", 12), None);
    study.run().unwrap();
    let (own, precise) = (functional(&study, "wide", 2, 12), functional(&study, "inverse", 1, 12));
    let base = study.priors("1_1_1").tensors("priors.safetensors").unwrap();
    study.configure(
        &["1_1_1"],
        "[priors]\nbin_seconds = 1.0\n[[arm]]\nname = \"wide\"\nsimulations = 2\n\
         [[arm]]\nname = \"inverse\"\nfactors = [\"precision\", \"sttc\"]\nsimulations = 1\nbin_seconds = 0.2\n",
    );
    study.run().unwrap();
    assert_eq!(functional(&study, "wide", 2, 12), own);
    assert_eq!(functional(&study, "inverse", 1, 12), precise);
    assert_ne!(own[..144], precise[..]);
    let wide = study.priors("1_1_1").tensors("priors.safetensors").unwrap();
    assert_ne!(wide.get("correlation").unwrap(), base.get("correlation").unwrap());
    assert_eq!(wide.get("sttc").unwrap(), base.get("sttc").unwrap());
}

/// Each of the seven products, with each estimator of the precision: of the run, and from the measures that it wrote.
#[test]
fn weights_of_every_choice_of_factors() {
    let choices: [&[&str]; 7] = [
        &["correlation"],
        &["precision"],
        &["sttc"],
        &["correlation", "precision"],
        &["correlation", "sttc"],
        &["precision", "sttc"],
        &["correlation", "precision", "sttc"],
    ];
    let mut field = field("1_1_1", 12);
    let drive: Vec<f64> = field.events.iter().take(60).map(|event| event.time_s).collect();
    for event in field.events.iter_mut().skip(60).step_by(2) {
        event.time_s = drive[(event.time_s / 2.0) as usize % 60];
    }
    field.events.sort_by(|a, b| (a.neuron, a.time_s).partial_cmp(&(b.neuron, b.time_s)).unwrap());
    let mut precisions = Vec::new();
    for estimator in ["\"graphical-lasso-cv\"", "{ graphical-lasso = 0.01 }", "\"inverse\""] {
        let arms: Vec<String> = choices.iter().map(|factors| format!("{factors:?}")).collect();
        let arms = arms.iter().enumerate().map(|(arm, factors)| {
            format!("[[arm]]\nname = \"arm{arm}\"\nfactors = {factors}\nsimulations = 1\n")
        });
        let settings = format!("priors.precision = {estimator}\n{}", arms.collect::<String>());
        let study = Study::new(&["1_1_1"], &settings);
        study.ingest(&field, None);
        study.run().unwrap();
        let measures = study.priors("1_1_1").tensors("priors.safetensors").unwrap();
        let draw = priors::lognormal(1, &field.name, 0, 12);
        for (arm, factors) in choices.iter().enumerate() {
            let factors = factors
                .iter()
                .map(|factor| numerics::row_major(measures.f64(factor, &[12, 12]).unwrap(), 12, 12).unwrap());
            let product = priors::factor_product(12, factors).unwrap();
            let weights = priors::functional_weights(draw.as_ref(), product.as_ref()).unwrap();
            let expected: Vec<f32> =
                numerics::to_row_major(weights.as_ref()).into_iter().map(|weight| weight as f32).collect();
            assert_eq!(functional(&study, &format!("arm{arm}"), 1, 12), expected, "{estimator} {arm}");
        }
        precisions.push(measures.f64("precision", &[12, 12]).unwrap().to_vec());
    }
    for [a, b] in [[0, 1], [0, 2], [1, 2]] {
        assert_ne!(precisions[a], precisions[b]);
    }
}

#[test]
fn measures_of_events_and_the_same_ones_released() {
    let study = Study::new(&["1_1_1"], TWO_ARMS);
    let mut field = field("1_1_1", 12);
    study.ingest(&field, None);
    study.run().unwrap();
    let measured = study.priors("1_1_1").tensors("priors.safetensors").unwrap();
    let (weights, mut released) = (functional(&study, "main", 3, 12), Tensors::new());
    for name in ["correlation", "precision", "sttc"] {
        let mut values = measured.f64(name, &[12, 12]).unwrap().to_vec();
        if name == "sttc" {
            (0..12).for_each(|row| values[row * 12 + row..row * 12 + 12].fill(0.0));
        }
        released.insert_f64(name, &[12, 12], values);
    }
    field.events.clear();
    study.ingest(&field, Some(&released));
    study.run().unwrap();
    let notes = study.manifest("1_1_1").notes;
    assert!(notes.iter().any(|note| note.starts_with("no events: the released")), "{notes:?}");
    let copied = study.priors("1_1_1").tensors("priors.safetensors").unwrap();
    assert_eq!(copied, measured);
    assert_eq!(functional(&study, "main", 3, 12), weights);
}

#[test]
fn a_second_run_makes_nothing() {
    let study = Study::new(&["1_1_1"], TWO_ARMS);
    study.ingest(&field("1_1_1", 12), None);
    study.run().unwrap();
    let first = study.manifest("1_1_1");
    study.run().unwrap();
    assert_eq!(study.manifest("1_1_1"), first);
    study.configure(&["1_1_1"], &format!("{TWO_ARMS}positive = true\nepochs = 3\nlambda = 0.1\n"));
    study.run().unwrap();
    assert_eq!(study.manifest("1_1_1"), first, "settings of training change no prior");
}
