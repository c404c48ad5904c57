//! An arm without keys of its own has the study's settings; each key that it names replaces just that one.
#![allow(missing_docs, clippy::unwrap_used)]

use std::fs;

use config::{PrecisionEstimator, Study, load};
use cortex::{FunctionalFactor, Protocol};

const BASE: &str = "[source]\nfields = [\"synthetic_8\"]\n[train]\nepochs = 3\n";

fn study(arms: &str) -> Result<Study, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.toml");
    fs::write(&path, format!("{BASE}{arms}")).unwrap();
    load(&path, &[]).map_err(|error| error.to_string())
}

#[test]
fn an_arm_overrides_only_what_it_names() {
    let study = study(
        "[[arm]]\nname = \"a\"\n[[arm]]\nname = \"b\"\nepochs = 5\nbin_seconds = 0.4\nfactors = [\"precision\"]\npositive = true\nprotocol = \"described\"\n",
    )
    .unwrap();
    let [a, b] = &study.arms[..] else { panic!("two arms") };
    assert_eq!((a.train.epochs, b.train.epochs), (3, 5));
    assert_eq!((a.priors.bin_seconds, b.priors.bin_seconds), (0.2, 0.4));
    assert_eq!(a.priors, study.priors);
    assert_eq!((a.protocol, b.protocol), (Protocol::PUBLISHED, Protocol::DESCRIBED));
    assert_eq!(b.factors, [FunctionalFactor::Precision]);
    assert_eq!((a.positive, b.positive), (false, true));
    let restored = config::TrainSettings { epochs: 3, ..b.train.clone() };
    assert_eq!(restored, a.train);
}

#[test]
fn precision_is_estimated_in_three_ways() {
    let study = study(
        "[[arm]]\nname = \"a\"\n[[arm]]\nname = \"b\"\nprecision = { graphical-lasso = 0.001 }\n\
         [[arm]]\nname = \"c\"\nprecision = \"inverse\"\n[[arm]]\nname = \"d\"\nprecision = \"graphical-lasso-cv\"\n",
    )
    .unwrap();
    let estimators: Vec<PrecisionEstimator> = study.arms.iter().map(|arm| arm.priors.precision).collect();
    let chosen = PrecisionEstimator::GraphicalLassoCv;
    let expected = [chosen, PrecisionEstimator::GraphicalLasso(0.001), PrecisionEstimator::Inverse, chosen];
    assert_eq!(estimators, expected);
}

#[test]
fn a_protocol_may_be_a_table_of_switches() {
    let study = study("[[arm]]\nname = \"a\"\nprotocol = { baseline = \"lambda\" }\n").unwrap();
    let expected = Protocol { baseline: Protocol::DESCRIBED.baseline, ..Protocol::PUBLISHED };
    assert_eq!(study.arms[0].protocol, expected);
    assert_eq!(study.arms[0].protocol.name(), "custom");
}

#[test]
fn arms_that_make_no_sense_are_refused_by_name() {
    for (arms, words) in [
        ("", "at least one [[arm]]"),
        ("[[arm]]\n[[arm]]\n", "two arms are called `main`"),
        ("[[arm]]\nname = \"../x\"\n", "cannot name an arm"),
        ("[[arm]]\nfactors = []\n", "no functional factor"),
        ("[[arm]]\nprotocol = \"other\"\n", "`other`"),
        ("[[arm]]\ngrid = {}\n", "set it in [priors]"),
        ("[[arm]]\nepoch = 3\n", "did you mean `epochs`"),
        ("[[arm]]\nprecision = \"ridge\"\n", "priors.precision: `ridge` is not \"graphical-lasso-cv\""),
        ("[[arm]]\nprecision = { graphical-lasso = 0 }\n", "graphical-lasso: 0 is not a positive number"),
        ("[[arm]]\nprecision = { graphical-lasso = nan }\n", "graphical-lasso: NaN is not a positive number"),
        ("[[arm]]\nprecision = { lasso = 0.1 }\n", "expected \"graphical-lasso-cv\""),
        ("[[arm]]\nprecision = { graphical-lasso = 0.1, folds = 3 }\n", "expected \"graphical-lasso-cv\""),
        ("[[arm]]\nprecision = { graphical-lasso = \"0.1\" }\n", "expected \"graphical-lasso-cv\""),
    ] {
        let error = study(arms).unwrap_err();
        assert!(error.contains(words) && !error.contains('\n'), "{arms}: {error}");
    }
}

#[test]
fn lambda_is_a_number_or_matched_to_a_variant() {
    let arm = |text: &str| study(&format!("[[arm]]\n{text}\n")).map(|study| study.arms[0].train.clone());
    let own = arm("lambda = 1").unwrap();
    assert_eq!((own.lambda, own.matched), (1.0, None));
    let matched = arm("lambda = { matched = \"W~identity D*\" }").unwrap();
    assert_eq!(
        (matched.lambda, matched.matched.map(|variant| variant.to_string())),
        (0.3, Some("W~identity D*".into()))
    );
    assert!(matched.variants_of_priors().any(|variant| Some(variant) == matched.matched));
    assert_eq!(arm("lambda = { matched = \"WD\", strength = 0.1 }").unwrap().lambda, 0.1);
    for (text, words) in [
        ("lambda = \"W\"", "expected a number or { matched"),
        ("lambda = { matched = \"Q\" }", "not a variant"),
        ("lambda = { matched = \"W\", strength = 0 }", "not a positive number"),
        ("lambda = { matched = \"W\", strenght = 0.3 }", "expected a number or { matched"),
    ] {
        let error = arm(text).unwrap_err();
        assert!(error.contains(words) && !error.contains('\n'), "{text}: {error}");
    }
}

#[test]
fn ready_made_studies_are_sound() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines");
    let files: Vec<_> = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        load(&file, &[]).unwrap_or_else(|error| panic!("{error}"));
    }
}
