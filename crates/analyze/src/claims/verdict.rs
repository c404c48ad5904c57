use serde::Deserialize;
use statistics::Estimate;

/// When an effect supports a claim, by its 95 % interval and a threshold t.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Supported by an effect of at least t whose interval lies above 0; not supported if the interval lies below t.
    Greater,
    /// The same of the negative effect.
    Less,
    /// Supported if the interval lies within ±t; not supported by an effect of at least t in magnitude whose interval
    /// excludes 0.
    Same,
    /// Supported if the interval lies above −t; not supported if it lies below.
    NotLess,
    /// Supported if the interval lies at or above t; not supported if it lies below.
    AtLeast,
}

/// What the runs say of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// They bear it out.
    Supported,
    /// They speak against it.
    NotSupported,
    /// They leave it open.
    Undecided,
}

impl Decision {
    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::NotSupported => "not supported",
            Self::Undecided => "undecided",
        }
    }
}

impl Rule {
    /// Decides by an effect; an effect without interval decides nothing. Returns the decision and why.
    pub fn decide(self, effect: Option<Estimate>, threshold: f64) -> (Decision, String) {
        let Some(Estimate { value, interval: Some([low, high]) }) = effect else {
            return (Decision::Undecided, "there is no interval".to_owned());
        };
        let [supported, contradicted] = match self {
            Self::Greater => [low > 0.0 && value >= threshold, high < threshold],
            Self::Less => [high < 0.0 && value <= -threshold, low > -threshold],
            Self::Same => {
                [low > -threshold && high < threshold, (low > 0.0 || high < 0.0) && value.abs() >= threshold]
            }
            Self::NotLess => [low > -threshold, high < -threshold],
            Self::AtLeast => [low >= threshold, high < threshold],
        };
        let [condition, opposite] = match self {
            Self::Greater => [
                "the effect is large enough and its interval lies above 0",
                "the interval lies below the threshold",
            ],
            Self::Less => [
                "the effect is low enough and its interval lies below 0",
                "the interval lies above minus the threshold",
            ],
            Self::Same => [
                "the interval lies within the threshold",
                "the effect exceeds the threshold and its interval excludes 0",
            ],
            Self::NotLess => {
                ["the interval lies above minus the threshold", "the interval lies below minus the threshold"]
            }
            Self::AtLeast => {
                ["the interval lies above the threshold", "the interval lies below the threshold"]
            }
        };
        match (supported, contradicted) {
            (true, _) => (Decision::Supported, condition.to_owned()),
            (false, true) => (Decision::NotSupported, opposite.to_owned()),
            (false, false) => (Decision::Undecided, "the interval holds both answers".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_three_answers() {
        use Decision::{NotSupported, Supported, Undecided};
        for (rule, threshold, value, interval, expected) in [
            (Rule::Greater, 0.147, 0.5, [0.1, 0.8], Supported),
            (Rule::Greater, 0.147, 0.1, [0.05, 0.2], Undecided),
            (Rule::Greater, 0.147, 0.5, [-0.1, 0.8], Undecided),
            (Rule::Greater, 0.147, -0.2, [-0.5, 0.1], NotSupported),
            (Rule::Less, 0.147, -0.5, [-0.8, -0.1], Supported),
            (Rule::Less, 0.147, 0.2, [-0.1, 0.5], NotSupported),
            (Rule::Less, 0.147, -0.2, [-0.5, 0.1], Undecided),
            (Rule::Same, 0.33, 0.0, [-0.3, 0.3], Supported),
            (Rule::Same, 0.33, -0.6, [-0.8, -0.2], NotSupported),
            (Rule::Same, 0.33, 0.1, [-0.3, 0.5], Undecided),
            (Rule::NotLess, 0.33, -0.1, [-0.3, 0.1], Supported),
            (Rule::NotLess, 0.33, -0.8, [-1.0, -0.5], NotSupported),
            (Rule::NotLess, 0.33, -0.3, [-0.6, 0.1], Undecided),
            (Rule::AtLeast, 0.5, 0.8, [0.5, 1.0], Supported),
            (Rule::AtLeast, 0.5, 0.1, [-0.2, 0.4], NotSupported),
            (Rule::AtLeast, 0.5, 0.6, [0.3, 0.9], Undecided),
        ] {
            let found = rule.decide(Some(Estimate { value, interval: Some(interval) }), threshold).0;
            assert_eq!(found, expected, "{rule:?} {value} {interval:?}");
        }
        assert_eq!(Rule::Greater.decide(None, 0.1).0, Undecided);
        assert_eq!(Rule::Same.decide(Some(Estimate { value: 0.0, interval: None }), 0.1).0, Undecided);
    }
}
