//! Adam in place against Adam written out in double precision, with every option of it.
#![allow(missing_docs, clippy::unwrap_used)]

use candle_core::{Device, Tensor, Var};
use cortex::stream;
use fixtures::relative_difference;
use rand::Rng;
use train::adam::{Adam, AdamSettings};

const SHAPES: [&[usize]; 3] = [&[7, 5], &[5], &[5, 3]];

/// Values and gradients of all variables, one after the other, for some steps.
struct Course {
    start: Vec<Vec<f64>>,
    gradients: Vec<Vec<Vec<f64>>>,
}

fn course() -> Course {
    let mut random = stream(5, &["optimiser test"]);
    let mut draw = |scale: f64| -> Vec<Vec<f64>> {
        let lengths = SHAPES.map(|shape| shape.iter().product::<usize>());
        // Rounded to single precision, so that both ways begin from the same numbers.
        lengths
            .map(|length| {
                (0..length).map(|_| f64::from((scale * random.random_range(-1.0..1.0)) as f32)).collect()
            })
            .into()
    };
    let start = draw(1.0);
    Course { start, gradients: (0..40).map(|step| draw(0.1 + 0.2 * f64::from(step % 5))).collect() }
}

/// Adam by the letter of its definition.
fn by_definition(course: &Course, settings: AdamSettings, factor: impl Fn(usize) -> f64) -> Vec<Vec<f64>> {
    let mut values = course.start.clone();
    let zeros: Vec<Vec<f64>> = values.iter().map(|values| vec![0.0; values.len()]).collect();
    let (mut first, mut second) = (zeros.clone(), zeros);
    for (step, gradients) in course.gradients.iter().enumerate() {
        let norm = gradients.iter().flatten().map(|g| g * g).sum::<f64>().sqrt();
        let scale = settings.clip_norm.map_or(1.0, |limit| (limit / norm).min(1.0));
        let rate = settings.learning_rate * factor(step);
        let power = step as i32 + 1;
        for part in 0..values.len() {
            let decay = if SHAPES[part].len() == 2 { rate * settings.weight_decay } else { 0.0 };
            for place in 0..values[part].len() {
                let gradient = scale * gradients[part][place];
                let (m, v) = (&mut first[part][place], &mut second[part][place]);
                *m = 0.9 * *m + 0.1 * gradient;
                *v = 0.999 * *v + 0.001 * gradient * gradient;
                let corrected = rate * (1.0 - 0.999_f64.powi(power)).sqrt() / (1.0 - 0.9_f64.powi(power));
                let value = &mut values[part][place];
                *value = *value * (1.0 - decay) - corrected * *m / (v.sqrt() + 1e-7);
                // The first variable is kept from becoming negative.
                *value = if part == 0 { value.max(0.0) } else { *value };
            }
        }
    }
    values
}

fn in_place(course: &Course, settings: AdamSettings, factor: impl Fn(usize) -> f64) -> Vec<Vec<f64>> {
    let tensor = |values: &[f64], shape: &[usize]| {
        let values: Vec<f32> = values.iter().map(|&value| value as f32).collect();
        Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
    };
    let start = course.start.iter().zip(SHAPES);
    let variables: Vec<Var> =
        start.map(|(values, shape)| Var::from_tensor(&tensor(values, shape)).unwrap()).collect();
    let mut adam = Adam::new(&variables, settings, &[0]).unwrap();
    for (step, gradients) in course.gradients.iter().enumerate() {
        // The gradient of Σ g w is g.
        let products = variables.iter().zip(gradients).zip(SHAPES).map(|((variable, gradient), shape)| {
            (variable.as_tensor() * tensor(gradient, shape)).unwrap().sum_all().unwrap()
        });
        let sum = products.reduce(|sum, product| (sum + product).unwrap()).unwrap();
        assert!(adam.step(&sum.backward().unwrap(), factor(step)).unwrap());
    }
    let values = variables.iter().map(|variable| variable.flatten_all().unwrap().to_vec1::<f32>().unwrap());
    values.map(|values| values.into_iter().map(f64::from).collect()).collect()
}

#[test]
fn every_option_of_adam_does_what_its_definition_says() {
    let plain = AdamSettings { learning_rate: 0.01, weight_decay: 0.0, clip_norm: None };
    let course = course();
    let constant = |_: usize| 1.0;
    let falling = |step: usize| 1.0 - step as f64 / 40.0;
    let mut results = Vec::new();
    for (settings, falls) in [
        (plain, false),
        (AdamSettings { weight_decay: 0.5, ..plain }, false),
        (AdamSettings { clip_norm: Some(0.3), ..plain }, false),
        (plain, true),
        (AdamSettings { weight_decay: 0.1, clip_norm: Some(1.0), ..plain }, true),
    ] {
        let (found, expected) = if falls {
            (in_place(&course, settings, falling), by_definition(&course, settings, falling))
        } else {
            (in_place(&course, settings, constant), by_definition(&course, settings, constant))
        };
        for (found, expected) in found.iter().zip(&expected) {
            let difference = relative_difference(found, expected);
            assert!(difference < 1e-5, "{settings:?}: {difference}");
        }
        assert!(found[0].iter().all(|&value| value >= 0.0));
        results.push(expected);
    }
    // Every option changes the result, so that the comparison is not of the same thing five times.
    for (place, result) in results.iter().enumerate() {
        assert!(results[..place].iter().all(|other| relative_difference(&other[2], &result[2]) > 1e-3));
    }
}

#[test]
fn a_moment_that_overflows_is_told() {
    let variables = [Var::from_tensor(&Tensor::new(&[1.0_f32, 2.0], &Device::Cpu).unwrap()).unwrap()];
    let settings = AdamSettings { learning_rate: 0.01, weight_decay: 0.0, clip_norm: None };
    let mut adam = Adam::new(&variables, settings, &[]).unwrap();
    let gradient =
        |scale: f64| (variables[0].as_tensor() * scale).unwrap().sum_all().unwrap().backward().unwrap();
    assert!(adam.step(&gradient(1e15), 1.0).unwrap());
    assert!(!adam.step(&gradient(1e30), 1.0).unwrap());
}
