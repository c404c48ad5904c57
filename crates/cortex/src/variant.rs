use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How the recurrent kernel starts: the W part of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Initialiser {
    /// `W`: a random orthogonal matrix.
    Orthogonal,
    /// `W*`: functional weights.
    Functional,
    /// `W!`: functional weights, rearranged as the protocol says.
    Relabelled,
}

/// Which distance weighs the penalty: the D part of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distance {
    /// No D: every pair weighs the same.
    None,
    /// `D`: the grid control.
    Grid,
    /// `D*`: measured positions, in the protocol's coordinates.
    Measured,
}

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
    "`{text}` is not a variant: {reason} (W, W* or W!, or W~orthogonal, W~functional, W~relabelled; then D, D* or nothing; then C, C* or nothing)"
)]
pub struct VariantError {
    text: String,
    reason: String,
}

impl Initialiser {
    const NAMED: [(&'static str, Self); 3] = [
        ("orthogonal", Self::Orthogonal),
        ("functional", Self::Functional),
        ("relabelled", Self::Relabelled),
    ];
}

impl Variant {
    /// The eleven variants of the study, in canonical order.
    pub const PUBLISHED: [Self; 11] = {
        use Communicability as C;
        use Distance as D;
        use Initialiser::{Functional, Orthogonal, Relabelled};
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
            variant(Relabelled, D::Measured, C::Own),
            variant(Relabelled, D::Measured, C::Empirical),
        ]
    };

    /// Whether the penalty is the plain sum of absolute weights.
    pub fn is_plain(self) -> bool {
        self.distance == Distance::None && self.communicability == Communicability::None
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let initialiser = match self.initialiser {
            Initialiser::Orthogonal => "W",
            Initialiser::Functional => "W*",
            Initialiser::Relabelled => "W!",
        };
        let distance = match self.distance {
            Distance::None => "",
            Distance::Grid => "D",
            Distance::Measured => "D*",
        };
        let communicability = match self.communicability {
            Communicability::None => "",
            Communicability::Own => "C",
            Communicability::Empirical => "C*",
        };
        formatter.pad(&format!("{initialiser}{distance}{communicability}"))
    }
}

impl FromStr for Variant {
    type Err = VariantError;

    /// Reads `W*D*C` and the long form `W~functional D* C`; spaces between parts are free.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = |reason: String| VariantError { text: text.to_owned(), reason };
        let rest =
            text.trim().strip_prefix('W').ok_or_else(|| error("it does not begin with W".to_owned()))?;
        let (initialiser, rest) = match rest.chars().next() {
            Some('*') => (Initialiser::Functional, &rest[1..]),
            Some('!') => (Initialiser::Relabelled, &rest[1..]),
            Some('~') => {
                let end = rest[1..]
                    .find(|c: char| !c.is_ascii_lowercase() && c != '-')
                    .map_or(rest.len(), |at| at + 1);
                let name = &rest[1..end];
                let named = Initialiser::NAMED.iter().find(|(known, _)| *known == name);
                (named.ok_or_else(|| error(format!("unknown initialiser `{name}`")))?.1, &rest[end..])
            }
            _ => (Initialiser::Orthogonal, rest),
        };
        let (distance, rest) = match starred(rest, 'D') {
            Some((true, rest)) => (Distance::Measured, rest),
            Some((false, rest)) => (Distance::Grid, rest),
            None => (Distance::None, rest),
        };
        let (communicability, rest) = match starred(rest, 'C') {
            Some((true, rest)) => (Communicability::Empirical, rest),
            Some((false, rest)) => (Communicability::Own, rest),
            None => (Communicability::None, rest),
        };
        if !rest.trim().is_empty() {
            return Err(error(format!("`{}` is left over", rest.trim())));
        }
        Ok(Self { initialiser, distance, communicability })
    }
}

/// Takes `letter` off the front of `text`, and says whether a star followed it.
fn starred(text: &str, letter: char) -> Option<(bool, &str)> {
    let rest = text.trim_start().strip_prefix(letter)?;
    Some(rest.strip_prefix('*').map_or((false, rest), |rest| (true, rest)))
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
        for text in ["WC", "W*C*", "W!D", "W~functional D* C", "W~orthogonalDC*", " W D C "] {
            assert!(text.parse::<Variant>().is_ok(), "{text}");
        }
        for text in ["", "V", "W**", "WDD", "WCD", "W~nonsense", "W~", "WX", "W*é"] {
            assert!(text.parse::<Variant>().is_err(), "{text}");
        }
        assert_eq!("W~functional D* C".parse::<Variant>().ok(), Some(Variant::PUBLISHED[0]));
    }
}
