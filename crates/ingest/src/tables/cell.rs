//! One cell of a text table: the dialects of numbers, booleans and nothing at all.

use crate::error::Defect;

/// Largest magnitude up to which a double holds every integer.
pub(super) const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

/// Whether a cell says that there is no value.
pub(super) fn is_null(cell: &[u8]) -> bool {
    matches!(
        cell,
        b"" | b"nan" | b"NaN" | b"NAN" | b"<NA>" | b"NA" | b"N/A" | b"None" | b"null" | b"NULL" | b"\\N"
    )
}

/// Reads an integer; `508.0`, as nullable columns are written, counts as one.
///
/// # Errors
/// If it is no whole number, beyond i64, or a float too large to have kept all its digits.
pub(super) fn integer(cell: &[u8]) -> Result<Option<i64>, Defect> {
    if let Some(value) = digits(cell) {
        return Ok(Some(value));
    }
    let cell = cell.trim_ascii();
    if is_null(cell) {
        return Ok(None);
    }
    if let Some(value) = digits(cell) {
        return Ok(Some(value));
    }
    match std::str::from_utf8(cell).ok().and_then(|text| text.parse::<f64>().ok()) {
        Some(value) => integer_of_float(value),
        None => Err(Defect::new(format!("`{}` is no integer", shown(cell)))),
    }
}

/// Takes a float for the integer that it is; NaN is none.
///
/// # Errors
/// If it is not whole, or too large to have kept all its digits.
pub(super) fn integer_of_float(value: f64) -> Result<Option<i64>, Defect> {
    if value.is_nan() {
        return Ok(None);
    }
    if value.fract() != 0.0 || value.is_infinite() {
        return Err(Defect::new(format!("{value} is no whole number")));
    }
    if value.abs() > LARGEST_EXACT {
        return Err(Defect::new(format!(
            "{value:e} is an id that went through floating point and lost digits; export the table again with integer ids"
        )));
    }
    Ok(Some(value as i64))
}

/// Reads plain decimal digits with an optional sign.
fn digits(cell: &[u8]) -> Option<i64> {
    let (negative, digits) = match cell {
        [b'-', rest @ ..] => (true, rest),
        all => (false, all),
    };
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    let mut value: u64 = 0;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u64::from(digit);
    }
    let value = i64::try_from(value).ok()?;
    Some(if negative { -value } else { value })
}

/// Reads a number.
///
/// # Errors
/// If it is none, or infinite.
pub(super) fn float(cell: &[u8]) -> Result<Option<f64>, Defect> {
    let cell = cell.trim_ascii();
    if is_null(cell) {
        return Ok(None);
    }
    let value = std::str::from_utf8(cell).ok().and_then(|text| text.parse::<f64>().ok());
    match value {
        Some(value) if value.is_nan() => Ok(None),
        Some(value) if value.is_finite() => Ok(Some(value)),
        _ => Err(Defect::new(format!("`{}` is no finite number", shown(cell)))),
    }
}

/// Reads `t`, `True`, `1` and their opposites.
///
/// # Errors
/// If it is none of them.
pub(super) fn boolean(cell: &[u8]) -> Result<Option<bool>, Defect> {
    let cell = cell.trim_ascii();
    match cell {
        b"t" | b"T" | b"true" | b"True" | b"TRUE" | b"1" | b"1.0" => Ok(Some(true)),
        b"f" | b"F" | b"false" | b"False" | b"FALSE" | b"0" | b"0.0" => Ok(Some(false)),
        cell if is_null(cell) => Ok(None),
        cell => Err(Defect::new(format!("`{}` is neither true nor false", shown(cell)))),
    }
}

/// Reads text; doubled quotes of a quoted cell become single ones.
///
/// # Errors
/// If it is not UTF-8.
pub(super) fn text(cell: &[u8]) -> Result<Option<String>, Defect> {
    let cell = cell.trim_ascii();
    if is_null(cell) {
        return Ok(None);
    }
    match std::str::from_utf8(cell) {
        Ok(text) => Ok(Some(text.replace("\"\"", "\""))),
        Err(_) => Err(Defect::new(format!("`{}` is no text in UTF-8", shown(cell)))),
    }
}

/// The beginning of a cell, for a message of one line.
pub(super) fn shown(cell: &[u8]) -> String {
    let text = String::from_utf8_lossy(&cell[..cell.len().min(160)]);
    let mut shown: String =
        text.chars().take(40).map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if shown.len() < cell.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_every_dialect_keep_all_their_digits() {
        assert_eq!(integer(b"864691135348268503").unwrap(), Some(864_691_135_348_268_503));
        assert_eq!(integer(b"9223372036854775807").unwrap(), Some(i64::MAX));
        assert_eq!(integer(b"-7").unwrap(), Some(-7));
        assert_eq!(integer(b" 508.0 ").unwrap(), Some(508));
        for nothing in [&b""[..], b"nan", b"<NA>", b"None", b"NaN"] {
            assert_eq!(integer(nothing).unwrap(), None);
        }
    }

    #[test]
    fn integers_that_lost_digits_or_are_none_are_refused() {
        let refusal = |cell: &[u8]| format!("{:?}", integer(cell).unwrap_err());
        assert!(refusal(b"8.646911353482685e+17").contains("lost digits"));
        assert!(refusal(b"864691135348268503.0").contains("lost digits"));
        assert!(refusal(b"9223372036854775808").contains("lost digits"));
        assert!(refusal(b"1.5").contains("no whole number"));
        assert!(refusal(b"inf").contains("no whole number"));
        assert!(refusal(b"12a").contains("no integer"));
        assert!(refusal(b"--3").contains("no integer"));
    }

    #[test]
    fn booleans_and_numbers_of_every_dialect_are_read() {
        assert_eq!(
            (boolean(b"t").unwrap(), boolean(b"False").unwrap(), boolean(b"").unwrap()),
            (Some(true), Some(false), None)
        );
        assert!(boolean(b"yes?").is_err());
        assert_eq!((float(b"-3.5e2").unwrap(), float(b"<NA>").unwrap()), (Some(-350.0), None));
        assert!(float(b"inf").is_err() && float(b"x").is_err());
        assert_eq!(text(b"say \"\"L2/3\"\"").unwrap().unwrap(), "say \"L2/3\"");
    }
}
