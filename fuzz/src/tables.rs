mod cell;
mod header;
mod position;

/// Coordinates are finite.
pub(crate) fn read_position(bytes: &[u8]) {
    if let Ok(Some(position)) = position::parse(bytes) {
        assert!(position.iter().all(|coordinate| coordinate.is_finite()));
    }
}

/// Columns have names, and no two the same.
pub(crate) fn read_header(bytes: &[u8]) {
    if let Ok(columns) = header::parse(bytes) {
        let distinct: std::collections::BTreeSet<&String> = columns.iter().collect();
        assert!(!columns.is_empty() && distinct.len() == columns.len());
        assert!(columns.iter().all(|name| !name.is_empty() && !name.contains('\n')));
    }
}
