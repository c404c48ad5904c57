//! Analysis of variance against `statsmodels`, and of designs with empty cells against sums over cells.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{assert_close, assert_relative, number, numbers, scipy};
use statistics::{Factor, StatisticsError, type_two_anova, variance_explained};

#[test]
fn unbalanced_designs_of_two_and_three_factors_are_those_of_statsmodels() {
    let known = scipy();
    for design in known["anova"].as_array().unwrap() {
        let levels: Vec<(&String, Vec<usize>)> = design["factors"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, levels)| (name, numbers(levels).into_iter().map(|level| level as usize).collect()))
            .collect();
        let factors: Vec<Factor<'_>> = levels.iter().map(|(name, levels)| Factor { name, levels }).collect();
        let anova = type_two_anova(&numbers(&design["response"]), &factors).unwrap();
        assert_eq!(anova.terms.len(), (1 << factors.len()) - 1);
        for term in &anova.terms {
            let expected = &design["terms"][&term.name];
            assert_relative(&term.name, term.sum_of_squares, number(&expected["ss"]), 1e-9);
            assert_relative(&term.name, term.freedom as f64, number(&expected["df"]), 0.0);
            assert_relative(&term.name, term.f.unwrap(), number(&expected["f"]), 1e-9);
            assert_relative(&term.name, term.p.unwrap(), number(&expected["p"]), 1e-9);
        }
        let residual = &design["terms"]["Residual"];
        assert_relative("residual", anova.residual, number(&residual["ss"]), 1e-9);
        assert_relative("residual", anova.residual_freedom as f64, number(&residual["df"]), 0.0);
    }
}

/// Three of four cells: nothing tells the interaction from the main effects, and each main effect is the difference of
/// two cells, `(mean − mean)² / (1/n + 1/n)`.
#[test]
fn an_empty_cell_leaves_the_interaction_no_degree_of_freedom() {
    let response = [1.0, 3.0, 4.0, 8.0, 9.0, 14.0];
    let (a, b) = ([0, 0, 0, 0, 1, 1], [0, 0, 1, 1, 0, 0]);
    let factors = [Factor { name: "a", levels: &a }, Factor { name: "b", levels: &b }];
    let anova = type_two_anova(&response, &factors).unwrap();
    let [first, second, interaction] = &anova.terms[..] else { panic!("three terms") };
    assert_close("a", first.sum_of_squares, (11.5 - 2.0_f64).powi(2), 1e-10);
    assert_close("b", second.sum_of_squares, (6.0 - 2.0_f64).powi(2), 1e-10);
    assert_eq!((first.freedom, second.freedom, interaction.freedom), (1, 1, 0));
    assert_eq!((interaction.f, interaction.p), (None, None));
    assert_close("residual", anova.residual, 2.0 + 8.0 + 12.5, 1e-10);
    assert_eq!(anova.residual_freedom, 3);
}

#[test]
fn designs_without_residual_or_factors_have_no_f() {
    let factor = Factor { name: "a", levels: &[0, 1, 2] };
    let anova = type_two_anova(&[1.0, 2.0, 4.0], &[factor]).unwrap();
    assert_eq!((anova.residual_freedom, anova.terms[0].f, anova.terms[0].freedom), (0, None, 2));
    let constant = type_two_anova(&[2.0; 4], &[Factor { name: "a", levels: &[0, 0, 1, 1] }]).unwrap();
    assert_eq!((constant.terms[0].f, constant.residual), (None, 0.0));
    let single = type_two_anova(&[1.0, 2.0], &[Factor { name: "a", levels: &[3, 3] }]).unwrap();
    assert!(single.terms.is_empty());
    assert!(type_two_anova(&[], &[]).unwrap().terms.is_empty());
    let error = type_two_anova(&[1.0], &[Factor { name: "a", levels: &[] }]).unwrap_err();
    assert_eq!(error, StatisticsError::Length { factor: "a".to_owned(), found: 0, expected: 1 });
    assert!(matches!(
        type_two_anova(&[1.0], &[factor; 5].map(|factor| Factor { levels: &[0], ..factor })),
        Err(StatisticsError::TooManyFactors { found: 5, maximum: 4 })
    ));
}

/// Ends of `scipy.stats.ncf` found by its root finder.
#[test]
fn shares_of_variance_have_the_intervals_of_noncentral_f() {
    let known = scipy();
    for case in known["explained"].as_array().unwrap() {
        let freedom = |key: &str| case[key].as_u64().unwrap() as usize;
        let found = variance_explained(number(&case["f"]), freedom("m"), freedom("n")).unwrap();
        assert_close("eta squared", found.value, number(&case["eta"]), 1e-14);
        for (found, expected) in found.interval.unwrap().into_iter().zip(numbers(&case["eta95"])) {
            assert_close("interval", found, expected, 1e-9);
        }
    }
    let [low, high] = variance_explained(5000.0, 10, 209).unwrap().interval.unwrap();
    assert!((0.99..1.0).contains(&low) && (low..1.0).contains(&high), "{low} {high}");
    assert_eq!(variance_explained(0.0, 3, 9).unwrap().interval.unwrap()[0], 0.0);
    assert_eq!((variance_explained(f64::NAN, 1, 9), variance_explained(1.0, 1, 0)), (None, None));
}
