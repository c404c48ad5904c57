use cortex::FieldName;

/// Reads the number of neurons that the bundle's `INF.md` gives for a field, if it lists it.
///
/// The file is a Markdown table whose rows begin with session, scan, field and neurons.
pub(super) fn listed_neurons(text: &str, field: &FieldName) -> Option<usize> {
    text.lines().find_map(|line| {
        let cells: Vec<&str> = line.trim().strip_prefix('|')?.split('|').map(str::trim).collect();
        let [session, scan, plane, neurons, ..] = cells[..] else { return None };
        let listed = format!("{session}_{scan}_{plane}") == field.as_str();
        if listed { neurons.parse().ok() } else { None }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_three_numbers() {
        let text = "| Session | Scan | Field | Neurons | Grid |\n|---|---|---|---|---|\n\
                    | 5 | 7 | 6 | 139 | (139, 1, 1) |\n| 5       | 7    | 8     | 275     | (11, 5, 5)   |\n";
        assert_eq!(listed_neurons(text, &"5_7_8".parse().unwrap()), Some(275));
        assert_eq!(listed_neurons(text, &"5_7_2".parse().unwrap()), None);
    }
}
