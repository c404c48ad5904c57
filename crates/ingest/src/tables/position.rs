use super::cell;
use crate::error::Defect;

/// Reads a position written as one text, as NumPy prints it: `[296208  94688  15803]`.
///
/// Brackets, round or square, may be missing; coordinates are separated by blanks, line breaks or commas. A
/// position of which a coordinate is `nan` or `<NA>`, and an empty text, are none.
///
/// # Errors
/// If there are not three coordinates, or one is no finite number.
pub(super) fn parse(text: &[u8]) -> Result<Option<[f64; 3]>, Defect> {
    let whole = text.trim_ascii();
    if cell::is_null(whole) {
        return Ok(None);
    }
    let inner = match whole {
        [b'[', inner @ .., b']'] | [b'(', inner @ .., b')'] => inner,
        [b'[' | b'(', ..] => return Err(unreadable(text, "its bracket is not closed")),
        inner => inner,
    };
    let words =
        inner.split(|byte| byte.is_ascii_whitespace() || *byte == b',').filter(|word| !word.is_empty());
    let mut position = [0.0; 3];
    let (mut found, mut missing) = (0, false);
    for word in words {
        let coordinate =
            cell::float(word).map_err(|_| unreadable(text, "a coordinate is no finite number"))?;
        if let (Some(place), Some(value)) = (position.get_mut(found), coordinate) {
            *place = value;
        }
        missing |= coordinate.is_none();
        found += 1;
    }
    if found != 3 {
        return Err(unreadable(text, &format!("it has {found} coordinates")));
    }
    Ok((!missing).then_some(position))
}

fn unreadable(text: &[u8], why: &str) -> Defect {
    let shown = cell::shown(text);
    Defect::new(format!("`{shown}` is no position: {why}; [x y z] is expected"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn positions_as_numpy_and_others_print_them_are_read() {
        let expected = Some([296_208.0, 94_688.0, 15_803.0]);
        for text in [
            "[296208  94688  15803]",
            "[296208, 94688, 15803]",
            "(296208,94688,15803)",
            "296208 94688 15803",
            " [ 296208.\n   94688.  1.5803e4 ] ",
        ] {
            assert_eq!(parse(text.as_bytes()).unwrap(), expected, "{text}");
        }
        assert_eq!(parse(b"[-4 0 7]").unwrap(), Some([-4.0, 0.0, 7.0]));
    }

    #[test]
    fn positions_without_coordinates_are_none() {
        for text in ["[nan nan nan]", "[<NA> <NA> <NA>]", "[1 nan 3]", "", "None", "nan"] {
            assert_eq!(parse(text.as_bytes()).unwrap(), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_position_is_refused() {
        for (text, words) in [
            ("[1 2]", "2 coordinates"),
            ("[1 2 3 4]", "4 coordinates"),
            ("[]", "0 coordinates"),
            ("[1 2 3", "not closed"),
            ("[a b c]", "no finite number"),
            ("[1 2 inf]", "no finite number"),
            ("[[1 2 3]]", "no finite number"),
        ] {
            let refusal = format!("{:?}", parse(text.as_bytes()).unwrap_err());
            assert!(refusal.contains(words), "{text}: {refusal}");
        }
    }
}
