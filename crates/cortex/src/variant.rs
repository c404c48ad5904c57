use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Distance, DistanceMatrix, Initialiser};

/// How communicability enters the penalty: the C part of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Communicability {
    /// No C.
    None,
    /// `C`: the network's own communicability multiplies the penalty.
    Own,
    /// `C*`: the network's communicability is drawn to the connectome's.
    Empirical,
}

/// A combination of initialiser, distance and communicability, such as `W*D*C`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Variant {
    /// The W part.
    pub initialiser: Initialiser,
    /// The D part.
    pub distance: Distance,
    /// The C part.
    pub communicability: Communicability,
}

/// A string that is no variant.
#[derive(Debug, Error)]
#[error(
    "`{text}` is not a variant: {reason} (W, W*, W! or W~initialiser; then D, D*, D~distance or nothing; then C, C* or nothing)"
)]
pub struct VariantError {
    text: String,
    reason: String,
}

impl Variant {
    /// The eleven variants of the study, in canonical order.
    pub const PUBLISHED: [Self; 11] = {
        use Communicability as C;
        use Distance as D;
        use Initialiser::{Functional, Orthogonal, Rearranged};
        const fn variant(initialiser: Initialiser, distance: D, communicability: C) -> Variant {
            Variant { initialiser, distance, communicability }
        }
        [
            variant(Functional, D::Measured, C::Own),
            variant(Orthogonal, D::Measured, C::Own),
            variant(Orthogonal, D::Grid, C::Own),
            variant(Orthogonal, D::Measured, C::None),
            variant(Orthogonal, D::Grid, C::None),
            variant(Orthogonal, D::None, C::None),
            variant(Functional, D::Measured, C::Empirical),
            variant(Orthogonal, D::Measured, C::Empirical),
            variant(Functional, D::Grid, C::Empirical),
            variant(Rearranged, D::Measured, C::Own),
            variant(Rearranged, D::Measured, C::Empirical),
        ]
    };

    /// Whether the penalty is the plain sum of absolute weights.
    pub fn is_plain(self) -> bool {
        self.distance == Distance::None && self.communicability == Communicability::None
    }
}

impl fmt::Display for Communicability {
    /// Writes the C part of a variant: nothing, `C` or `C*`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::None => "",
            Self::Own => "C",
            Self::Empirical => "C*",
        })
    }
}

impl fmt::Display for Variant {
    /// Writes `W*D*C`; with spaces between the parts where one has a name: `W~identity D* C`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts =
            [self.initialiser.to_string(), self.distance.to_string(), self.communicability.to_string()];
        let named = parts.iter().any(|part| part.contains('~'));
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        formatter.pad(&parts.join(if named { " " } else { "" }))
    }
}

impl FromStr for Variant {
    type Err = VariantError;

    /// Reads `W*D*C` and the long form `W~functional D* C`; spaces between parts are free.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = |reason: String| VariantError { text: text.to_owned(), reason };
        let rest =
            text.trim().strip_prefix('W').ok_or_else(|| error("it does not begin with W".to_owned()))?;
        let (mark, rest) = mark(rest);
        let initialiser = match mark {
            Mark::Plain => Initialiser::Orthogonal,
            Mark::Star => Initialiser::Functional,
            Mark::Exclamation => Initialiser::Rearranged,
            Mark::Name(name) => Initialiser::named(name).map_err(error)?,
        };
        let (distance, rest) = match part(rest, 'D') {
            None => (Distance::None, rest),
            Some((Mark::Plain, rest)) => (Distance::Grid, rest),
            Some((Mark::Star, rest)) => (Distance::Measured, rest),
            Some((Mark::Name(name), rest)) => {
                (Distance::Exactly(DistanceMatrix::named(name).map_err(error)?), rest)
            }
            Some((Mark::Exclamation, _)) => return Err(error("there is no D!".to_owned())),
        };
        let (communicability, rest) = match part(rest, 'C') {
            None => (Communicability::None, rest),
            Some((Mark::Plain, rest)) => (Communicability::Own, rest),
            Some((Mark::Star, rest)) => (Communicability::Empirical, rest),
            Some((Mark::Exclamation | Mark::Name(_), _)) => {
                return Err(error("C has no name".to_owned()));
            }
        };
        if !rest.trim().is_empty() {
            return Err(error(format!("`{}` is left over", rest.trim())));
        }
        Ok(Self { initialiser, distance, communicability })
    }
}

/// What follows a letter of a variant.
enum Mark<'a> {
    Plain,
    Star,
    Exclamation,
    Name(&'a str),
}

/// Takes the mark off the front of what follows a letter.
fn mark(text: &str) -> (Mark<'_>, &str) {
    match text.chars().next() {
        Some('*') => (Mark::Star, &text[1..]),
        Some('!') => (Mark::Exclamation, &text[1..]),
        Some('~') => {
            let name = &text[1..];
            let end = name.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(name.len());
            (Mark::Name(&name[..end]), &name[end..])
        }
        _ => (Mark::Plain, text),
    }
}

/// Takes `letter` with its mark off the front of `text`, if it is there.
fn part(text: &str, letter: char) -> Option<(Mark<'_>, &str)> {
    text.trim_start().strip_prefix(letter).map(mark)
}

impl TryFrom<String> for Variant {
    type Error = VariantError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Variant> for String {
    fn from(variant: Variant) -> Self {
        variant.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_variants_read_back_in_canonical_order() {
        let names = "W*D*C WD*C WDC WD* WD W W*D*C* WD*C* W*DC* W!D*C W!D*C*";
        let written: Vec<String> = Variant::PUBLISHED.iter().map(ToString::to_string).collect();
        assert_eq!(written.join(" "), names);
        for variant in Variant::PUBLISHED {
            assert_eq!(variant.to_string().parse::<Variant>().ok(), Some(variant));
        }
    }

    #[test]
    fn every_combination_is_expressible_and_nonsense_is_not() {
        for text in ["WC", "W*C*", "W!D", "W~functional D* C", "W~orthogonalDC*", " W D C ", "W!D~permuted"] {
            assert!(text.parse::<Variant>().is_ok(), "{text}");
        }
        for text in [
            "",
            "V",
            "W**",
            "WDD",
            "WCD",
            "W~nonsense",
            "W~",
            "WX",
            "W*é",
            "WD!",
            "WD~",
            "WDC~own",
            "W~é",
            "W~rearranged",
        ] {
            assert!(text.parse::<Variant>().is_err(), "{text}");
        }
        assert_eq!("W~functional D* C".parse::<Variant>().ok(), Some(Variant::PUBLISHED[0]));
    }

    #[test]
    fn named_parts_read_back_from_what_is_written() {
        let mut written = Vec::new();
        for initialiser in Initialiser::NAMED.into_iter().chain([Initialiser::Rearranged]) {
            for distance in DistanceMatrix::ALL
                .into_iter()
                .map(Distance::Exactly)
                .chain([Distance::None, Distance::Measured])
            {
                for communicability in
                    [Communicability::None, Communicability::Own, Communicability::Empirical]
                {
                    let variant = Variant { initialiser, distance, communicability };
                    let text = variant.to_string();
                    assert_eq!(text.parse::<Variant>().ok(), Some(variant), "{text}");
                    assert_eq!(text.replace(' ', "").parse::<Variant>().ok(), Some(variant), "{text}");
                    written.push(text);
                }
            }
        }
        assert!(written.iter().any(|text| text == "W~identity D* C"));
        assert!(written.iter().any(|text| text == "W! D~permuted C*"));
    }

    #[test]
    fn unknown_names_are_answered_with_the_nearest_known_one() {
        for (text, words) in [
            ("W~diagnal", "did you mean `diagonal`?"),
            ("W~shufled-off-diagonal D*", "did you mean `shuffled-off-diagonal`?"),
            ("W~rewire-length", "did you mean `rewired-length`?"),
            ("W*D~permutd", "did you mean `permuted`?"),
            ("W~qqq", "known are orthogonal, functional, identity"),
        ] {
            let error = text.parse::<Variant>().err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains(words) && !error.contains('\n'), "{error}");
        }
    }
}
