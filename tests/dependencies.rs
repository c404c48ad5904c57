//! Dependencies are what deny.toml says: under permissive licences, from the registry, one version of each but for those that
//! are listed with a reason.
#![allow(missing_docs, clippy::unwrap_used)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

use serde_json::Value;

fn rules() -> toml::Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deny.toml");
    toml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn cargo(arguments: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn metadata() -> Value {
    serde_json::from_str(&cargo(&["metadata", "--format-version", "1", "--locked"])).unwrap()
}

/// Whether an SPDX expression can be met with these licences alone.
fn is_met(expression: &str, allowed: &[&str]) -> bool {
    let expression = expression.replace('/', " OR ").replace(['(', ')'], "");
    expression.split(" AND ").all(|all| all.split(" OR ").any(|one| allowed.contains(&one.trim())))
}

#[test]
fn all_are_permissive_and_from_the_registry() {
    let rules = rules();
    let allowed: Vec<&str> =
        rules["licenses"]["allow"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "only {} packages", packages.len());
    let mut refused = Vec::new();
    for package in packages {
        let name = format!("{} {}", package["name"].as_str().unwrap(), package["version"].as_str().unwrap());
        match package["license"].as_str() {
            Some(licence) if is_met(licence, &allowed) => {}
            other => refused.push(format!("{name}: {}", other.unwrap_or("no licence"))),
        }
        match package["source"].as_str() {
            None => {}
            Some(source) if source.starts_with("registry+") => {}
            Some(source) => refused.push(format!("{name}: from {source}")),
        }
    }
    assert!(refused.is_empty(), "not permissive or not from the registry:\n{}", refused.join("\n"));
}

#[test]
fn several_versions_of_one_are_listed_with_a_reason() {
    let tree =
        cargo(&["tree", "--workspace", "--locked", "--duplicates", "--depth", "0", "--prefix", "none"]);
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let (name, rest) = line.split_once(" v").unwrap();
        versions.entry(name).or_default().insert(rest.split(' ').next().unwrap());
    }
    assert!(versions.contains_key("syn"), "{tree}");
    let (rules, everywhere) = (rules(), self::metadata());
    let known = |name: &str, version: &str| {
        let packages = everywhere["packages"].as_array().unwrap();
        packages.iter().any(|package| package["name"] == name && package["version"] == version)
    };
    let mut listed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for skip in rules["bans"]["skip"].as_array().unwrap() {
        let (name, version) = skip["crate"].as_str().unwrap().split_once('@').unwrap();
        assert!(!skip["reason"].as_str().unwrap().is_empty(), "{name}");
        listed.entry(name).or_default().insert(version);
        assert!(known(name, version), "{name} {version} is gone");
    }
    for (name, all) in versions {
        let unlisted = all
            .iter()
            .filter(|version| !listed.get(name).is_some_and(|skip| skip.contains(*version)))
            .count();
        assert_eq!(unlisted, 1, "{name} has the versions {all:?}; deny.toml lists {:?}", listed.get(name));
    }
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    let allowed = ["MIT", "Apache-2.0", "Unicode-3.0"];
    assert!(is_met("MIT OR GPL-3.0-only", &allowed));
    assert!(is_met("(MIT OR Apache-2.0) AND Unicode-3.0", &allowed));
    assert!(!is_met("MIT AND GPL-3.0-only", &allowed));
    assert!(!is_met("GPL-2.0", &allowed));
}
