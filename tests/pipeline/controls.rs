//! Controls reach the networks that are named for them.

use std::collections::BTreeMap;

use artifact::{Artifact, Kind, Tensors, read_field};
use numerics::{Mat, ZeroStrength, communicability, row_major};

use crate::study::Study;

const UNITS: usize = 16;

/// Every named initialiser and distance, in some variant.
const VARIANTS: &str = r#"["W~identity D* C", "W~diagonal D", "W~diagonal-lognormal D~permuted", "W~off-diagonal", "W~lognormal D~measured",
"W~shuffled D~grid", "W~shuffled-off-diagonal D~grid-unit", "W~relabelled D~measured-equal-mean", "W~spectrum D~grid-unit-equal-mean",
"W~orthogonal-scaled D~published C*", "W~orthogonal-positive", "W~shifted D*", "W~connectome", "W~rewired", "W~rewired-length"]"#;

fn controls(variants: &str) -> Study {
    let study = Study::tiny();
    study.edit("[train]", &format!("[train]\ntasks = [\"go-nogo\"]\nvariants = {variants}"));
    study
}

fn priors(study: &Study) -> (Tensors, Tensors) {
    let artifact = Artifact::open(&study.path("artifacts/priors/synthetic_16"), Kind::Priors).unwrap();
    let initial = artifact.tensors("initial/main.safetensors").unwrap();
    (artifact.tensors("priors.safetensors").unwrap(), initial)
}

fn arm(study: &Study) -> Artifact {
    Artifact::open(&study.path("artifacts/train/synthetic_16/main"), Kind::Arm).unwrap()
}

fn initial_kernel(arm: &Artifact, stem: &str) -> Vec<f32> {
    let weights = arm.tensors(&format!("weights/go-nogo.{stem}.00.safetensors")).unwrap();
    weights.f32("initial_recurrent_kernel", &[UNITS, UNITS]).unwrap().to_vec()
}

#[test]
fn every_named_initialiser_is_made_and_begun_from() {
    let study = controls(VARIANTS);
    assert_eq!(study.run_all()["train"].trained(), 15);
    let (_, initial) = priors(&study);
    assert_eq!(initial.names().count(), 16, "functional weights are always there");
    let arm = arm(&study);
    for (name, stem) in [
        ("identity", "W-identityDsC"),
        ("diagonal", "W-diagonalD"),
        ("diagonal-lognormal", "W-diagonal-lognormalD-permuted"),
        ("off-diagonal", "W-off-diagonal"),
        ("shuffled-off-diagonal", "W-shuffled-off-diagonalD-grid-unit"),
        ("orthogonal-scaled", "W-orthogonal-scaledD-publishedCs"),
        ("rewired-length", "W-rewired-length"),
    ] {
        let made = initial.f32(name, &[1, UNITS, UNITS]).unwrap();
        assert_eq!(initial_kernel(&arm, stem), made, "{name}");
    }
    let report = std::fs::read_to_string(study.path("artifacts/analyze/report.html")).unwrap();
    assert!(report.contains("W~orthogonal-scaled D~published C*"));
    assert_shows_priors(&study, &report);
    assert_shows_trained_networks(&study);
}

/// The report has a section on the field's priors, with every initialiser in its pictures, and files of them.
fn assert_shows_priors(study: &Study, report: &str) {
    let (_, section) = report.split_once("Priors of field synthetic_16").unwrap();
    assert!(!report.contains("NaN"));
    let analysis = Artifact::open(&study.path("artifacts/analyze"), Kind::Analysis).unwrap();
    for figure in ["positions", "distances", "measures", "initial", "weights", "eigenvalues"] {
        let name = format!("figures/synthetic_16.priors.{figure}");
        assert!(analysis.has(&format!("{name}.svg")), "{name}");
        assert!(analysis.table(&format!("{name}.parquet")).unwrap().rows() > 0, "{name}");
    }
    // Nine measures, and a heat map, a histogram and a spectrum of each initialiser: the 15 controls.
    assert_eq!(section.matches("data:image/png;base64,").count(), 9 + 15);
    for title in ["W~identity", "W~spectrum", "W~rewired-length"] {
        assert_eq!(section.matches(&format!(">{title}</text>")).count(), 3, "{title}");
    }
    assert!(section.contains("spectral radius 0.95"));
}

/// The report has the graph of every trained network: its neurons where they sit, and edges of the weights that were trained.
fn assert_shows_trained_networks(study: &Study) {
    let analysis = Artifact::open(&study.path("artifacts/analyze"), Kind::Analysis).unwrap();
    assert!(analysis.has("figures/synthetic_16.main.trained-weights.svg"));
    let field = Artifact::open(&study.path("artifacts/ingest/synthetic_16"), Kind::Field).unwrap();
    let cortex = read_field(&field, &"synthetic_16".parse().unwrap()).unwrap();
    let table = analysis.table("figures/synthetic_16.main.trained-graphs.parquet").unwrap();
    let (mark, variant) = (table.text("mark").unwrap(), table.text("variant").unwrap());
    let (neuron, post) = (table.u32("neuron").unwrap(), table.optional_i64("post").unwrap());
    let (x, weight) = (table.optional_f64("x_um").unwrap(), table.optional_f64("weight").unwrap());
    let weights = arm(study).tensors("weights/go-nogo.W-identityDsC.00.safetensors").unwrap();
    let weights = weights.f32("recurrent_kernel", &[UNITS, UNITS]).unwrap();
    let mut edges = Vec::new();
    for row in (0..table.rows()).filter(|&row| variant[row] == "W~identity D* C") {
        let neuron = neuron[row] as usize;
        if mark[row] == "neuron" {
            assert_eq!(x[row], Some(cortex.neurons[neuron].position_um[0]));
        } else {
            let weight = weight[row].unwrap();
            assert_eq!(weight, f64::from(weights[neuron * UNITS + post[row].unwrap() as usize]));
            edges.push(weight.abs());
        }
    }
    assert!(edges.len() > 5 && edges.len() <= 2 * UNITS && edges.is_sorted_by(|a, b| a >= b));
    assert_eq!(mark.iter().filter(|mark| *mark == "neuron").count(), 15 * UNITS);
}

#[test]
fn adding_a_control_trains_only_its_own_runs() {
    let study = controls(r#"["W", "W*D*C", "W~identity D~permuted"]"#);
    assert_eq!(study.run_all()["train"].trained(), 3);
    study.edit("\"W\", ", "\"W~spectrum D*\", \"W\", ");
    let done = study.run_all();
    assert!(done["priors"].err.contains("initialisers"), "{}", done["priors"].err);
    assert_eq!(done["train"].trained(), 1);
    // Another simulation deals positions once more, and leaves the first as they were.
    study.edit("simulations = 1", "simulations = 2");
    assert_eq!(study.run_all()["train"].trained(), 4);
}

#[test]
fn control_distances_are_what_their_names_say() {
    let study = controls(VARIANTS);
    study.edit("simulations = 1", "simulations = 2");
    for stage in ["ingest", "priors"] {
        study.run(stage);
    }
    let (priors, _) = priors(&study);
    let matrix = |name: &str| priors.f64(name, &[UNITS, UNITS]).unwrap().to_vec();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / (UNITS * (UNITS - 1)) as f64;
    for (scaled, original) in [
        ("distance.measured-equal-mean", "distance.measured"),
        ("distance.grid-unit-equal-mean", "distance.grid-unit"),
    ] {
        let (scaled, original) = (matrix(scaled), matrix(original));
        assert!((mean(&scaled) - 0.5).abs() < 1e-14);
        let factor = 0.5 / mean(&original);
        assert!(scaled.iter().zip(&original).all(|(a, b)| (a - factor * b).abs() < 1e-14));
    }
    let sorted = |values: &[f64]| {
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        values
    };
    let measured = matrix("distance.measured");
    let dealt = priors.f64("distance.permuted", &[2, UNITS, UNITS]).unwrap();
    for deal in dealt.chunks_exact(UNITS * UNITS) {
        assert_eq!(sorted(deal), sorted(&measured));
        assert_ne!(deal, measured);
        // Every neuron has the distances of some neuron: positions moved, pairs did not.
        let rows = |values: &[f64]| {
            let mut rows: Vec<Vec<f64>> = values.chunks_exact(UNITS).map(&sorted).collect();
            rows.sort_by(|a, b| a.partial_cmp(b).unwrap());
            rows
        };
        assert_eq!(rows(deal), rows(&measured));
    }
    assert_ne!(dealt[..UNITS * UNITS], dealt[UNITS * UNITS..], "every simulation deals anew");
}

/// Penalty of a weight matrix at λ = 0.3, λ_EMD = 0.1, straight from its definition.
fn penalty(weights: &[f32], distance: Option<&[f64]>, c: &str, empirical: &[f64], lambda: f64) -> f64 {
    let magnitudes: Vec<f64> = weights.iter().map(|weight| f64::from(weight.abs())).collect();
    let own =
        |zero| -> Mat<f64> { communicability(row_major(&magnitudes, UNITS, UNITS).unwrap(), zero).unwrap() };
    let distance = |at: usize| distance.map_or(1.0, |distance| distance[at]);
    let weighted: Vec<f64> =
        magnitudes.iter().enumerate().map(|(at, weight)| weight * distance(at)).collect();
    let sorted = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values
    };
    match c {
        "C" => {
            let own = own(ZeroStrength::Isolated);
            lambda * weighted.iter().enumerate().map(|(at, w)| w * own[(at / UNITS, at % UNITS)]).sum::<f64>()
        }
        "C*" => {
            let own = numerics::to_row_major(own(ZeroStrength::MATCHED).as_ref());
            let pairs = sorted(own).into_iter().zip(sorted(empirical.to_vec()));
            let apart = pairs.map(|(a, b)| (a - b).abs()).sum::<f64>() / (UNITS * UNITS) as f64;
            lambda * weighted.iter().sum::<f64>() + 0.1 * apart
        }
        _ => lambda * weighted.iter().sum::<f64>(),
    }
}

#[test]
fn a_matched_lambda_makes_all_initial_penalties_equal() {
    let study = controls(r#"["W*D*C", "W", "WD", "W~spectrum D~permuted C*", "W~lognormal C"]"#);
    study.edit("[train]", "[train]\nlambda = { matched = \"W*D*C\" }");
    study.run_all();
    let (priors, _) = priors(&study);
    let matrix = |name: &str| priors.f64(name, &[UNITS, UNITS]).unwrap().to_vec();
    let empirical = matrix("communicability.published");
    let permuted = priors.f64("distance.permuted", &[1, UNITS, UNITS]).unwrap().to_vec();
    let (grid, measured) = (matrix("distance.grid"), matrix("distance.published"));
    let arm = arm(&study);
    let initial = |stem: &str, distance: Option<&[f64]>, c: &str, lambda: f64| {
        penalty(&initial_kernel(&arm, stem), distance, c, &empirical, lambda)
    };
    let wanted = initial("WsDsC", Some(&measured), "C", 0.3);
    for (stem, distance, c, lambda) in [
        ("W", None, "", 1.0),
        ("WD", Some(&grid[..]), "", 0.3),
        ("W-spectrumD-permutedCs", Some(&permuted[..]), "C*", 0.3),
        ("W-lognormalC", None, "C", 0.3),
    ] {
        let factor = factors(&study)[stem];
        let found = factor * initial(stem, distance, c, lambda);
        assert!((found / wanted - 1.0).abs() < 1e-5, "{stem}: {found} {wanted}");
        assert!((factor - 1.0).abs() > 0.01, "{stem}: nothing was matched");
    }
    assert!(!factors(&study).contains_key("WsDsC"), "the reference has its own λ");
}

/// What λ is multiplied by in every run that is matched, by the run's stem, as its recipe notes it.
fn factors(study: &Study) -> BTreeMap<String, f64> {
    let factor = |(name, recipe): (&String, &serde_json::Value)| {
        let note = recipe["notes"].to_string();
        let (_, after) = note.split_once("are multiplied by ")?;
        let stem = name.strip_prefix("main.go-nogo.")?.strip_suffix(".00")?.to_owned();
        Some((stem, after.split(' ').next()?.parse().ok()?))
    };
    study.recipes().iter().filter_map(factor).collect()
}

#[test]
fn a_lambda_that_nothing_can_match_is_refused_by_name() {
    let study = controls(r#"["W*D*C", "W~diagonal D*"]"#);
    for stage in ["ingest", "priors"] {
        study.run(stage);
    }
    let done = study.call("train", &["run", "--set", "train.lambda={ matched = \"W*D*C\" }"]);
    assert_eq!(done.code, Some(1));
    let line = done.err.lines().last().unwrap();
    assert!(line.contains("W~diagonal D*") && line.contains("initial penalty is 0"), "{line}");
    let done = study.call("train", &["run", "--set", "train.lambda={ matched = \"W*D*Q\" }"]);
    assert_eq!(done.code, Some(2), "{}", done.err);
    assert!(done.err.contains("train.lambda") && done.err.contains("left over"), "{}", done.err);
}

#[test]
fn unknown_names_and_impossible_controls_are_refused_in_one_line() {
    let study = controls(r#"["W~diagnal D*"]"#);
    let done = study.call("priors", &["run"]);
    assert_eq!((done.code, done.err.lines().count()), (Some(2), 1), "{}", done.err);
    assert!(done.err.contains("did you mean `diagonal`?"), "{}", done.err);
    study.edit("W~diagnal D*", "W~diagonal D~masured");
    let done = study.call("priors", &["run"]);
    assert!(done.err.contains("did you mean `measured`?"), "{}", done.err);
}
