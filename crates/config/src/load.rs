use std::{
    fs,
    io::{self, Read},
    path::Path,
};

use crate::{ConfigError, Study, check, file::File, syntax::syntax};

/// Reads a configuration, lays `sets` (`key=value`, a TOML value under a dotted key) over it, and checks it.
///
/// # Errors
/// [`ConfigError`] names the file, the line or key, what was found, and the nearest known key.
pub fn load(path: &Path, sets: &[String]) -> Result<Study, ConfigError> {
    let text = read(path).map_err(|error| ConfigError::Read { path: path.to_owned(), error })?;
    // Read once as it stands, so that errors of the file carry its line.
    toml::from_str::<File>(&text).map_err(|error| syntax(path, &text, &error))?;
    let mut table: toml::Table = toml::from_str(&text).map_err(|error| syntax(path, &text, &error))?;
    for argument in sets {
        set(&mut table, argument)?;
    }
    let file: File = table.try_into().map_err(|error| syntax(path, &text, &error))?;
    check::study(path, file)
}

/// Most bytes of a file that is read: a device has no end.
const LARGEST: u64 = 16 << 20;

/// Reads a file of settings or claims; a pipe will do.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST {
        return Err(io::Error::other(format!("it has more than {LARGEST} bytes")));
    }
    Ok(text)
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
