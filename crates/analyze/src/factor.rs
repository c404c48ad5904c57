use std::{fmt, str::FromStr};

use cortex::{Communicability, Distance, Initialiser, Variant};
use thiserror::Error;

/// A part of a variant's name, by which variants are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Factor {
    /// The W part: initial weights.
    Initialiser,
    /// The D part: the distance in the penalty.
    Distance,
    /// The C part: communicability in the penalty.
    Communicability,
}

/// One value of a factor, written as in a variant: `W*`, `W~identity`, `D`, `no D`, `C*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Initial weights.
    Initialiser(Initialiser),
    /// A distance.
    Distance(Distance),
    /// A way of communicability.
    Communicability(Communicability),
}

/// A text that is no level.
#[derive(Debug, Error)]
#[error("`{0}` is no part of a variant: write W, W*, W! or W~name; D, D* or no D; C, C* or no C")]
pub struct LevelError(String);

impl Factor {
    /// All factors.
    pub const ALL: [Self; 3] = [Self::Initialiser, Self::Distance, Self::Communicability];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Initialiser => "initialiser",
            Self::Distance => "distance",
            Self::Communicability => "communicability",
        }
    }

    /// The level of a variant.
    pub fn level(self, variant: Variant) -> Level {
        match self {
            Self::Initialiser => Level::Initialiser(variant.initialiser),
            Self::Distance => Level::Distance(variant.distance),
            Self::Communicability => Level::Communicability(variant.communicability),
        }
    }

    /// Whether two variants differ in this factor alone.
    pub fn alone_differs(self, first: Variant, second: Variant) -> bool {
        Self::ALL.into_iter().all(|factor| (factor.level(first) == factor.level(second)) != (factor == self))
    }
}

impl Level {
    /// Its factor.
    pub fn factor(self) -> Factor {
        match self {
            Self::Initialiser(_) => Factor::Initialiser,
            Self::Distance(_) => Factor::Distance,
            Self::Communicability(_) => Factor::Communicability,
        }
    }

    /// A variant with this level instead of its own.
    #[must_use]
    pub fn put_in(self, variant: Variant) -> Variant {
        match self {
            Self::Initialiser(initialiser) => Variant { initialiser, ..variant },
            Self::Distance(distance) => Variant { distance, ..variant },
            Self::Communicability(communicability) => Variant { communicability, ..variant },
        }
    }
}

/// The variant `W`, whose name is that of its other parts after the first letter.
const PLAIN: Variant = Variant {
    initialiser: Initialiser::Orthogonal,
    distance: Distance::None,
    communicability: Communicability::None,
};

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.put_in(PLAIN).to_string();
        match (self, name.strip_prefix('W').unwrap_or(&name).trim_start()) {
            (Self::Initialiser(_), _) => formatter.pad(&name),
            (Self::Distance(_), "") => formatter.pad("no D"),
            (Self::Communicability(_), "") => formatter.pad("no C"),
            (_, part) => formatter.pad(part),
        }
    }
}

impl FromStr for Level {
    type Err = LevelError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || LevelError(text.to_owned());
        let (factor, name) = match text.trim() {
            "no D" => (Factor::Distance, "W".to_owned()),
            "no C" => (Factor::Communicability, "W".to_owned()),
            part if part.starts_with('W') => (Factor::Initialiser, part.to_owned()),
            part if part.starts_with('D') => (Factor::Distance, format!("W{part}")),
            part if part.starts_with('C') => (Factor::Communicability, format!("W{part}")),
            _ => return Err(unknown()),
        };
        let variant: Variant = name.parse().map_err(|_| unknown())?;
        let level = factor.level(variant);
        if level.put_in(PLAIN) == variant { Ok(level) } else { Err(unknown()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_read_back_and_nonsense_is_refused() {
        for text in ["W", "W*", "W!", "W~identity", "D", "D*", "D~permuted", "no D", "C", "C*", "no C"] {
            assert_eq!(text.parse::<Level>().ok().map(|level| level.to_string()).as_deref(), Some(text));
        }
        for text in ["", "X", "W*D", "DC", "no W", "D**", "W~identity D", "D~nonsense"] {
            assert!(text.parse::<Level>().is_err(), "{text}");
        }
    }

    #[test]
    fn variants_that_differ_in_one_part_are_told_from_others() {
        let [first, second, third] = ["W*D*C", "WD*C", "WDC"].map(|text| text.parse().ok());
        let (Some(first), Some(second), Some(third)) = (first, second, third) else { panic!("variants") };
        assert!(Factor::Initialiser.alone_differs(first, second));
        assert!(!Factor::Initialiser.alone_differs(first, third));
        assert!(!Factor::Distance.alone_differs(first, second));
        assert!(!Factor::Initialiser.alone_differs(first, first));
    }
}
