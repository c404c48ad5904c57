//! Small studies written by hand, read back as a person would.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::fs;

use analyze::Metric;
use common::{Fate, HandMadeRun, Study, assert_finite, assert_well_formed, modified};

const TWO_SIMULATIONS: &str = r#"
[source]
fields = ["synthetic_12"]
[train]
tasks = ["one-choice-inference", "go-nogo"]
variants = ["W*D*C", "WD"]
simulations = 2
[[arm]]
name = "main"
protocol = "published"
"#;

/// One run of each task diverged: `WD`, simulation 1.
fn two_simulations(study: &Study, arm: &str) -> Vec<HandMadeRun> {
    let mut runs = Vec::new();
    for task in ["one-choice-inference", "go-nogo"] {
        for (variant, simulation, fate) in [
            ("W*D*C", 0, Fate::Done(vec![0.5, 0.9])),
            ("W*D*C", 1, Fate::Done(vec![0.6, 0.8])),
            ("WD", 0, Fate::Done(vec![0.5, 0.7])),
            ("WD", 1, Fate::Diverged),
        ] {
            runs.push(study.run("synthetic_12", arm, task, variant, simulation, fate));
        }
    }
    runs
}

fn written(configuration: &str, protocol: &str) -> Study {
    let study = Study::new(configuration, 12);
    study.write_arm("synthetic_12", "main", protocol, &two_simulations(&study, "main"));
    study
}

fn assert_sound(study: &Study) {
    assert_finite(study);
    assert!(fs::read_dir(study.path("analyze/figures")).unwrap().count() > 0);
}

#[test]
fn a_diverged_run_counts_as_chance_under_the_published_protocol() {
    let study = written(TWO_SIMULATIONS, "published");
    study.analyze().unwrap();
    let metrics = study.table("metrics.parquet");
    let names: Vec<&str> = metrics.names().collect();
    assert_eq!(
        names[..13].join(" "),
        "field arm task variant simulation modularity small_worldness assortativity entropy clustering \
         efficiency communities edges"
    );
    for name in ["accuracy", "leiden_modularity", "initial_modularity", "spectral_radius", "status"] {
        assert!(names.contains(&name), "{name}");
    }
    assert_eq!(metrics.rows(), 8);
    assert_eq!(metrics.optional_f64("accuracy").unwrap()[..4], [Some(0.9), Some(0.8), Some(0.7), None]);
    let present =
        |name: &str| metrics.optional_f64(name).unwrap().iter().map(Option::is_some).collect::<Vec<_>>();
    assert_eq!(present("small_worldness")[..4], [true, true, true, false]);
    assert_eq!(metrics.optional_i64("edges").unwrap()[3], None);

    let statistics = study.table("statistics.parquet");
    assert_eq!(statistics.rows(), 2 * 2 * Metric::all().count());
    let row = (0..statistics.rows())
        .find(|&row| {
            statistics.text("task").unwrap()[row] == "one-choice-inference"
                && statistics.text("variant").unwrap()[row] == "WD"
                && statistics.text("metric").unwrap()[row] == "accuracy"
        })
        .unwrap();
    let number = |name: &str| statistics.optional_f64(name).unwrap()[row].unwrap();
    assert_eq!((statistics.u32("count").unwrap()[row], statistics.u32("diverged").unwrap()[row]), (2, 1));
    assert!((number("mean") - f64::midpoint(0.7, 0.25)).abs() < 1e-12);
    let half_width = 12.706_204_736_174_7 * (0.7 - 0.25) / 2.0;
    assert!((number("t95_high") - number("mean") - half_width).abs() < 1e-9);
    // Of two values the resampled means are these, their mean, and nothing else.
    assert!(number("bootstrap95_low") >= 0.25 && number("bootstrap95_high") <= 0.7);
    assert_sound(&study);
}

#[test]
fn the_report_has_our_numbers_beside_the_published_ones() {
    let study = written(TWO_SIMULATIONS, "published");
    study.analyze().unwrap();
    let page = study.report();
    for words in [
        "0.850",
        "[0.215, 1.485]",
        "0.917",
        "[0.853, 0.981]",
        "0.475",
        "1 of 2 diverged",
        "field 6_6_2",
        "20 simulations",
        "8 networks",
        "12 units",
        "2 runs diverged",
        "released code reports it",
        "Go/NoGo",
        "W*D*C",
        "arXiv 2606.14975",
        "train/synthetic_12/main",
        "learning_rate",
        "1 (0)",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("Perceptual"), "a task without runs is left out");
    assert!(page.contains("Nothing to compare"), "the two variants differ in more than one part");
    let files = fs::read_dir(study.path("analyze/figures")).unwrap().count();
    assert_eq!(files, 2 * (1 + 2 + 2 + 1));
}

#[test]
fn a_figure_shows_what_its_table_says() {
    let study = written(TWO_SIMULATIONS, "published");
    study.analyze().unwrap();
    let (metrics, statistics) = (study.table("metrics.parquet"), study.table("statistics.parquet"));
    let table = study.table("figures/synthetic_12.main.accuracy.parquet");
    let text = |name: &str| table.text(name).unwrap().to_vec();
    let value = table.optional_f64("value").unwrap();
    let marks = |kind: &str| text("mark").iter().filter(|mark| *mark == kind).count();
    assert_eq!([marks("run"), marks("diverged run"), marks("mean")], [6, 2, 4]);
    for (row, &value) in value.iter().enumerate() {
        let same = |other: &artifact::Table, at: usize| {
            ["field", "arm", "task", "variant"]
                .iter()
                .all(|name| other.text(name).unwrap()[at] == text(name)[row])
        };
        let found = match text("mark")[row].as_str() {
            "run" => (0..metrics.rows())
                .find(|&at| {
                    let simulation = i64::from(metrics.u32("simulation").unwrap()[at]);
                    same(&metrics, at) && table.optional_i64("simulation").unwrap()[row] == Some(simulation)
                })
                .map(|at| metrics.optional_f64("accuracy").unwrap()[at]),
            "mean" => (0..statistics.rows())
                .find(|&at| same(&statistics, at) && statistics.text("metric").unwrap()[at] == "accuracy")
                .map(|at| statistics.optional_f64("mean").unwrap()[at]),
            _ => continue,
        };
        assert_eq!(found, Some(value));
    }
    let image = fs::read_to_string(study.path("analyze/figures/synthetic_12.main.accuracy.svg")).unwrap();
    let legend = 1;
    assert_eq!(image.matches("class=\"run\"").count(), marks("run") + legend);
    assert_eq!(image.matches("class=\"cross\"").count(), marks("diverged run") + legend);
    assert_eq!(image.matches("class=\"mean\"").count(), marks("mean") + legend);
    assert_eq!(image.matches("class=\"reported\"").count(), marks("published mean") + legend);
    let curves = study.table("figures/synthetic_12.main.learning-curves.go-nogo.parquet");
    // Two variants with two epochs of training and validation.
    assert_eq!(curves.rows(), 2 * 2 * 2);
    assert_eq!(curves.u32("count").unwrap()[0], 2);
}

#[test]
fn trained_weights_are_those_of_the_lowest_simulation_that_has_them() {
    let study = Study::new(TWO_SIMULATIONS, 12);
    let mut runs = two_simulations(&study, "main");
    for run in runs.iter_mut().filter(|run| run.key.task.name() == "one-choice-inference") {
        let diverges = run.key.variant.to_string() == "WD" || run.key.simulation == 0;
        run.fate = if diverges { Fate::Diverged } else { Fate::Done(vec![0.6, 0.8]) };
    }
    study.write_arm("synthetic_12", "main", "published", &runs);
    study.analyze().unwrap();
    let table = study.table("figures/synthetic_12.main.trained-weights.parquet");
    // One network is left, W*D*C in simulation 1; every weight is a pixel.
    let kernel = &runs.iter().find(|run| matches!(run.fate, Fate::Done(_))).unwrap().kernel;
    assert_eq!(table.rows(), 144);
    assert!(table.text("variant").unwrap().iter().all(|variant| variant == "W*D*C"));
    assert!(table.u32("simulation").unwrap().iter().all(|&simulation| simulation == 1));
    let [pre, post] = ["pre", "post"].map(|name| table.u32(name).unwrap());
    for (row, &value) in table.optional_f64("value").unwrap().iter().enumerate() {
        assert_eq!(value, Some(f64::from(kernel[(pre[row] * 12 + post[row]) as usize])));
    }
    let page = study.report();
    assert!(page.contains("simulation 1, accuracy 0.800") && page.contains("There is none of WD."));
    assert!(page.contains("Units stand as they are stored."), "nothing is known of where neurons sit");
    assert_sound(&study);
}

#[test]
fn nothing_from_an_input_injects_markup() {
    const HOSTILE: &str = "\"><img src=x onerror=alert(1)><script>alert(1)<&'script>";
    let claims = format!(
        "minimum_runs = 2\n[[claim]]\nnumber = 1\nname = {HOSTILE:?}\nstatement = {HOSTILE:?}\nkind = \"gain\"\n\
         metrics = [\"accuracy\"]\nof = \"D*\"\nover = \"D\"\nrule = \"greater\"\nthreshold = 0.1\n"
    );
    let mut study = Study::new(TWO_SIMULATIONS, 12);
    let path = study.folder.path().join("claims.toml");
    fs::write(&path, claims).unwrap();
    let configuration = format!("{TWO_SIMULATIONS}\n[analyze]\nclaims = {path:?}\n");
    fs::write(study.folder.path().join("pipeline.toml"), configuration).unwrap();
    study.notes.push(HOSTILE.to_owned());
    study.write_arm("synthetic_12", "main", "published", &two_simulations(&study, "main"));
    study.analyze().unwrap();
    let safe = |markup: &str| {
        assert!(!markup.contains("<img") && !markup.contains("<script"));
        assert_well_formed(markup);
    };
    let page = study.report();
    assert_eq!(page.matches("&lt;script&gt;").count(), 2, "a note and a statement");
    safe(&page);

    // The name of an arm that a configuration would refuse.
    let mut session = stage::Session::open("analyze", study.arguments()).unwrap();
    let (field, arm) = ("synthetic_12".parse().unwrap(), session.study.arms[0].clone());
    let open = analyze::OpenArm::open(&mut session, &field, &arm).unwrap();
    let measured =
        analyze::measure_runs(open, &analyze::FieldContext::default(), &analyze::Remembered::default())
            .unwrap();
    let mut results = measured.results(&analyze::nulls::Nulls::default());
    results.arm.name = HOSTILE.to_owned();
    let claims = analyze::Claims::embedded().unwrap();
    let results = [results];
    let verdicts = analyze::claims::judge(&claims, &results, 1);
    let provenance = analyze::report::Provenance::gather(&mut session, &[]).unwrap();
    let place = study.path("hostile");
    let mut draft = artifact::Draft::begin(&place).unwrap();
    let figures =
        analyze::report::report(&mut draft, &results, &claims, &verdicts, &[], &provenance).unwrap();
    draft.commit(&provenance.recipe(&[])).unwrap();
    assert_eq!(figures, 6);
    safe(&fs::read_to_string(place.join("report.html")).unwrap());
    let images = fs::read_dir(place.join("figures")).unwrap().map(|entry| entry.unwrap().path());
    let images: Vec<_> = images.filter(|path| path.extension().is_some_and(|it| it == "svg")).collect();
    assert_eq!(images.len(), figures);
    for image in images {
        safe(&fs::read_to_string(image).unwrap());
    }
}

#[test]
fn a_diverged_run_is_counted_apart_under_the_described_protocol() {
    let study = written(&TWO_SIMULATIONS.replace("published", "described"), "described");
    study.analyze().unwrap();
    let statistics = study.table("statistics.parquet");
    let row = (0..statistics.rows()).find(|&row| statistics.text("variant").unwrap()[row] == "WD").unwrap();
    assert_eq!(statistics.text("metric").unwrap()[row], "accuracy");
    assert_eq!((statistics.u32("count").unwrap()[row], statistics.u32("diverged").unwrap()[row]), (1, 1));
    // The test accuracy of the run that is left.
    assert!((statistics.optional_f64("mean").unwrap()[row].unwrap() - 0.65).abs() < 1e-12);
    assert_eq!(statistics.optional_f64("t95_low").unwrap()[row], None);
    assert_sound(&study);
}

#[test]
fn one_simulation_of_which_all_diverged_still_has_a_report() {
    let configuration =
        TWO_SIMULATIONS.replace("simulations = 2", "simulations = 1").replace("published", "described");
    let study = Study::new(&configuration, 12);
    let runs = ["one-choice-inference", "go-nogo"]
        .map(|task| study.run("synthetic_12", "main", task, "WD", 0, Fate::Diverged));
    study.write_arm("synthetic_12", "main", "described", &runs);
    study.analyze().unwrap();
    let page = study.report();
    assert!(page.contains("There is one simulation, so no interval.") && page.contains("all diverged"));
    assert!(page.contains("Every run diverged."));
    assert!(page.contains("No network was trained to its end"));
    assert!(page.contains("synthetic_12/main has 2 runs, the configuration asks for 4"));
    assert_sound(&study);
}

#[test]
fn an_arm_without_runs_and_a_variant_missing_in_one_task_still_have_a_report() {
    let two_arms = format!("{TWO_SIMULATIONS}\n[[arm]]\nname = \"empty\"\n");
    let study = Study::new(&two_arms, 12);
    let mut runs = two_simulations(&study, "main");
    runs.retain(|run| run.key.task.name() == "go-nogo" || run.key.variant.to_string() == "WD");
    study.write_arm("synthetic_12", "main", "published", &runs);
    study.write_arm("synthetic_12", "empty", "published", &[]);
    study.analyze().unwrap();
    let page = study.report();
    assert!(
        page.contains("This arm has no runs.")
            && page.contains("no value")
            && page.contains("href=\"#synthetic_12.empty\"")
    );
    assert_sound(&study);
}

#[test]
fn a_study_of_one_variant_has_nothing_to_compare_and_says_so() {
    let configuration = TWO_SIMULATIONS.replace("[\"W*D*C\", \"WD\"]", "[\"W*D*C\"]");
    let study = Study::new(&configuration, 12);
    let runs: Vec<HandMadeRun> = two_simulations(&study, "main")
        .into_iter()
        .filter(|run| run.key.variant.to_string() == "W*D*C")
        .collect();
    study.write_arm("synthetic_12", "main", "published", &runs);
    study.analyze().unwrap();
    let tables = ["contrasts.parquet", "omnibus.parquet"].map(|name| study.table(name).rows());
    assert_eq!(tables, [0, 0]);
    let claims = study.table("claims.parquet");
    assert!(claims.text("verdict").unwrap().iter().all(|verdict| verdict == "undecided"));
    assert!(study.report().contains("the study has nothing to compare"));
    assert!(study.report().contains("Nothing to compare: no two variants"));
    assert_sound(&study);
}

#[test]
fn a_study_without_runs_has_a_report_and_empty_tables() {
    let study = Study::new(TWO_SIMULATIONS, 12);
    study.write_arm("synthetic_12", "main", "published", &[]);
    study.analyze().unwrap();
    assert!(study.report().contains("This arm has no runs."));
    for name in ["metrics", "statistics", "contrasts", "omnibus"] {
        assert_eq!(study.table(&format!("{name}.parquet")).rows(), 0, "{name}");
    }
    assert_finite(&study);
}

#[test]
fn initial_weights_are_measured_too_even_of_a_diverged_run() {
    let study = Study::new(TWO_SIMULATIONS, 12);
    let mut runs = two_simulations(&study, "main");
    for run in &mut runs {
        run.initial = Some(vec![0.5; 144]);
    }
    runs[0].initial = Some(runs[0].kernel.clone());
    study.write_arm("synthetic_12", "main", "published", &runs);
    study.analyze().unwrap();
    let metrics = study.table("metrics.parquet");
    let number = |name: &str, row: usize| metrics.optional_f64(name).unwrap()[row];
    assert_eq!(metrics.text("status").unwrap()[3], "diverged");
    assert_eq!((number("spectral_radius", 3), number("diagonal_mean", 3)), (None, None));
    assert!((number("initial_spectral_radius", 3).unwrap() - 6.0).abs() < 1e-9);
    assert_eq!(number("initial_diagonal_mean", 1), Some(0.5));
    assert_eq!(number("prior_correlation", 0), Some(1.0));
    assert_eq!(number("prior_correlation", 1), None, "constant weights have no rank");
    for name in ["modularity", "leiden_modularity", "small_worldness_rewired", "participation", "sparsity"] {
        assert_eq!(number(&format!("initial_{name}"), 0), number(name, 0), "{name}");
        assert!(number(name, 0).is_some(), "{name}");
    }
    assert_finite(&study);
}

#[test]
fn a_second_run_changes_nothing_and_new_runs_keep_the_nulls() {
    let study = written(TWO_SIMULATIONS, "published");
    study.analyze().unwrap();
    let nulls = study.path("nulls/published-N12-1000-seed1/manifest.json");
    let analysis = study.path("analyze/manifest.json");
    let (nulls_made, analysis_made) = (modified(&nulls), modified(&analysis));
    let rewired = || {
        let place = study.path("nulls/rewired-N12-50-seed1");
        artifact::Artifact::open(&place, artifact::Kind::Nulls).unwrap().table("nulls.parquet").unwrap()
    };
    let known = rewired();
    // Hand-made kernels differ by simulation, variant and task: six runs did not diverge.
    assert_eq!(known.rows(), 6);
    study.analyze().unwrap();
    assert_eq!((modified(&nulls), modified(&analysis)), (nulls_made, analysis_made));
    let mut runs = two_simulations(&study, "main");
    runs[0].kernel[5] += 1.0;
    study.write_arm("synthetic_12", "main", "published", &runs);
    study.analyze().unwrap();
    assert_eq!(modified(&nulls), nulls_made);
    assert_ne!(modified(&analysis), analysis_made);
    let remembered = |study: &Study| {
        let mut session = stage::Session::open("analyze", study.arguments()).unwrap();
        let (field, arm) = ("synthetic_12".parse().unwrap(), session.study.arms[0].clone());
        let arms = [analyze::OpenArm::open(&mut session, &field, &arm).unwrap()];
        let recipe = analyze::report::Provenance::gather(&mut session, &arms).unwrap().recipe(&arms);
        let remembered = analyze::Remembered::open(&study.path("analyze"), &recipe);
        arms[0].runs.iter().filter(|run| remembered.of(run).is_some()).count()
    };
    assert_eq!(remembered(&study), 8);
    let outputs = |study: &Study| {
        artifact::Artifact::open(&study.path("analyze"), artifact::Kind::Analysis)
            .unwrap()
            .manifest()
            .outputs
            .clone()
    };
    let with_memory = outputs(&study);
    fs::remove_dir_all(study.path("analyze")).unwrap();
    assert_eq!(remembered(&study), 0);
    study.analyze().unwrap();
    assert_eq!(outputs(&study), with_memory, "what is remembered is what would be measured");
    let mut others = two_simulations(&study, "main");
    others[2].kernel[7] += 1.0;
    study.write_arm("synthetic_12", "main", "published", &others);
    assert_eq!(remembered(&study), 8 - 2, "the first run has its old weights again, the third has new ones");
    let more = rewired();
    assert_eq!(more.rows(), 7, "the graph that changed has nulls of its own, the others keep theirs");
    let rows = |table: &artifact::Table| -> Vec<(Option<String>, f64)> {
        let graphs = table.optional_text("graph").unwrap().iter().cloned();
        graphs.zip(table.f64("clustering_mean").unwrap().iter().copied()).collect()
    };
    assert!(rows(&known).iter().all(|row| rows(&more).contains(row)));
}

#[test]
fn equal_studies_give_equal_bytes() {
    let studies = [(); 2].map(|()| written(TWO_SIMULATIONS, "published"));
    let [first, second] = studies.map(|study| {
        study.analyze().unwrap();
        artifact::Artifact::open(&study.path("analyze"), artifact::Kind::Analysis)
            .unwrap()
            .manifest()
            .outputs
            .clone()
    });
    assert!(first.len() > 3);
    assert_eq!(first, second);
}

#[test]
fn runs_of_another_protocol_or_none_are_refused_with_the_remedy() {
    let study = written(TWO_SIMULATIONS, "described");
    let error = study.analyze().unwrap_err().to_string();
    assert!(
        error.contains("described") && error.contains("published") && error.contains("`train run`"),
        "{error}"
    );
    let study = Study::new(TWO_SIMULATIONS, 12);
    let error = study.analyze().unwrap_err().to_string();
    assert!(error.contains("train run --field synthetic_12"), "{error}");
    let mut arguments = study.arguments();
    arguments.dry_run = true;
    analyze::run(arguments).unwrap();
    assert!(!study.path("analyze").exists());
}

#[test]
fn a_run_that_is_done_but_not_finite_is_named() {
    let study = Study::new(TWO_SIMULATIONS, 12);
    let mut runs = two_simulations(&study, "main");
    runs[1].kernel[13] = f32::NAN;
    study.write_arm("synthetic_12", "main", "published", &runs);
    let error = study.analyze().unwrap_err().to_string();
    assert!(error.contains("one-choice-inference.WsDsC.01.safetensors: weight [1, 1] is NaN"), "{error}");
    assert!(!study.path("analyze/manifest.json").exists());
}
