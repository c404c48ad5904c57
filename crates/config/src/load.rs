use std::{fs, path::Path};

use crate::{
    ConfigError, Study, check,
    file::{self, File},
};

/// Reads a configuration, lays `sets` (`key=value`, a TOML value under a dotted key) over it, and checks it.
///
/// # Errors
/// [`ConfigError`] names the file, the line or key, what was found, and the nearest known key.
pub fn load(path: &Path, sets: &[String]) -> Result<Study, ConfigError> {
    let text =
        fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    // Read once as it stands, so that errors of the file carry its line.
    toml::from_str::<File>(&text).map_err(|error| syntax(path, &text, &error))?;
    let mut table: toml::Table = toml::from_str(&text).map_err(|error| syntax(path, &text, &error))?;
    for argument in sets {
        set(&mut table, argument)?;
    }
    let file: File = table.try_into().map_err(|error| syntax(path, &text, &error))?;
    check::study(path, file)
}

/// Reads one arm: its own keys, and the `[priors]` and `[train]` it leaves.
pub(crate) fn arm(
    path: &Path,
    table: &toml::Table,
    priors: &file::Priors,
    train: &file::Train,
) -> Result<(file::Arm, file::Priors, file::Train), ConfigError> {
    let whole = |section: toml::Value| match section {
        toml::Value::Table(table) => table,
        _ => toml::Table::new(),
    };
    let as_table = |section: Result<toml::Value, toml::ser::Error>| {
        whole(section.unwrap_or(toml::Value::Boolean(false)))
    };
    let mut own = as_table(toml::Value::try_from(file::Arm::default()));
    let mut priors = as_table(toml::Value::try_from(priors));
    let mut train = as_table(toml::Value::try_from(train));
    for (key, value) in table {
        let section =
            [&mut own, &mut priors, &mut train].into_iter().find(|section| section.contains_key(key));
        match section {
            Some(section) if key != "grid" => section.insert(key.clone(), value.clone()),
            Some(_) => {
                return Err(ConfigError::Value {
                    path: path.to_owned(),
                    key: "arm.grid".to_owned(),
                    message: "the grid belongs to the field; set it in [priors]".to_owned(),
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

/// Applies one `key=value`.
fn set(table: &mut toml::Table, argument: &str) -> Result<(), ConfigError> {
    let failed =
        |message: &str| ConfigError::Set { argument: argument.to_owned(), message: message.to_owned() };
    let (key, value) =
        argument.split_once('=').ok_or_else(|| failed("use key=value, such as train.epochs=3"))?;
    let value = toml::from_str::<toml::Table>(&format!("value = {value}"))
        .ok()
        .and_then(|mut table| table.remove("value"))
        .ok_or_else(|| failed("the value is not TOML; texts need quotes, such as 'source.path=\"data\"'"))?;
    let mut words: Vec<&str> = key.trim().split('.').collect();
    let last = words.pop().filter(|word| !word.is_empty()).ok_or_else(|| failed("the key is empty"))?;
    let mut place = table;
    for word in words {
        place = place
            .entry(word)
            .or_insert_with(|| toml::Value::Table(toml::Table::new()))
            .as_table_mut()
            .ok_or_else(|| failed("the key leads through a value that is not a table"))?;
    }
    place.insert(last.to_owned(), value);
    Ok(())
}

/// Rewrites a TOML error as one line, with the nearest known key where a key is unknown.
fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let place = match error.span() {
        Some(span) if !text.is_empty() => {
            format!(":{}", 1 + text[..span.start.min(text.len())].matches('\n').count())
        }
        _ => String::new(),
    };
    let message = error.message().lines().collect::<Vec<_>>().join(" ");
    let message = match message.strip_prefix("unknown field ") {
        Some(rest) => {
            let words: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
            match words.split_first() {
                Some((key, known)) => unknown_key(key, key, known),
                None => message,
            }
        }
        None => message,
    };
    ConfigError::Syntax { path: path.to_owned(), place, message }
}

fn unknown_key(shown: &str, key: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|known| (strsim::jaro_winkler(key, known), known))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((_, nearest)) => format!("unknown key `{shown}`, did you mean `{nearest}`?"),
        None => format!("unknown key `{shown}`, known are {}", known.join(", ")),
    }
}
