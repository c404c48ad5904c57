use std::path::Path;

use crate::ConfigError;

/// Rewrites a TOML error as one line, with the nearest known key where a key is unknown.
pub(crate) fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
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

/// Says that a key is unknown, with the nearest known one where one is near.
pub(crate) fn unknown_key(shown: &str, key: &str, known: &[&str]) -> String {
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
