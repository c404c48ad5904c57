//! The golden table of 20 simulations of eleven variants (`tests/golden/generate.py`, SciPy and statsmodels).
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{assert_relative, number, numbers};
use fixtures::golden_json;
use serde_json::Value;
use statistics::{
    Factor, Summary, holm, kruskal_wallis, mann_whitney, ranks, student_quantile, type_two_anova,
};

const VARIANTS: &str = "W*D*C WD*C WDC WD* WD W W*D*C* WD*C* W*DC* W!D*C W!D*C*";

fn table() -> (Value, Vec<(&'static str, Vec<f64>)>) {
    let known = golden_json()["statistics"].clone();
    let columns = VARIANTS.split(' ').map(|name| (name, numbers(&known["table"][name]))).collect();
    (known, columns)
}

#[test]
fn kruskal_wallis_over_the_variants() {
    let (known, table) = table();
    let groups: Vec<&[f64]> = table.iter().map(|(_, values)| values.as_slice()).collect();
    let found = kruskal_wallis(&groups).unwrap();
    assert_relative("h", found.h, number(&known["kruskal"]["h"]), 1e-9);
    assert_relative("p", found.p, number(&known["kruskal"]["p"]), 1e-9);
}

#[test]
fn every_mann_whitney_test_and_its_holm_adjustment() {
    let (known, table) = table();
    let pairs = known["mann_whitney"].as_array().unwrap();
    assert_eq!(pairs.len(), 55);
    let values = |name: &Value| &table.iter().find(|(known, _)| name == known).unwrap().1;
    let mut p_values = Vec::new();
    for pair in pairs {
        let found = mann_whitney(values(&pair["a"]), values(&pair["b"])).unwrap();
        assert_eq!(found.u, number(&pair["u"]));
        assert_relative("p", found.p, number(&pair["p"]), 1e-9);
        p_values.push(found.p);
    }
    for (found, pair) in holm(&p_values).into_iter().zip(pairs) {
        assert_relative("holm", found, number(&pair["p_holm"]), 1e-9);
    }
}

#[test]
fn means_deviations_and_t_intervals() {
    let (known, table) = table();
    for (variant, values) in table {
        let expected = &known["confidence"][variant];
        let summary = Summary::of(&values);
        assert_eq!(summary.count, 20);
        assert_relative(variant, summary.mean.unwrap(), number(&expected["mean"]), 1e-12);
        assert_relative(variant, summary.sd.unwrap(), number(&expected["sd"]), 1e-12);
        for (found, expected) in summary.t95.unwrap().into_iter().zip(numbers(&expected["t95"])) {
            assert_relative(variant, found, expected, 1e-9);
        }
    }
}

/// Ranks over the variants that have D and C, of which `W*` and `W` at measured distance are analysed.
#[test]
fn analysis_of_variance_on_ranks() {
    let (known, table) = table();
    let ranked: Vec<&(&str, Vec<f64>)> =
        table.iter().filter(|(name, _)| name.contains('D') && name.contains('C')).collect();
    let values: Vec<f64> = ranked.iter().flat_map(|(_, values)| values.clone()).collect();
    let ranks = ranks(&values);
    let (mut response, mut initialisers, mut communicabilities) = (Vec::new(), Vec::new(), Vec::new());
    for ((name, values), ranks) in ranked.iter().zip(ranks.chunks_exact(20)) {
        if name.contains("D*") && !name.contains('!') {
            response.extend_from_slice(ranks);
            initialisers.extend(vec![usize::from(name.contains("W*")); values.len()]);
            communicabilities.extend(vec![usize::from(name.contains("C*")); values.len()]);
        }
    }
    let factors =
        [Factor { name: "C(w)", levels: &initialisers }, Factor { name: "C(c)", levels: &communicabilities }];
    let anova = type_two_anova(&response, &factors).unwrap();
    let expected = &known["rank_anova_type2_w_by_c_at_measured_distance"];
    assert_eq!(anova.terms.len(), 3);
    for term in &anova.terms {
        let expected = &expected[&term.name];
        assert_relative(&term.name, term.sum_of_squares, number(&expected["sum_sq"]), 1e-9);
        assert_relative(&term.name, term.freedom as f64, number(&expected["df"]), 0.0);
        assert_relative(&term.name, term.f.unwrap(), number(&expected["F"]), 1e-9);
        assert_relative(&term.name, term.p.unwrap(), number(&expected["PR(>F)"]), 1e-9);
    }
    assert_relative("residual", anova.residual, number(&expected["Residual"]["sum_sq"]), 1e-9);
    assert_eq!(anova.residual_freedom, 76);
}

/// With one degree of freedom the quantile is tan π(p − ½), with two (2p − 1) / √(2p (1 − p)).
#[test]
fn student_quantiles_of_one_and_two_degrees_of_freedom_are_closed_forms() {
    for p in [0.01, 0.3, 0.6, 0.975, 0.9995] {
        let cauchy = (std::f64::consts::PI * (p - 0.5)).tan();
        let two: f64 = (2.0 * p - 1.0) / (2.0 * p * (1.0 - p)).sqrt();
        assert_relative("1", student_quantile(p, 1.0).unwrap(), cauchy, 1e-12);
        assert_relative("2", student_quantile(p, 2.0).unwrap(), two, 1e-12);
    }
    assert!(student_quantile(0.5, 7.0).unwrap().abs() < 1e-12);
    assert_eq!([student_quantile(1.0, 3.0), student_quantile(0.9, 0.0)], [None, None]);
}

#[test]
fn too_few_values_have_no_interval() {
    let none = Summary::of(&[]);
    assert_eq!((none.count, none.mean, none.sd, none.t95), (0, None, None, None));
    let one = Summary::of(&[0.7]);
    assert_eq!((one.mean, one.sd, one.t95), (Some(0.7), None, None));
    let equal = Summary::of(&[0.5, 0.5, 0.5]);
    assert_eq!((equal.sd, equal.t95), (Some(0.0), Some([0.5, 0.5])));
}
