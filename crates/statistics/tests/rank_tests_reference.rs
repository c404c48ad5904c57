//! Rank tests, effect sizes and orders of `scipy.stats` on small samples, with and without ties.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{assert_close, assert_relative, number, numbers, scipy};
use statistics::{
    cliffs_delta, hodges_lehmann, kendall_tau, kruskal_wallis, mann_whitney, normal_quantile,
    normal_upper_tail, pearson, ranks,
};

#[test]
fn mann_whitney_is_that_of_scipy_exact_and_asymptotic() {
    for pair in scipy()["pairs"].as_array().unwrap() {
        let found = mann_whitney(&numbers(&pair["x"]), &numbers(&pair["y"])).unwrap();
        assert_eq!(found.u, number(&pair["u"]));
        assert_eq!(found.method.name(), pair["method"].as_str().unwrap());
        assert_relative("p", found.p, number(&pair["p"]), 1e-11);
    }
}

#[test]
fn effect_sizes_have_the_intervals_of_their_defining_equations() {
    for pair in scipy()["pairs"].as_array().unwrap() {
        let (x, y) = (numbers(&pair["x"]), numbers(&pair["y"]));
        let delta = cliffs_delta(&x, &y).unwrap();
        assert_close("delta", delta.value, number(&pair["delta"]), 1e-14);
        for (found, expected) in delta.interval.unwrap().into_iter().zip(numbers(&pair["delta95"])) {
            assert_close("interval of delta", found, expected, 1e-9);
        }
        let shift = hodges_lehmann(&x, &y).unwrap();
        assert_close("shift", shift.value, number(&pair["shift"]), 1e-14);
        let expected = pair["shift95"].as_array().map(|_| numbers(&pair["shift95"]));
        assert_eq!(shift.interval.map(|interval| interval.to_vec()), expected, "{} {}", x.len(), y.len());
    }
}

/// The example of R's `wilcox.test`: `wilcox.test(x, y, conf.int = TRUE)` gives 0.305 and [−0.15, 0.76].
#[test]
fn the_shift_of_hollander_and_wolfe_is_that_of_r() {
    let x = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    let y = [1.15, 0.88, 0.90, 0.74, 1.21];
    let shift = hodges_lehmann(&x, &y).unwrap();
    assert_close("shift", shift.value, 0.305, 1e-12);
    let [low, high] = shift.interval.unwrap();
    assert_close("low", low, -0.15, 1e-12);
    assert_close("high", high, 0.76, 1e-12);
}

#[test]
fn kruskal_wallis_is_that_of_scipy() {
    let known = &scipy()["kruskal"];
    let groups: Vec<Vec<f64>> = known["groups"].as_array().unwrap().iter().map(numbers).collect();
    let groups: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
    let found = kruskal_wallis(&groups).unwrap();
    assert_relative("h", found.h, number(&known["h"]), 1e-12);
    assert_relative("p", found.p, number(&known["p"]), 1e-11);
    assert_eq!(found.freedom, 3);
}

#[test]
fn ranks_and_correlations_of_orders_are_those_of_scipy() {
    let known = &scipy()["order"];
    let (x, y) = (numbers(&known["x"]), numbers(&known["y"]));
    assert_eq!(ranks(&x), numbers(&known["ranks"]));
    assert_close("tau", kendall_tau(&x, &y).unwrap(), number(&known["tau"]), 1e-14);
    assert_close("rho", pearson(&ranks(&x), &ranks(&y)).unwrap(), number(&known["rho"]), 1e-14);
}

#[test]
fn the_normal_distribution_is_right_in_its_far_tails() {
    let known = &scipy()["normal"];
    for (z, tail) in numbers(&known["z"]).into_iter().zip(numbers(&known["tail"])) {
        assert_relative("tail", normal_upper_tail(z), tail, 1e-13);
    }
    for (p, z) in numbers(&known["probability"]).into_iter().zip(numbers(&known["quantile"])) {
        assert_close("quantile", normal_quantile(p), z, 1e-13 * z.abs().max(1.0));
    }
}

#[test]
fn samples_without_information_say_so() {
    assert!(mann_whitney(&[], &[1.0]).is_none() && kruskal_wallis(&[&[1.0, 2.0], &[]]).is_none());
    assert!(kruskal_wallis(&[&[1.0, 1.0], &[1.0]]).is_none() && kruskal_wallis(&[]).is_none());
    assert_eq!(mann_whitney(&[0.5; 20], &[0.5; 20]).unwrap().p, 1.0);
    assert!(cliffs_delta(&[], &[1.0]).is_none() && hodges_lehmann(&[1.0], &[]).is_none());
    let single = cliffs_delta(&[1.0], &[0.0, 0.5]).unwrap();
    assert_eq!((single.value, single.interval), (1.0, None));
    assert_eq!(hodges_lehmann(&[1.0], &[0.0]).unwrap().interval, None);
    assert_eq!((pearson(&[1.0, 1.0], &[1.0, 2.0]), kendall_tau(&[], &[])), (None, None));
    // Samples that do not overlap keep an interval of some width.
    let [low, high] = cliffs_delta(&[2.0; 20], &[1.0; 20]).unwrap().interval.unwrap();
    assert!((0.6..0.9).contains(&low) && high == 1.0, "{low}");
}
