use crate::error::Defect;

/// Most columns that a table may have: those with a column a frame have 40,000.
const MOST_COLUMNS: usize = 100_000;

/// Reads the sidecar header of a headerless table: one `column,type` a line.
///
/// Types, quotes, blank lines, a byte order mark and the line ends of Windows make no difference.
///
/// # Errors
/// If it names no column, one twice or one without a name, or is not UTF-8.
pub(super) fn parse(bytes: &[u8]) -> Result<Vec<String>, Defect> {
    let text = std::str::from_utf8(bytes).map_err(|_| Defect::new("it is no text in UTF-8"))?;
    let mut columns: Vec<String> = Vec::new();
    for (line, content) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let content = content.trim();
        if content.is_empty() {
            continue;
        }
        let name = content.split(',').next().unwrap_or_default().trim().trim_matches('"').trim();
        if name.is_empty() || name.len() > 128 || name.chars().any(char::is_control) {
            return Err(Defect::new(format!("line {} names no column; `column,type` is expected", line + 1)));
        }
        columns.push(name.to_owned());
        if columns.len() > MOST_COLUMNS {
            return Err(Defect::new(format!("it names more than {MOST_COLUMNS} columns")));
        }
    }
    if columns.is_empty() {
        return Err(Defect::new("it names no column; `column,type` a line is expected"));
    }
    let mut sorted: Vec<&String> = columns.iter().collect();
    sorted.sort();
    if let Some([twice, _]) = sorted.array_windows().find(|[first, second]| first == second) {
        return Err(Defect::new(format!("it names the column `{twice}` twice")));
    }
    Ok(columns)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_in_order_whatever_their_types() {
        let plain = b"target_id,bigint\nsession,bigint\npt_position_x,double precision\n";
        assert_eq!(parse(plain).unwrap(), ["target_id", "session", "pt_position_x"]);
        let odd =
            "\u{feff}\"id\" , bigint\r\n\r\nvalid,boolean\r\ncreated,timestamp without time zone\r\nbare";
        assert_eq!(parse(odd.as_bytes()).unwrap(), ["id", "valid", "created", "bare"]);
    }

    #[test]
    fn what_is_no_header_is_refused() {
        for (bytes, words) in [
            (&b""[..], "names no column"),
            (b"\n\n", "names no column"),
            (b"id,bigint\n,bigint\n", "line 2"),
            (b"id,bigint\nid,bigint\n", "`id` twice"),
            (b"\xff\xfe", "UTF-8"),
        ] {
            let refusal = format!("{:?}", parse(bytes).unwrap_err());
            assert!(refusal.contains(words), "{refusal}");
        }
    }
}
