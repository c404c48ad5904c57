//! Published nulls against the means of the same nulls in `numpy` and `bctpy`.
#![allow(clippy::unwrap_used, missing_docs)]

use fixtures::golden_json;
use graph::PublishedNulls;

#[test]
fn published_nulls_have_the_clustering_and_efficiency_of_the_released_code() {
    for (nodes, expected) in golden_json()["nulls"].as_object().unwrap() {
        let count = 1000;
        let found = PublishedNulls { nodes: nodes.parse().unwrap() }.summary(count, 7).unwrap();
        let samples = expected["count"].as_f64().unwrap();
        for (name, mean, sd) in [
            ("clustering", found.clustering_mean, found.clustering_sd),
            ("efficiency", found.efficiency_mean, found.efficiency_sd),
        ] {
            let (expected_mean, expected_sd) =
                (expected[name][0].as_f64().unwrap(), expected[name][1].as_f64().unwrap());
            let error = expected_sd * (1.0 / samples + 1.0 / count as f64).sqrt();
            assert!((mean - expected_mean).abs() < 3.0 * error, "{name} at {nodes}: {mean}, {expected_mean}");
            assert!((sd / expected_sd - 1.0).abs() < 0.25, "sd of {name} at {nodes}: {sd}, {expected_sd}");
        }
    }
}
