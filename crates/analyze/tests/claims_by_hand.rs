//! Claims on studies written by hand, whose answers are plain.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::fs;

use analyze::{Claims, Comparison};
use common::{Fate, HandMadeRun, Study, assert_finite};

const STUDY: &str = r#"
[source]
fields = ["synthetic_12"]
[train]
tasks = ["one-choice-inference", "go-nogo"]
variants = ["W*D*C", "WD*C", "W*DC", "WDC", "W!D*C", "W!DC"]
simulations = 8
[[arm]]
name = "main"
[[arm]]
name = "positive"
positive = true
[[arm]]
name = "precision"
factors = ["precision", "sttc"]
"#;

/// `W*` and `W!` learn nearly everything, `W` hardly anything, D makes a little difference; the
/// positive arm fails.
fn accuracy(arm: &str, variant: &str, simulation: u32) -> f64 {
    let cortical = variant.starts_with("W*") || variant.starts_with("W!");
    let initial = match (arm, cortical) {
        ("positive", true) => 0.3,
        (_, true) => 0.9,
        (_, false) => 0.5,
    };
    let embedded = if variant.contains("D*") { 0.002 } else { 0.0 };
    initial + embedded + 0.001 * f64::from((simulation * 7 + variant.len() as u32) % 8)
}

fn runs(study: &Study, arm: &str, simulations: u32) -> Vec<HandMadeRun> {
    let mut runs = Vec::new();
    for task in ["one-choice-inference", "go-nogo"] {
        for variant in ["W*D*C", "WD*C", "W*DC", "WDC", "W!D*C", "W!DC"] {
            for simulation in 0..simulations {
                let fate = Fate::Done(vec![accuracy(arm, variant, simulation)]);
                runs.push(study.run("synthetic_12", arm, task, variant, simulation, fate));
            }
        }
    }
    runs
}

fn written(configuration: &str, simulations: u32) -> Study {
    let study = Study::new(configuration, 12);
    for arm in ["main", "positive", "precision"] {
        study.write_arm("synthetic_12", arm, "published", &runs(&study, arm, simulations));
    }
    study
}

/// The rows of `claims.parquet` as name, arm, task, role, comparison, verdict.
fn verdicts(study: &Study) -> Vec<[String; 6]> {
    let table = study.table("claims.parquet");
    let text = |name: &str| table.text(name).unwrap().to_vec();
    let columns = ["name", "arm", "task", "role", "comparison", "verdict"].map(text);
    (0..table.rows()).map(|row| std::array::from_fn(|column| columns[column][row].clone())).collect()
}

fn verdict(study: &Study, key: [&str; 5]) -> String {
    let found: Vec<String> = verdicts(study)
        .into_iter()
        .filter(|row| row.iter().zip(key).all(|(cell, key)| cell == key))
        .map(|row| row[5].clone())
        .collect();
    assert_eq!(found.len(), 1, "{key:?}: {found:?}");
    found[0].clone()
}

#[test]
fn plain_answers_are_found_in_every_arm_and_against_every_control() {
    let study = written(STUDY, 8);
    study.analyze().unwrap();
    let initialisation = |arm, task, role, comparison| {
        verdict(&study, ["functional-initialisation", arm, task, role, comparison])
    };
    for task in ["all", "go-nogo", "one-choice-inference"] {
        assert_eq!(initialisation("main", task, "claim", "W* over W"), "supported");
        assert_eq!(initialisation("precision", task, "claim", "W* over W"), "supported");
    }
    assert_eq!(initialisation("positive", "all", "claim", "W* over W"), "not supported");
    assert_eq!(initialisation("main", "all", "larger-than", "W* over W, less D* over D"), "supported");
    // The relabelled weights do as well: a control that takes the claim's ground away.
    assert_ne!(initialisation("main", "all", "control", "W* over W!"), "supported");
    assert_eq!(
        verdict(&study, ["relabelling", "main", "all", "claim", "W* over W!"]),
        "supported",
        "no difference is what this claim says"
    );
    let survives = ["positive-recurrence", "positive", "all", "claim", "W* in arm positive over arm main"];
    assert_eq!(verdict(&study, survives), "not supported");
    let ranking = ["precision-ranking", "main, precision", "all", "claim", "ranking of the variants"];
    assert_ne!(verdict(&study, ranking), "not supported");
    let table = study.table("claims.parquet");
    let row = (0..table.rows())
        .find(|&row| {
            table.text("name").unwrap()[row] == "functional-initialisation"
                && table.text("task").unwrap()[row] == "all"
        })
        .unwrap();
    let number = |name: &str| table.optional_f64(name).unwrap()[row].unwrap();
    assert_eq!(number("effect"), 1.0);
    assert!(number("effect95_low") > 0.5 && number("effect95_high") == 1.0);
    assert!((number("shift") - 0.4).abs() < 0.01 && number("shift95_low") < number("shift95_high"));
    assert_eq!((table.u32("pairs").unwrap()[row], table.u32("first_runs").unwrap()[row]), (4, 32));
    let page = study.report();
    assert!(
        page.contains("Functional initialisation gives the largest gain") && page.contains("not supported")
    );
    assert_finite(&study);
}

#[test]
fn the_overview_says_which_part_helped_and_by_how_much() {
    let study = written(STUDY, 8);
    study.analyze().unwrap();
    let page = study.report();
    let overview = page.split_once("id=\"overview\"").unwrap().1.split_once("id=\"arms\"").unwrap().0;
    let sentences: Vec<&str> = overview.split("<li>").filter(|part| part.contains("class=\"arm\"")).collect();
    assert_eq!(sentences.len(), 3);
    let helped = [
        "<strong>Distance as released helped (δ 0.44 [0.20, 0.58], accuracy +0.002), but this arm has no control for it.</strong>",
        "Functional initialisation helped (δ 1.00 [0.76, 1.00], accuracy +0.400), but not beyond W!.",
    ];
    let hindered = [
        "Distance as released helped",
        "Functional initialisation (δ −1.00 [−1.00, −0.76], accuracy −0.200) hindered.",
    ];
    for (sentence, words) in sentences.iter().zip([helped, hindered, helped]) {
        for words in words {
            assert!(sentence.contains(words), "{words}: {sentence}");
        }
    }
    let table = study.table("figures/synthetic_12.overview.parquet");
    let claims = study.table("claims.parquet");
    let row = |table: &artifact::Table, wanted: [(&str, &str); 4]| {
        let found = (0..table.rows())
            .find(|&row| wanted.iter().all(|(name, value)| table.text(name).unwrap()[row] == *value));
        found.unwrap()
    };
    let wanted =
        |task| [("arm", "main"), ("task", task), ("comparison", "W* over W"), ("metric", "accuracy")];
    for task in ["all", "go-nogo"] {
        let (own, claim) = (row(&table, wanted(task)), row(&claims, wanted(task)));
        for name in ["effect", "effect95_low", "effect95_high", "shift", "shift95_low", "shift95_high"] {
            assert_eq!(
                table.optional_f64(name).unwrap()[own],
                claims.optional_f64(name).unwrap()[claim],
                "{name}"
            );
        }
        assert_eq!(
            table.optional_text("outcome").unwrap()[own].as_deref(),
            (task == "all").then_some("helps")
        );
    }
    // W* and D*, in place of W! and D, in each arm: all tasks and either task.
    assert_eq!(table.rows(), 3 * 3 * 3);
    assert_finite(&study);
    let few = written(STUDY, 3);
    few.analyze().unwrap();
    assert!(few.report().contains("Undecided: only 3 runs a variant, 5 are needed."));
}

#[test]
fn what_the_study_cannot_speak_to_is_undecided_with_the_reason() {
    let study = written(STUDY, 3);
    study.analyze().unwrap();
    let fields = ["field-ranking", "", "all", "claim", "ranking of the variants in two fields"];
    assert_eq!(verdict(&study, fields), "undecided");
    let few = ["functional-initialisation", "main", "all", "claim", "W* over W"];
    assert_eq!(verdict(&study, few), "undecided");
    let reasons = study.table("claims.parquet").text("reason").unwrap().to_vec();
    assert!(reasons.iter().any(|reason| reason == "the study has nothing to compare"));
    assert!(reasons.iter().any(|reason| reason == "a variant has 3 runs, 5 are needed"));
    assert_finite(&study);
}

#[test]
fn where_every_run_of_one_side_diverged_a_claim_is_undecided_and_counts_them() {
    let study = Study::new(STUDY, 12);
    for arm in ["main", "positive", "precision"] {
        let mut runs = runs(&study, arm, 5);
        for run in &mut runs {
            if arm == "positive" && run.key.variant.to_string().starts_with("WD") {
                run.fate = Fate::Diverged;
            }
        }
        study.write_arm("synthetic_12", arm, "published", &runs);
    }
    study.analyze().unwrap();
    let claims = study.table("claims.parquet");
    let text = |name: &str| claims.text(name).unwrap();
    let row = |metric: &str| {
        let expected = [metric, "positive", "all", "W* over W"];
        let cells = |row: usize| ["metric", "arm", "task", "comparison"].map(|name| &text(name)[row]);
        (0..claims.rows()).find(|&row| cells(row) == expected).unwrap()
    };
    let (entropy, accuracy) = (row("entropy"), row("accuracy"));
    assert_eq!(text("verdict")[entropy], "undecided");
    assert_eq!(text("reason")[entropy], "no two variants have values to compare");
    // Two variants, two tasks, five simulations; accuracy counts them at chance.
    let counts = |name: &str| [entropy, accuracy].map(|row| claims.u32(name).unwrap()[row]);
    assert_eq!((counts("pairs"), counts("diverged")), ([0, 4], [20, 20]));
    let effects = claims.optional_f64("effect").unwrap();
    assert_eq!([entropy, accuracy].map(|row| effects[row].is_some()), [false, true]);
    assert_finite(&study);
}

#[test]
fn contrasts_hold_every_pair_and_adjust_within_their_family() {
    let study = written(STUDY, 8);
    study.analyze().unwrap();
    let table = study.table("contrasts.parquet");
    let text = |name: &str| table.text(name).unwrap();
    let (p, p_holm) = (table.optional_f64("p").unwrap(), table.optional_f64("p_holm").unwrap());
    let own = |family: &str| -> Vec<usize> {
        (0..table.rows())
            .filter(|&row| {
                text("arm")[row] == "main"
                    && text("task")[row] == "go-nogo"
                    && text("metric")[row] == "accuracy"
                    && text("family")[row] == family
            })
            .collect()
    };
    assert_eq!((own("pairs").len(), own("initialiser").len()), (15, 6));
    assert_eq!((own("distance").len(), own("communicability").len()), (3, 0));
    for family in ["pairs", "initialiser", "distance"] {
        let rows = own(family);
        let smallest = rows.iter().copied().min_by(|&a, &b| p[a].unwrap().total_cmp(&p[b].unwrap())).unwrap();
        let expected = (p[smallest].unwrap() * rows.len() as f64).min(1.0);
        assert!((p_holm[smallest].unwrap() - expected).abs() < 1e-12, "{family}");
        assert!(rows.iter().all(|&row| table.u32("family_size").unwrap()[row] == rows.len() as u32));
    }
    let first = own("initialiser")[0];
    assert_eq!((text("first")[first].as_str(), text("second")[first].as_str()), ("W*D*C", "WD*C"));
    assert_eq!(table.optional_f64("u").unwrap()[first], Some(64.0));
    assert_eq!(table.optional_f64("cliffs_delta").unwrap()[first], Some(1.0));
}

#[test]
fn the_analysis_of_variance_keeps_the_variants_that_the_protocol_keeps() {
    for (protocol, variants) in [("published", 4), ("described", 6)] {
        let configuration = format!(
            "[source]\nfields = [\"synthetic_12\"]\n[train]\ntasks = [\"go-nogo\"]\nvariants = [\"W*D*C\", \"WD*C\", \
             \"W*DC\", \"WDC\", \"WD*\", \"WD\"]\nsimulations = 5\n[[arm]]\nname = \"main\"\nprotocol = \"{protocol}\"\n"
        );
        let study = Study::new(&configuration, 12);
        let mut runs = Vec::new();
        for variant in ["W*D*C", "WD*C", "W*DC", "WDC", "WD*", "WD"] {
            for simulation in 0..5 {
                let fate = Fate::Done(vec![accuracy("main", variant, simulation)]);
                runs.push(study.run("synthetic_12", "main", "go-nogo", variant, simulation, fate));
            }
        }
        study.write_arm("synthetic_12", "main", protocol, &runs);
        study.analyze().unwrap();
        let table = study.table("omnibus.parquet");
        let rows: Vec<usize> =
            (0..table.rows()).filter(|&row| table.text("metric").unwrap()[row] == "accuracy").collect();
        let of = |test: &str| -> Vec<usize> {
            rows.iter().copied().filter(|&row| table.text("test").unwrap()[row] == test).collect()
        };
        assert_eq!(table.u32("variants").unwrap()[of("kruskal-wallis")[0]], 6);
        let anova = of("rank-anova");
        assert!(anova.iter().all(|&row| table.u32("variants").unwrap()[row] == variants), "{protocol}");
        let terms: Vec<&str> = anova.iter().map(|&row| table.text("term").unwrap()[row].as_str()).collect();
        assert_eq!(terms.contains(&"communicability"), protocol == "described", "{terms:?}");
        assert!(terms.contains(&"initialiser") && terms.last() == Some(&"residual"), "{terms:?}");
        assert_finite(&study);
    }
}

#[test]
fn a_user_can_bring_claims_and_their_mistakes_are_named() {
    let own = r#"
minimum_runs = 2
[[claim]]
number = 1
name = "own"
statement = "Relabelled weights are better than none."
kind = "gain"
metrics = ["accuracy", "spectral_radius"]
of = "W!"
over = "W"
rule = "greater"
threshold = 0.2
"#;
    let study = Study::new(STUDY, 12);
    let path = study.folder.path().join("claims.toml");
    fs::write(&path, own).unwrap();
    let configuration = format!("{STUDY}\n[analyze]\nclaims = {path:?}\n");
    fs::write(study.folder.path().join("pipeline.toml"), configuration).unwrap();
    for arm in ["main", "positive", "precision"] {
        study.write_arm("synthetic_12", arm, "published", &runs(&study, arm, 8));
    }
    study.analyze().unwrap();
    assert_eq!(
        verdicts(&study).iter().map(|row| row[0].as_str()).collect::<std::collections::BTreeSet<_>>(),
        ["own"].into()
    );
    for (old, new, words) in [
        ("of = \"W!\"", "of = \"V\"", "claim `own`: `V` is no part of a variant"),
        ("of = \"W!\"", "of = \"D*\"", "two different levels of one part"),
        ("of = \"W!\"", "", "of is missing"),
        ("\"spectral_radius\"", "\"spectral_radios\"", "the nearest is `spectral_radius`"),
        ("kind = \"gain\"", "kind = \"game\"", "line 7: unknown variant `game`"),
        ("threshold = 0.2", "threshold = -1", "threshold is -1"),
        ("rule = \"greater\"", "rule = \"greater\"\nbetween = \"fields\"", "between does not belong"),
        ("threshold = 0.2", "treshold = 0.2", "unknown field `treshold`"),
    ] {
        assert!(own.contains(old));
        fs::write(&path, own.replace(old, new)).unwrap();
        let message = study.analyze().unwrap_err().to_string();
        assert!(message.contains("claims.toml") && message.contains(words), "{message}");
    }
    fs::remove_file(&path).unwrap();
    assert!(study.analyze().unwrap_err().to_string().contains("analyze.claims: cannot read"));
}

#[test]
fn the_embedded_claims_are_those_of_the_study() {
    let claims = Claims::embedded().unwrap();
    let mut numbers: Vec<u32> = claims.claims.iter().map(|claim| claim.number).collect();
    numbers.dedup();
    assert_eq!(numbers, (1..=10).collect::<Vec<_>>());
    let rankings = claims.claims.iter().filter(|claim| matches!(claim.comparison, Comparison::Ranking(_)));
    assert_eq!(rankings.count(), 2);
}
