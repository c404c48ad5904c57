use cortex::FieldName;

use super::activity::UnitKey;
use crate::IngestError;

/// Which units make a field, told by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// `session_scan_field`: one imaging plane.
    Plane([i64; 3]),
    /// `session_scan`: all planes of a scan.
    Scan([i64; 2]),
    /// `session`: all its scans.
    Session(i64),
    /// `volume`: everything.
    Volume,
}

impl Selection {
    /// Reads the name of a field.
    ///
    /// # Errors
    /// [`IngestError::Selection`] if it is of no such form.
    pub(crate) fn parse(name: &FieldName) -> Result<Self, IngestError> {
        if name.as_str() == "volume" {
            return Ok(Self::Volume);
        }
        let number = |word: &str| {
            let plain = !word.is_empty() && word.len() <= 9 && word.bytes().all(|byte| byte.is_ascii_digit());
            if plain { word.parse::<i64>().ok() } else { None }
        };
        let numbers: Option<Vec<i64>> = name.as_str().split('_').map(number).collect();
        match numbers.as_deref() {
            Some(&[session, scan, field]) => Ok(Self::Plane([session, scan, field])),
            Some(&[session, scan]) => Ok(Self::Scan([session, scan])),
            Some(&[session]) => Ok(Self::Session(session)),
            _ => Err(IngestError::Selection {
                name: name.to_string(),
                reason: "of tables, fields are called session_scan_field (6_6_2), session_scan (6_6), session (6) or volume"
                    .to_owned(),
            }),
        }
    }

    /// Whether a unit belongs to the field; `field` is the plane it was imaged in, where that is known.
    pub(crate) fn holds(self, key: UnitKey, field: Option<i64>) -> bool {
        match self {
            Self::Plane([session, scan, plane]) => {
                key.session == session && key.scan == scan && field == Some(plane)
            }
            Self::Scan([session, scan]) => key.session == session && key.scan == scan,
            Self::Session(session) => key.session == session,
            Self::Volume => true,
        }
    }

    /// Whether its units may come from several scans or planes.
    pub(crate) fn is_wide(self) -> bool {
        !matches!(self, Self::Plane(_))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parse(name: &str) -> Result<Selection, IngestError> {
        Selection::parse(&name.parse().unwrap())
    }

    #[test]
    fn names_select_planes_scans_sessions_and_everything() {
        assert_eq!(parse("6_6_2").unwrap(), Selection::Plane([6, 6, 2]));
        assert_eq!(parse("6_6").unwrap(), Selection::Scan([6, 6]));
        assert_eq!(parse("6").unwrap(), Selection::Session(6));
        assert_eq!(parse("volume").unwrap(), Selection::Volume);
        let unit = UnitKey { session: 6, scan: 6, unit: 1 };
        assert!(Selection::Plane([6, 6, 2]).holds(unit, Some(2)));
        assert!(!Selection::Plane([6, 6, 2]).holds(unit, Some(4)));
        assert!(!Selection::Plane([6, 6, 2]).holds(unit, None));
        assert!(Selection::Scan([6, 6]).holds(unit, None) && !Selection::Scan([6, 7]).holds(unit, None));
        assert!(Selection::Session(6).holds(unit, Some(2)) && Selection::Volume.holds(unit, None));
    }

    #[test]
    fn other_names_are_refused_with_the_forms_there_are() {
        for name in ["synthetic_8", "6_6_2_1", "_6", "6__2", "all", "12345678901"] {
            let refusal = parse(name).unwrap_err().to_string();
            assert!(refusal.contains(name) && refusal.contains("session_scan_field"), "{refusal}");
        }
    }
}
