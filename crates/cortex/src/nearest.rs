/// Finds the item of a name; otherwise says which name is unknown, the nearest known one and all of them.
pub(crate) fn nearest<T: Copy>(name: &str, items: &[T], name_of: fn(T) -> &'static str) -> Result<T, String> {
    if let Some(&item) = items.iter().find(|&&item| name_of(item) == name) {
        return Ok(item);
    }
    let known: Vec<&str> = items.iter().map(|&item| name_of(item)).collect();
    let likeness = |known: &&&str| (strsim::jaro_winkler(name, known) * 1e6) as u32;
    let question = match known.iter().max_by_key(likeness) {
        Some(nearest) if likeness(&nearest) > 700_000 => format!(", did you mean `{nearest}`?"),
        _ => String::new(),
    };
    Err(format!("unknown name `{name}`{question}; known are {}", known.join(", ")))
}
