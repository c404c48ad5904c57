use std::fmt;

use serde::Deserialize;

use crate::{AnalyzeError, Factor, Level, Metric, Rule};

/// The claims of the study.
const EMBEDDED: &str = include_str!("../../claims.toml");

/// A checked file of claims.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    /// Runs that every compared variant must have.
    pub minimum_runs: usize,
    /// The claims.
    pub claims: Vec<Claim>,
}

/// A claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Number, for ordering and reference; parts of one claim share it.
    pub number: u32,
    /// Name, unique.
    pub name: String,
    /// What is claimed, one sentence.
    pub statement: String,
    /// What it is claimed of, at least one.
    pub metrics: Vec<Metric>,
    /// What is compared.
    pub comparison: Comparison,
    /// When it is supported.
    pub rule: Rule,
    /// Threshold of the rule.
    pub threshold: f64,
}

/// One level instead of another, the other parts of a variant held fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gain {
    /// The level.
    pub of: Level,
    /// What it is compared with.
    pub over: Level,
}

/// What a claim compares.
#[derive(Clone, Debug, PartialEq)]
pub enum Comparison {
    /// A gain, whether it is larger than others, and whether controls have it too.
    Gain {
        /// The gain.
        gain: Gain,
        /// Gains that it is to exceed.
        larger_than: Vec<Gain>,
        /// Whether every other level takes the place of `over` in turn.
        controls: bool,
    },
    /// The mean magnitude of a gain over the claim's metrics, less that on another.
    Selective {
        /// The gain.
        gain: Gain,
        /// The other metric.
        against: Metric,
    },
    /// Arms of non-negative recurrence over those without that limit.
    Positive {
        /// Level of the variants that are compared.
        of: Level,
    },
    /// Whether variants rank alike.
    Ranking(Between),
}

/// What two rankings are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Between {
    /// Arms whose functional factors have correlation, or precision in its place.
    Factors,
    /// Fields.
    Fields,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    minimum_runs: usize,
    #[serde(default)]
    claim: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    number: u32,
    name: String,
    statement: String,
    kind: Kind,
    metrics: Vec<String>,
    of: Option<String>,
    over: Option<String>,
    #[serde(default)]
    larger_than: Vec<RawGain>,
    controls: Option<bool>,
    against: Option<String>,
    between: Option<Between>,
    rule: Rule,
    threshold: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGain {
    of: String,
    over: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Gain,
    Selective,
    Positive,
    Ranking,
}

impl Claims {
    /// The claims of the study.
    ///
    /// # Errors
    /// None, unless the program was built with a wrong file.
    pub fn embedded() -> Result<Self, AnalyzeError> {
        Self::parse("the embedded claims", EMBEDDED)
    }

    /// Reads a file of claims.
    ///
    /// # Errors
    /// [`AnalyzeError::Claims`] names the file, the line or claim, what was found and what is expected.
    pub fn parse(path: &str, text: &str) -> Result<Self, AnalyzeError> {
        let failed = |message: String| AnalyzeError::Claims { path: path.to_owned(), message };
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| 1 + text[..span.start].matches('\n').count());
            let place = line.map_or(String::new(), |line| format!("line {line}: "));
            failed(format!("{place}{}", error.message()))
        })?;
        let mut claims: Vec<Claim> = Vec::new();
        for raw in file.claim {
            let name = raw.name.clone();
            let claim = raw.checked().map_err(|message| failed(format!("claim `{name}`: {message}")))?;
            if claims.iter().any(|known| known.name == claim.name) {
                return Err(failed(format!("two claims are called `{name}`; rename one")));
            }
            claims.push(claim);
        }
        Ok(Self { minimum_runs: file.minimum_runs, claims })
    }
}

impl Raw {
    fn checked(self) -> Result<Claim, String> {
        if !(self.threshold.is_finite() && self.threshold >= 0.0) {
            return Err(format!("threshold is {}, expected a number of at least 0", self.threshold));
        }
        let metrics = self.metrics.iter().map(|name| metric(name)).collect::<Result<Vec<_>, _>>()?;
        if metrics.is_empty() {
            return Err("metrics is empty, name at least one such as \"accuracy\"".to_owned());
        }
        let unused = |given: bool, key: &str| {
            if given {
                Err(format!("{key} does not belong to a claim of this kind; remove it"))
            } else {
                Ok(())
            }
        };
        let needed = |value: &Option<String>, key: &str| {
            value
                .clone()
                .ok_or_else(|| format!("{key} is missing, a part of a variant such as \"W*\" or \"no D\""))
        };
        if !matches!(self.kind, Kind::Gain) {
            unused(!self.larger_than.is_empty(), "larger_than")?;
            unused(self.controls.is_some(), "controls")?;
        }
        if !matches!(self.kind, Kind::Gain | Kind::Selective) {
            unused(self.over.is_some(), "over")?;
        }
        if !matches!(self.kind, Kind::Selective) {
            unused(self.against.is_some(), "against")?;
        }
        if !matches!(self.kind, Kind::Ranking) {
            unused(self.between.is_some(), "between")?;
        }
        let gain = || gain(&needed(&self.of, "of")?, &needed(&self.over, "over")?);
        let comparison = match self.kind {
            Kind::Gain => Comparison::Gain {
                gain: gain()?,
                larger_than: self
                    .larger_than
                    .iter()
                    .map(|other| self::gain(&other.of, &other.over))
                    .collect::<Result<_, _>>()?,
                controls: self.controls.unwrap_or(true),
            },
            Kind::Selective => Comparison::Selective {
                gain: gain()?,
                against: metric(
                    self.against.as_deref().ok_or("against is missing, a metric such as \"accuracy\"")?,
                )?,
            },
            Kind::Positive => Comparison::Positive { of: level(&needed(&self.of, "of")?)? },
            Kind::Ranking => {
                unused(self.of.is_some(), "of")?;
                Comparison::Ranking(self.between.ok_or("between is missing, \"factors\" or \"fields\"")?)
            }
        };
        let Self { number, name, statement, rule, threshold, .. } = self;
        Ok(Claim { number, name, statement, metrics, comparison, rule, threshold })
    }
}

fn level(text: &str) -> Result<Level, String> {
    text.parse().map_err(|error: crate::LevelError| error.to_string())
}

fn gain(of: &str, over: &str) -> Result<Gain, String> {
    let gain = Gain { of: level(of)?, over: level(over)? };
    let factors: [Factor; 2] = [gain.of.factor(), gain.over.factor()];
    if factors[0] == factors[1] && gain.of != gain.over {
        Ok(gain)
    } else {
        Err(format!("`{of}` cannot be compared with `{over}`: name two different levels of one part"))
    }
}

fn metric(name: &str) -> Result<Metric, String> {
    Metric::named(name).ok_or_else(|| {
        let nearest = Metric::all().map(Metric::name).max_by(|first, second| {
            strsim::jaro_winkler(name, first).total_cmp(&strsim::jaro_winkler(name, second))
        });
        format!("`{name}` is no metric; the nearest is `{}`", nearest.unwrap_or_default())
    })
}

impl fmt::Display for Gain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} over {}", self.of, self.over)
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gain { gain, .. } => gain.fmt(formatter),
            Self::Selective { gain, against } => write!(formatter, "{gain}, less on {}", against.name()),
            Self::Positive { of } => {
                write!(formatter, "{of} in an arm of non-negative recurrence over one without")
            }
            Self::Ranking(Between::Factors) => formatter.write_str("ranking of the variants with precision"),
            Self::Ranking(Between::Fields) => formatter.write_str("ranking of the variants in two fields"),
        }
    }
}
