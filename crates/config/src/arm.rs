use std::path::Path;

use crate::{
    ConfigError,
    file::{Arm, Priors, Train},
    syntax::{syntax, unknown_key},
};

/// Reads one arm: its own keys, and the `[priors]` and `[train]` it leaves.
pub(crate) fn read(
    path: &Path,
    table: &toml::Table,
    priors: &Priors,
    train: &Train,
) -> Result<(Arm, Priors, Train), ConfigError> {
    let unwritable = |error: toml::ser::Error| ConfigError::Syntax {
        path: path.to_owned(),
        place: String::new(),
        message: error.to_string(),
    };
    let mut own = toml::Table::try_from(Arm::default()).map_err(unwritable)?;
    let mut priors = toml::Table::try_from(priors).map_err(unwritable)?;
    let mut train = toml::Table::try_from(train).map_err(unwritable)?;
    for (key, value) in table {
        let section =
            [&mut own, &mut priors, &mut train].into_iter().find(|section| section.contains_key(key));
        match section {
            Some(section) if key != "grid" && key != "largest_dense" => {
                section.insert(key.clone(), value.clone())
            }
            Some(_) => {
                return Err(ConfigError::Value {
                    path: path.to_owned(),
                    key: format!("arm.{key}"),
                    message: format!("{key} belongs to the field; set it in [priors]"),
                });
            }
            None => {
                let known: Vec<String> =
                    own.keys().chain(priors.keys()).chain(train.keys()).cloned().collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                return Err(ConfigError::Syntax {
                    path: path.to_owned(),
                    place: String::new(),
                    message: unknown_key(&format!("[[arm]] {key}"), key, &known),
                });
            }
        };
    }
    let error = |error: toml::de::Error| syntax(path, "", &error);
    Ok((own.try_into().map_err(error)?, priors.try_into().map_err(error)?, train.try_into().map_err(error)?))
}
