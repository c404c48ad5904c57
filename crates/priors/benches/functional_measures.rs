//! Times functional measures from events, on all cores, and cross-validated precision beside scikit-learn's
//! `GraphicalLassoCV` in the same run.
//!
//! Real fields are those of the released bundle where it is at hand, synthetic ones always. scikit-learn is that of
//! `$LAMINA_PYTHON`, or of `python3`; of its times with one job and with one a core, the better one counts.
#![allow(missing_docs, clippy::unwrap_used)]

use std::{env, fs, hint::black_box, process::Command, time::Instant};

use cortex::{Field, FieldName};
use fixtures::microns_folder;
use ingest::{Bundle, synthesize};
use priors::{Counts, EventTrains, Moments, correlation, counts, cross_validation, inverse, penalised, sttc};

fn main() {
    let bundle = microns_folder().map(|folder| Bundle::open(&folder).unwrap());
    let field = |name: &str| -> Option<Field> {
        let name: FieldName = name.parse().unwrap();
        if name.synthetic_neurons().is_some() {
            return Some(synthesize(&name, 1).unwrap().field);
        }
        Some(bundle.as_ref()?.field(&name).unwrap().read().unwrap().field)
    };
    println!(
        "{:>13} {:>7} {:>12} {:>8} {:>8} {:>8}",
        "field", "events", "correlation", "sttc", "inverse", "lasso-cv"
    );
    for name in ["4_7_2", "5_6_8", "synthetic_160", "synthetic_632"] {
        if let Some(field) = field(name) {
            measures(&field);
        }
    }
    println!();
    for name in ["4_7_2", "synthetic_88"] {
        if let Some(field) = field(name) {
            beside_scikit_learn(&field);
        }
    }
}

/// Milliseconds of every measure, best of three.
fn measures(field: &Field) {
    let events = EventTrains::new(field.event_trains()).unwrap();
    let binned = counts(&events, 0.2).unwrap();
    let moments = Moments::of(&binned);
    println!(
        "{:>13} {:>7} {:>9.1} ms {:>5.1} ms {:>5.1} ms {:>5.0} ms",
        field.name.as_str(),
        field.events.len(),
        best(3, || correlation(&Moments::of(&counts(&events, 0.2).unwrap()))),
        best(3, || sttc(&events, 0.1)),
        best(3, || inverse(&moments).unwrap()),
        best(1, || chosen(&binned)),
    );
}

fn beside_scikit_learn(field: &Field) {
    let binned = counts(&EventTrains::new(field.event_trains()).unwrap(), 0.2).unwrap();
    let name = field.name.as_str();
    let own = best(3, || chosen(&binned)) / 1e3;
    let Some(peer) = scikit_learn(&binned) else {
        println!(
            "{name}: cross-validated precision {own:.3} s; no python3 with scikit-learn to compare with, set LAMINA_PYTHON"
        );
        return;
    };
    let number = |key: &str| peer[key].as_f64().unwrap();
    let (one, several) = (number("one"), number("several"));
    println!(
        "{name}: cross-validated precision {own:.3} s at alpha {:.4e}; scikit-learn {} {one:.2} s with one job, {several:.2} s \
         with {}, at alpha {:.4e}: {:.0} times faster",
        chosen(&binned).0,
        peer["version"].as_str().unwrap(),
        peer["cores"],
        number("alpha"),
        one.min(several) / own
    );
}

/// The chosen penalty and the precision at it, from counts.
fn chosen(counts: &Counts) -> (f64, priors::Precision) {
    let moments = Moments::of(counts);
    let alpha = cross_validation(counts, &moments).unwrap().unwrap().alpha;
    (alpha, penalised(&moments, alpha).unwrap())
}

fn scikit_learn(counts: &Counts) -> Option<serde_json::Value> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("counts");
    let (neurons, bins) = (counts.neurons(), counts.bins() as usize);
    let mut dense = vec![0.0_f64; bins * neurons];
    for neuron in 0..neurons {
        for &(bin, count) in counts.occupied(neuron) {
            dense[bin as usize * neurons + neuron] = f64::from(count);
        }
    }
    fs::write(&file, dense.iter().flat_map(|count| count.to_ne_bytes()).collect::<Vec<u8>>()).unwrap();
    let python = env::var_os("LAMINA_PYTHON").unwrap_or("python3".into());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/graphical_lasso_cv.py");
    let output = Command::new(python).arg(script).arg(&file).arg(neurons.to_string()).output().ok()?;
    serde_json::from_slice(&output.stdout).ok()
}

/// Milliseconds, best of `times`.
fn best<T>(times: usize, mut work: impl FnMut() -> T) -> f64 {
    let mut seconds = f64::INFINITY;
    for _ in 0..times {
        let started = Instant::now();
        black_box(work());
        seconds = seconds.min(started.elapsed().as_secs_f64());
    }
    seconds * 1e3
}
